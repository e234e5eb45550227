import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { system } from '#kernel/actor.ts'
import type { ReportedChange } from '#kernel/change.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { allKeys } from '#domains/alerts/integration-store.ts'
import { addIntegration } from '#domains/alerts/integrations.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory, findService } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { changedBefore, changesAround, changes, recordChange, takeInChanges } from './index.ts'
import { getChange, listChanges } from './recording.ts'

let world: World
let admin: Actor
let responder: Actor
let integration: Awaited<ReturnType<typeof allKeys>>[number]
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, changes]))
  admin = await world.person('ada', 'administrator')
  responder = await world.person('rita')
  await world.do(admin, addTeam, { slug: 'vault', name: 'Vault', membersOnly: true })
  for (const slug of ['checkout', 'search']) await world.do(admin, addService, { slug, name: slug })
  await world.do(admin, addService, { slug: 'keys', name: 'Keys', team: 'vault' })
  await world.do(admin, addIntegration, { name: 'CI', kind: 'pagerduty', service: 'checkout' })
  integration = (await world.read(allKeys))[0]!
})
afterAll(() => world.close())
beforeEach(() => world.clock.set(addSeconds(world.clock.now(), 3 * 86_400)))

const comesIn = (...reported: Partial<ReportedChange>[]) =>
  world.engine.transact(system('changes.intake'), (context) =>
    takeInChanges(
      context,
      integration,
      reported.map((change) => ({ summary: 'deployed', links: [], ...change })),
    ),
  )
const today = async (as: Actor = admin, filter: object = {}) =>
  (await world.do(as, listChanges, { since: addSeconds(world.clock.now(), -86_400), ...filter })).items

describe('a change that a pipeline reports', () => {
  test('is one of the service that it names, else of its integration’s, and stands in the record', async () => {
    const at = addSeconds(world.clock.now(), -600)
    await comesIn(
      { summary: 'of another', service: 'search', at, source: 'ci' },
      { summary: 'of its own' },
      { summary: 'of whom?', service: 'nobody', details: { build: 2 } },
    )
    expect((await today()).map(({ summary, service }) => [summary, service?.slug])).toEqual([
      ['of whom?', 'checkout'],
      ['of its own', 'checkout'],
      ['of another', 'search'],
    ])
    expect((await today(admin, { service: 'search' }))[0]).toMatchObject({ at, source: 'ci', by: null })
    const [whom] = await today()
    expect(await world.do(admin, getChange, { change: whom!.id })).toMatchObject({ summary: 'of whom?', details: { build: 2 } })
    const told = (await world.events('change.recorded')).slice(-3)
    expect(told.map(({ about }) => about['integration'])).toEqual([integration.id, integration.id, integration.id])
  })

  test('came now at the latest, whatever the clock of its pipeline says', async () => {
    const now = world.clock.now()
    await comesIn({ summary: 'of a wrong clock', at: addSeconds(now, 40 * 365 * 86_400) })
    world.clock.set(addSeconds(now, 1))
    await comesIn({ summary: 'of a right one' })
    expect((await today()).map(({ summary, at }) => [summary, at])).toEqual([
      ['of a right one', addSeconds(now, 1)],
      ['of a wrong clock', now],
    ])
  })
})

describe('a change that somebody records', () => {
  test('names them, and is listed page by page, the newest first', async () => {
    for (const n of [1, 2, 3]) await world.do(responder, recordChange, { summary: `change ${n}`, service: 'checkout' })
    const first = await world.do(responder, listChanges, { service: 'checkout', limit: 2 })
    expect(first.items).toMatchObject([
      { summary: 'change 3', by: 'Rita' },
      { summary: 'change 2', by: 'Rita' },
    ])
    expect((await world.do(responder, listChanges, { text: 'CHANGE 2' })).items).toMatchObject([{ summary: 'change 2' }])
    await world.do(responder, recordChange, { summary: 'of none' })
    const summaries = async (general: boolean) =>
      (await world.do(responder, listChanges, { service: 'checkout', general, limit: 2 })).items.map(({ summary }) => summary)
    expect([await summaries(true), await summaries(false)]).toEqual([
      ['of none', 'change 3'],
      ['change 3', 'change 2'],
    ])
    const next = await world.do(responder, listChanges, { service: 'checkout', limit: 2, cursor: first.nextCursor })
    expect(next.items[0]).toMatchObject({ summary: 'change 1' })
  })

  test('is not one that is still to come', async () => {
    const inSeconds = (seconds: number) =>
      world.do(responder, recordChange, { summary: 'soon', at: addSeconds(world.clock.now(), seconds) })
    await expect(inSeconds(301)).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('still to come') })
    expect(await today()).toEqual([])
    await expect(inSeconds(300), 'of a clock that is ahead').resolves.toMatchObject({ summary: 'soon' })
  })

  test('of a service of a team that shows itself to its members alone is seen by nobody else', async () => {
    await world.do(admin, recordChange, { summary: 'rotated', service: 'keys' })
    expect(await today()).toMatchObject([{ summary: 'rotated' }])
    expect(await today(responder)).toEqual([])
    await expect(world.do(responder, recordChange, { summary: 'x', service: 'keys' })).rejects.toThrow(/service/)
    const change = (await today())[0]!.id
    await expect(world.do(responder, getChange, { change })).rejects.toThrow(/change/)
  })
})

describe('what was changed before', () => {
  test('is none of a service that was removed, whose team shows itself to its members alone', async () => {
    await world.do(admin, addService, { slug: 'gone', name: 'Gone', team: 'vault' })
    await world.do(admin, recordChange, { summary: 'secret', service: 'gone' })
    await world.engine.transact(system('test'), ({ scope }) => scope.query(sql`delete from services where slug = 'gone'`))
    expect(await today()).toMatchObject([{ summary: 'secret', service: null }])
    const now = world.clock.now()
    expect(await world.read((scope) => changedBefore(scope, null, now))).toBeUndefined()
    expect(await world.read((scope) => changesAround(scope, [], now, now, 10))).toEqual([])
  })

  test('is the last one of a service, or of none in particular, within a day', async () => {
    const began = world.clock.now()
    const before = (seconds: number) => addSeconds(began, -seconds)
    await world.do(admin, recordChange, { summary: 'too old', service: 'checkout', at: before(86_401) })
    await world.do(admin, recordChange, { summary: 'mine', service: 'checkout', at: before(600) })
    await world.do(admin, recordChange, { summary: 'of all', at: before(60) })
    await world.do(admin, recordChange, { summary: 'since', service: 'checkout', at: addSeconds(began, 1) })
    const [checkout, search, none] = await world.read(async (scope) => {
      const ids = await Promise.all(['checkout', 'search'].map(async (slug) => (await findService(scope, slug))!.id))
      return Promise.all([
        changedBefore(scope, ids[0]!, before(61)),
        changedBefore(scope, ids[1]!, began),
        changedBefore(scope, null, before(3600)),
      ])
    })
    expect([checkout?.summary, search?.summary, none]).toEqual(['mine', 'of all', undefined])
    const around = await world.read(async (scope) =>
      changesAround(scope, [(await findService(scope, 'checkout'))!.id], began, addSeconds(began, 60), 10),
    )
    expect(around.map(({ summary }) => summary)).toEqual(['since', 'of all', 'mine'])
  })
})

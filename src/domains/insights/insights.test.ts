import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { system, type Actor } from '#kernel/actor.ts'
import type { EventDefinition } from '#kernel/event.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { addSeconds, instant, type Instant } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts, alertTriggered, groupAcknowledged, groupOpened, groupResolved } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { changeState, declareIncident, incidents } from '#domains/incidents/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall, personPaged } from '#domains/oncall/index.ts'
import { insights } from './index.ts'
import { load, noise, response } from './queries.ts'

// The record is written as the other slices write it, without what else follows from their events.
const quiet = catalogueOf([directory, alerts, notifications, oncall, incidents, insights].map((slice) => ({ ...slice, reactions: [] })))
let world: World
let admin: Actor
let reader: Actor
let userId: string
let checkout: { id: `svc_${string}` }
let scoring: { id: `svc_${string}`; teamId: `tem_${string}` }

const at = async <Data>(moment: Instant, event: EventDefinition<Data>, data: NoInfer<Data>) => {
  world.clock.set(moment)
  await world.engine.transact(system('test'), (context) => context.emit(event, data))
}
/** An alert group that paged somebody, was acknowledged after so many seconds (or never), and over after so many. */
async function group(
  opened: string,
  after: { acknowledged?: number; resolved?: number },
  owner: { service: `svc_${string}`; team?: `tem_${string}` },
) {
  const from = instant(opened)
  const groupId = world.newId('grp')
  await at(from, groupOpened, {
    groupId,
    alertId: world.newId('alt'),
    serviceId: owner.service,
    teamId: owner.team ?? null,
    severity: 'critical',
    policy: 'p',
    opens: null,
    pages: true,
  })
  await at(addSeconds(from, 1), personPaged, {
    pageId: world.newId('pag'),
    groupId,
    incidentId: null,
    level: 1,
    round: 1,
    userId: userId as never,
  } as never)
  if (after.acknowledged !== undefined)
    await at(addSeconds(from, after.acknowledged), groupAcknowledged, { groupId, afterSeconds: after.acknowledged })
  if (after.resolved !== undefined) await at(addSeconds(from, after.resolved), groupResolved, { groupId, by: 'source' })
}

beforeAll(async () => {
  world = await createWorld(quiet, { at: '2026-08-01T00:00:00Z' })
  admin = await world.person('ada', 'administrator')
  const person = await world.person('grace', 'stakeholder')
  reader = person
  userId = person.userId
  await world.do(admin, addTeam, { slug: 'fraud', name: 'Fraud', membersOnly: true })
  checkout = (await world.do(admin, addService, { slug: 'checkout', name: 'Checkout' })) as never
  const secret = await world.do(admin, addService, { slug: 'scoring', name: 'Scoring', team: 'fraud' })
  scoring = { id: secret.id as never, teamId: secret.team!.id as never }
  for (const day of ['03', '04', '05', '06', '07'])
    await group(`2026-08-${day}T12:00:00Z`, { acknowledged: 600, resolved: 4000 }, { service: checkout.id })
  for (const [index, day] of ['16', '17', '18', '19', '20'].entries())
    await group(`2026-11-${day}T23:00:00Z`, { acknowledged: 60 + index * 60, resolved: 3000 }, { service: checkout.id })
  await group('2026-11-20T12:00:00Z', { resolved: 90 }, { service: checkout.id })
  await group('2026-11-20T13:00:00Z', { acknowledged: 5, resolved: 20 }, { service: scoring.id, team: scoring.teamId })
  for (const [moment, serviceId] of [
    ['2026-11-15T23:59:59Z', checkout.id],
    ['2026-11-16T00:00:00Z', checkout.id],
    ['2026-11-16T00:00:01Z', null],
    ['2026-11-20T13:00:00Z', scoring.id],
  ] as const)
    await at(instant(moment), alertTriggered, {
      alertId: world.newId('alt'),
      integrationId: world.newId('int'),
      serviceId,
      severity: 'error',
    })
  world.clock.set(instant('2026-11-21T10:00:00Z'))
  for (const [title, isPrivate] of [
    ['Open one', false],
    ['Secret one', true],
  ] as const) {
    const { number } = await world.do(admin, declareIncident, { title, severity: 'SEV3', private: isPrivate, services: ['checkout'] })
    world.clock.set(addSeconds(world.clock.now(), 1800))
    for (const to of ['investigating', 'fixing', 'resolved']) await world.do(admin, changeState, { incident: String(number), to })
  }
  world.clock.set(instant('2026-11-23T00:00:00Z'))
})
afterAll(() => world.close())

describe('response', () => {
  test('has medians with their n, and a change only against five or more', async () => {
    const now = await world.do(reader, response, {})
    expect(now.figures.acknowledge).toEqual({ value: 180, n: 5, change: { difference: -420, share: -0.7 } })
    expect(now.figures.resolve).toEqual({ value: 1800, n: 1, change: null })
    expect(now.claim).toBe('Answered faster than before, but Grace carries the nights')
    expect(now.acknowledge.buckets.map(({ count }) => count)).toEqual([1, 1, 3, 0, 0, 0])
  })
  test('draws no weekly point from fewer than five', async () => {
    const { weeks } = await world.do(reader, response, {})
    expect(weeks.at(-1)).toMatchObject({
      week: '2026-11-16',
      pages: 6,
      incidents: 1,
      acknowledge: { n: 5, median: 180 },
      resolve: { n: 1, median: null },
    })
    expect(weeks[0]).toMatchObject({ week: '2026-08-31', acknowledge: { n: 0, median: null } })
  })
  test('counts the alerts of each week, of services that are seen and of none', async () => {
    const alertsOf = async (as: Actor, given: object = {}) =>
      (await world.do(as, response, given)).weeks.slice(-2).map((week) => week.alerts)
    expect(await alertsOf(admin)).toEqual([1, 3])
    expect(await alertsOf(reader)).toEqual([1, 2])
    expect(await alertsOf(admin, { service: 'checkout' })).toEqual([1, 1])
  })
  test('tells each service apart', async () => {
    const { services } = await world.do(admin, response, {})
    expect(services.map(({ service, acknowledge, incidents: count }) => [service?.slug, acknowledge.n, count])).toEqual([
      ['checkout', 5, 2],
      ['scoring', 1, 0],
    ])
  })
})

test("what belongs to a members-only team, or is private, is in nobody else's figures", async () => {
  const [mine, theirs] = [await world.do(reader, response, {}), await world.do(admin, response, {})]
  expect(mine.services.map(({ service }) => service?.slug)).toEqual(['checkout'])
  expect([mine.figures.incidents.value, theirs.figures.incidents.value]).toEqual([1, 2])
  expect([(await world.do(reader, load, {})).pages, (await world.do(admin, load, {})).pages]).toEqual([6, 7])
  expect([(await world.do(reader, noise, {})).paged, (await world.do(admin, noise, {})).paged]).toEqual([6, 7])
})

test('a team or a service narrows every figure', async () => {
  expect((await world.do(admin, load, { team: 'fraud' })).pages).toBe(1)
  expect((await world.do(admin, response, { service: 'scoring' })).figures.acknowledge).toMatchObject({ value: 5, n: 1 })
  expect((await world.do(reader, response, { service: 'scoring' })).figures.acknowledge).toMatchObject({ value: null, n: 0 })
})

test('load counts a person by the night of their own zone', async () => {
  const { people, hours } = await world.do(reader, load, {})
  expect(people).toEqual([{ person: { id: userId, name: 'Grace' }, working: 1, evening: 0, night: 5, total: 6 }])
  expect(hours[0]![23]).toBe(1)
})

test('noise is what paged and was over before anybody acknowledged it', async () => {
  const { unneeded, services } = await world.do(reader, noise, {})
  expect(unneeded).toMatchObject({ value: 1, n: 6 })
  expect(services).toEqual([{ service: { slug: 'checkout', name: 'Checkout' }, paged: 6, unneeded: 1, share: 1 / 6, medianSeconds: 90 }])
})

test('a stretch ends after it begins, and is not longer than 400 days', async () => {
  await expect(world.do(reader, response, { from: '2026-11-23T00:00:00Z', to: '2026-11-22T00:00:00Z' })).rejects.toMatchObject({
    code: 'invalid-input',
  })
  await expect(world.do(reader, response, { from: '2024-11-23T00:00:00Z' })).rejects.toMatchObject({ code: 'invalid-input' })
})

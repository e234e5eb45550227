// Promises of the walls: who sees which incident, everywhere the same; and who may do what.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import type { CommandDefinition } from '#kernel/command.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory, rightsOfUser } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { alerts } from '#domains/alerts/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { declareIncident } from './declare.ts'
import { setPrivate } from './details.ts'
import { incidents } from './index.ts'
import { decisionObject, hypothesisObject, incidentObject, taskObject, textObject } from './objects.ts'
import { bringIn } from './people.ts'
import { countIncidents, listIncidents, matchIncidents } from './queries.ts'
import { addHypothesis } from './hypotheses.ts'
import { addNote, decide } from './notes.ts'
import { addTask, changeTask } from './tasks.ts'
import { waitingForMe } from './waiting.ts'
import { listPages } from '#domains/oncall/pages.ts'

let world: World
const people: Record<string, Extract<Actor, { kind: 'user' }>> = {}
/** An incident of a members-only team, and a private one of an open team. */
let walled: { id: string; key: string }
let hidden: { id: string; key: string }

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents]))
  for (const [handle, role] of [
    ['admin', 'administrator'],
    ['member', 'responder'],
    ['other', 'responder'],
    ['guest', 'responder'],
    ['reporter', 'reporter'],
    ['viewer', 'stakeholder'],
  ] as const) {
    people[handle] = await world.person(handle, role)
  }
  const { admin } = people
  await world.do(admin!, addTeam, { slug: 'fraud', name: 'Fraud', membersOnly: true, members: [{ user: 'member' }] })
  await world.do(admin!, addTeam, { slug: 'payments', name: 'Payments', members: [{ user: 'member' }] })
  await world.do(admin!, addService, { slug: 'scoring', name: 'Scoring', team: 'fraud' })
  for (const handle of Object.keys(people)) await rightsAgain(handle)
  walled = await world.do(people['member']!, declareIncident, { title: 'Scoring leaks', services: ['scoring'] })
  hidden = await world.do(people['member']!, declareIncident, {
    title: 'A laptop was stolen',
    team: 'payments',
    private: true,
    reporter: 'reporter',
  })
})
afterAll(() => world.close())

/** Rights are computed at each request; here after the teams were made. */
async function rightsAgain(handle: string): Promise<void> {
  const person = people[handle]!
  people[handle] = { ...person, rights: (await world.read((scope) => rightsOfUser(scope, person.userId)))! }
}

const input = (operation: CommandDefinition<never>, key: string): object => ({ ...(operation.examples[0] as object), incident: key })
const onIncident = Object.values(incidents.operations).filter((operation) =>
  operation.http.includes('{incident}'),
) as unknown as CommandDefinition<never>[]
const codeOf = (actor: Actor, operation: CommandDefinition<never>, key: string): Promise<string> =>
  world.do(actor, operation as never, input(operation, key)).then(
    () => 'done',
    (error: unknown) => (error instanceof AppError ? `${error.code}: ${error.message}` : String(error)),
  )

describe.each(onIncident.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
  test.each([
    ['somebody of another team', 'other', () => walled],
    ['somebody outside of a private one', 'other', () => hidden],
    ['a stakeholder outside of a private one', 'viewer', () => hidden],
  ] as const)('is missing for %s', async (__, who, which) => {
    expect(await codeOf(people[who]!, operation, which().key)).toBe('missing: There is no such incident, or you may not see it.')
    expect(await codeOf(people[who]!, operation, which().id)).toBe('missing: There is no such incident, or you may not see it.')
  })
  test('needs its permission', async () => {
    const open = await world.do(people['other']!, declareIncident, { title: 'Open to all' })
    const code = await codeOf(people['viewer']!, operation, open.key)
    if (operation.needs === 'incidents:read') expect(code).not.toMatch(/^(forbidden|missing)/)
    else
      expect(code).toMatch(
        operation.name === 'incidents.linkGroup'
          ? /^missing: There is no such group/
          : /^forbidden: This needs the permission incidents:respond/,
      )
  })
})

describe('lists, counts and names', () => {
  test.each([
    ['admin', true, true],
    ['member', true, true],
    ['reporter', false, true],
    ['other', false, false],
    ['viewer', false, false],
  ])('%s sees the walled one: %s, the private one: %s', async (who, seesWalled, seesHidden) => {
    const actor = people[who]!
    const listed = (await world.do(actor, listIncidents, { limit: 200 })).items.map((item) => item.id)
    expect([listed.includes(walled.id as never), listed.includes(hidden.id as never)]).toEqual([seesWalled, seesHidden])
    const open = (await world.do(actor, listIncidents, { limit: 200, open: true })).items.length
    expect((await world.do(actor, countIncidents, {})).open).toBe(open)
    expect((await world.do(actor, matchIncidents, { text: 'laptop stolen scoring leaks' })).items.map((item) => item.id).sort()).toEqual(
      [...(seesWalled ? [walled.id] : []), ...(seesHidden ? [hidden.id] : [])].sort(),
    )
    expect((await world.do(actor, listIncidents, { service: 'scoring' })).items.length).toBe(seesWalled ? 1 : 0)
    const names = await world.engine.transact(actor, ({ scope }) => incidentObject.name!(scope, [walled.id, hidden.id]))
    expect([names.has(walled.id), names.has(hidden.id)]).toEqual([seesWalled, seesHidden])
  })

  test('whoever is given a task in a private incident sees what it is about, and finds it among what waits for them', async () => {
    const member = people['member']!
    const [given, taken] = [await world.person('given'), await world.person('taken')]
    await world.do(member, addTask, { incident: hidden.key, title: 'Block the card', assignee: 'given' })
    const { id: taskId } = await world.do(member, addTask, { incident: hidden.key, title: 'Call the insurer' })
    await world.do(member, changeTask, { incident: hidden.key, taskId, assignee: 'taken' })
    for (const actor of [given, taken])
      expect((await world.do(actor, waitingForMe, {})).items.map(({ incident }) => incident.id)).toEqual([hidden.id])
  })

  test('what stands on the board of a private incident is hidden with it', async () => {
    const member = people['member']!
    const ids = {
      task: (await world.do(member, addTask, { incident: hidden.key, title: 'Lock the account' })).id,
      hypothesis: (await world.do(member, addHypothesis, { incident: hidden.key, statement: 'It was taken on the train' })).id,
      decision: (await world.do(member, decide, { incident: hidden.key, title: 'Tell the police' })).id,
      text: (await world.do(member, addNote, { incident: hidden.key, text: 'Serial number 77' })).textId,
    }
    for (const object of [taskObject, hypothesisObject, decisionObject, textObject]) {
      const id = ids[object.kind as keyof typeof ids]
      const located = (actor: Actor) => world.engine.transact(actor, ({ scope }) => object.locate(scope, id))
      const named = (actor: Actor) => world.engine.transact(actor, async ({ scope }) => (await object.name!(scope, [id])).get(id))
      expect([await located(member), await located(people['other']!)]).toEqual([{ teamId: expect.any(String) }, undefined])
      expect(await named(people['other']!)).toBe('(not shown to you)')
      expect(await named(member)).not.toBe('(not shown to you)')
    }
  })
})

test('somebody who is brought in sees it from then on, and whoever hides an incident stays inside', async () => {
  await world.do(people['member']!, bringIn, { incident: hidden.key, user: 'guest' })
  expect((await world.do(people['guest']!, listIncidents, { mine: true })).items.map((item) => item.id)).toEqual([hidden.id])
  const open = await world.do(people['other']!, declareIncident, { title: 'Loud', team: 'payments' })
  await world.do(people['guest']!, setPrivate, { incident: open.key, private: true })
  expect(await world.do(people['guest']!, setPrivate, { incident: open.key, private: false })).toMatchObject({ private: false })
})

test('a page about an incident has its walls, and nothing of what a private one says', async () => {
  const member = people['member']!
  const pages = async (who: string) =>
    (await world.do(people[who]!, listPages, { limit: 200 })).items.map(({ title, body }) => `${title} ${body}`)
  await world.do(member, bringIn, { incident: walled.key, user: 'guest', urgent: true, note: 'The model is on a public bucket' })
  await world.do(member, bringIn, { incident: hidden.key, user: 'guest', urgent: true, note: 'Serial number 77' })
  for (const who of ['member', 'guest', 'admin']) expect((await pages(who)).join()).toContain('Scoring leaks')
  expect((await pages('other')).join()).not.toMatch(/Scoring|bucket|laptop|Serial/)

  const loud = await world.do(member, declareIncident, { title: 'A key was published', team: 'payments' })
  await world.do(member, bringIn, { incident: loud.key, user: 'guest', urgent: true })
  expect((await pages('other')).join()).toContain('A key was published')
  await world.do(member, setPrivate, { incident: loud.key, private: true })
  expect((await pages('other')).join()).not.toContain('A key was published')
})

test('a reporter can log and see their own, and not work on it', async () => {
  const own = await world.do(people['reporter']!, declareIncident, { type: 'itil', title: 'My screen is black' })
  const screen = (await world.do(people['reporter']!, listIncidents, { mine: true })).items[0]!
  expect(screen).toMatchObject({ id: own.id, lead: null })
  await expect(world.do(people['reporter']!, addNote, { incident: own.key, text: 'Still black' })).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(world.do(people['viewer']!, declareIncident, { title: 'x' })).rejects.toMatchObject({ code: 'forbidden' })
})

test('a service of a hidden team cannot be named by others, nor a team', async () => {
  await expect(world.do(people['other']!, declareIncident, { title: 'x', services: ['scoring'] })).rejects.toMatchObject({
    code: 'missing',
  })
  await expect(world.do(people['other']!, declareIncident, { title: 'x', team: 'fraud' })).rejects.toMatchObject({ code: 'missing' })
})

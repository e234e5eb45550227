// Promises about the reporter's answer: when it comes late, after the end, beside the clock, or when somebody else turns out to have reported it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { declareIncident } from './declare.ts'
import { changeIncident } from './details.ts'
import { incidents } from './index.ts'
import { changeState, confirmIncident } from './moving.ts'
import { getIncident } from './screen.ts'
import { incidentTimeline } from './timeline.ts'

let world: World
let sofia: Actor
let jonas: Actor
let leila: Extract<Actor, { kind: 'user' }>
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents]))
  sofia = await world.person('sofia', 'agent')
  jonas = await world.person('jonas', 'reporter')
  leila = await world.person('leila', 'reporter')
})
afterAll(() => world.close())

const look = (incident: string) => world.do(sofia, getIncident, { incident })
const sentences = async (incident: string) => (await world.do(sofia, incidentTimeline, { incident })).items.map(({ sentence }) => sentence)
async function resolved(reporter: string | undefined = 'jonas'): Promise<string> {
  const classified = { category: 'hardware', impact: 'minor', urgency: 'low' }
  const { key } = await world.do(sofia, declareIncident, { type: 'itil', title: 'No printing', reporter, ...classified })
  await world.do(sofia, changeState, { incident: key, to: 'classified' })
  await world.do(sofia, changeState, { incident: key, to: 'resolved', fields: { resolution: 'New spooler', retest: 'Passed' } })
  await world.settle()
  return key
}

test('a yes after it closed by itself is noted, and does not close it once more', async () => {
  const incident = await resolved()
  await world.pass('72 h')
  const { closedAt } = await look(incident)
  await world.pass('2 h')
  await world.do(jonas, confirmIncident, { incident, works: true })
  expect(await look(incident)).toMatchObject({ state: { id: 'closed' }, closedAt, confirmation: { state: 'confirmed' } })
  expect((await sentences(incident)).filter((sentence) => sentence.startsWith('Closed'))).toEqual(['Closed by itself: no answer for 3 d'])
})

test('a no after it closed by itself opens it again, as long as its process lets anybody do so', async () => {
  const [early, late] = [await resolved(), await resolved()]
  await world.pass('4 d')
  expect(await world.do(jonas, confirmIncident, { incident: early, works: false })).toMatchObject({ state: { id: 'investigating' } })
  await world.pass('11 d')
  await expect(world.do(jonas, confirmIncident, { incident: late, works: false })).rejects.toThrow('It was resolved more than 14 d ago.')
})

test('the question goes to whoever turns out to have reported it, and the one who was asked before has no say', async () => {
  const incident = await resolved()
  await world.do(sofia, changeIncident, { incident, reporter: 'leila' })
  await world.settle()
  expect((await world.events('incident.confirmation-asked')).at(-1)!.data).toMatchObject({ userId: leila.userId })
  const told = await world.read((scope) =>
    scope.query<{ userId: string }>(
      sql`select user_id as "userId" from notifications where reach_key like '%/confirm/%' and title like ${`%${incident}`}`,
    ),
  )
  expect(told.map(({ userId }) => userId)).toContain(leila.userId)
  await expect(world.do(jonas, confirmIncident, { incident, works: true })).rejects.toMatchObject({ code: 'refused' })
  expect(await world.do(leila, confirmIncident, { incident, works: true })).toMatchObject({ state: { id: 'closed' } })
})

test.skipIf(process.env['TEST_DATABASE_URL'] === undefined)('a no that comes while the time runs out is not closed over', async () => {
  const incident = await resolved()
  world.clock.set(addSeconds(world.clock.now(), 72 * 3600))
  let settled: Promise<void> | undefined
  await world.engine.transact(jonas, async ({ run }) => {
    await run(confirmIncident, { incident, works: false })
    settled = world.settle()
    // Until the clock waits for this transaction, which a transaction of its own has to see.
    const waiting = () =>
      world.engine.database.transaction((other) =>
        other.query(
          sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%from incidents%'`,
        ),
      )
    while ((await waiting()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  })
  await settled
  expect(await look(incident)).toMatchObject({ state: { id: 'investigating' }, confirmation: { state: 'refused' } })
})

test('what is resolved did not begin after that', async () => {
  const incident = await resolved()
  await world.pass('1 h')
  await expect(world.do(sofia, changeIncident, { incident, occurredAt: world.clock.now() })).rejects.toThrow('It was resolved before that.')
})

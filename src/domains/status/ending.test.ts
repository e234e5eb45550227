// Promises about the end of an incident and what is told beside it: no notice stays open, whatever comes late or at the same moment.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { Actor } from '#kernel/actor.ts'
import { Secret } from '#kernel/secret.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { changeUser } from '#domains/directory/people.ts'
import { changeState, declareIncident, incidents, setPrivate } from '#domains/incidents/index.ts'
import { reopenIncident } from '#domains/incidents/moving.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { dashboard } from './dashboard.ts'
import { status } from './index.ts'
import { addStatusPage } from './pages.ts'
import { follow } from './subscribing.ts'
import { listUpdates, publishUpdate } from './updates.ts'

let world: World
let admin: Actor
let grace: Actor
const mailed: unknown[] = []
beforeAll(async () => {
  const send = (_context: unknown, to: unknown) => (mailed.push(to), Promise.resolve({ status: 'delivered' as const }))
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, status]), {
    channels: new Map([['email', { summary: '', address: z.email(), recognisesKey: true, send }]]),
    settings: (name) => (name === 'smtpUrl' ? new Secret('smtp://mail.test') : undefined),
  })
  admin = await world.person('ada', 'administrator')
  grace = await world.person('grace', 'stakeholder')
  await world.do(admin, addStatusPage, { slug: 'office', name: 'Office' })
})
afterAll(() => world.close())

const declare = async () => String((await world.do(admin, declareIncident, { title: 'Search is slow', severity: 'SEV3' })).number)
const publish = (incident: string) => world.do(admin, publishUpdate, { incident, text: 'Search is slow.', pages: ['office'] })
const open = async () => (await world.do(admin, dashboard, {})).troubles.map(({ incident }) => String(incident.number))

test('what was resolved, reopened and resolved again before any of it was told is told once, with its last end', async () => {
  const incident = await declare()
  await publish(incident)
  await world.settle()
  for (const to of ['resolved', 'investigating', 'resolved']) {
    world.clock.set(new Date(Date.parse(world.clock.now()) + 600_000).toISOString() as never)
    if (to === 'investigating') await world.do(admin, reopenIncident, { incident, reason: 'Slow again' })
    else await world.do(admin, changeState, { incident, to })
  }
  // Another node takes the return, and takes its time.
  await world.read((scope) => scope.query(sql`update jobs set due = due + interval '11 min' where lane = 'status.open-again'`))
  await world.pass('2 min')
  expect(await open()).toEqual([])
  const told = (await world.do(admin, listUpdates, { incident })).items
  expect(told.map(({ text }) => text)).toEqual(['This is solved. It lasted 30 min.', 'Search is slow.'])
})

test('whoever read that it is over reads that it is back, in the word for the state that it came back to, and then its new end', async () => {
  await world.do(grace, follow, { statusPage: 'office' })
  const incident = await declare()
  const act = async (work: () => Promise<unknown>) => {
    world.clock.set(new Date(Date.parse(world.clock.now()) + 600_000).toISOString() as never)
    await work()
    await world.settle()
    return open()
  }
  await publish(incident)
  expect(await act(() => world.do(admin, changeState, { incident, to: 'resolved' }))).not.toContain(incident)
  mailed.length = 0
  expect(await act(() => world.do(admin, reopenIncident, { incident, reason: 'Slow again' }))).toContain(incident)
  expect(mailed).toEqual(['grace@example.test'])
  expect(await act(() => world.do(admin, changeState, { incident, to: 'resolved' }))).not.toContain(incident)
  const told = (await world.do(admin, listUpdates, { incident })).items
  expect(told.map(({ number, state, text }) => `${number} ${state}: ${text}`)).toEqual([
    '4 Solved: This is solved. It lasted 30 min.',
    '3 Investigating: This is not over after all. We are working on it again.',
    '2 Solved: This is solved. It lasted 10 min.',
    '1 Looking into it: Search is slow.',
  ])
})

test('one of which nothing was told is not told when it comes back', async () => {
  const incident = await declare()
  await world.do(admin, changeState, { incident, to: 'resolved' })
  await world.do(admin, reopenIncident, { incident, reason: 'Slow again' })
  await world.settle()
  expect((await world.do(admin, listUpdates, { incident })).items).toEqual([])
})

test.skipIf(process.env['TEST_DATABASE_URL'] === undefined)(
  'an update that is published while its incident is resolved does not stay open',
  async () => {
    const incident = await declare()
    let resolved: Promise<unknown> | undefined
    await world.engine.transact(admin, async ({ run }) => {
      await run(publishUpdate, z.parse(publishUpdate.input, { incident, text: 'Search is slow.', pages: ['office'] }))
      let isOver = false
      resolved = world.do(admin, changeState, { incident, to: 'resolved' }).then(async () => {
        await world.settle()
        isOver = true
      })
      // Until it is told, or waits for this transaction, which a transaction of its own has to see.
      const waiting = () =>
        world.engine.database.transaction((other) =>
          other.query(
            sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%from incidents%'`,
          ),
        )
      while (!isOver && (await waiting()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    })
    await resolved
    await world.settle()
    expect(await open()).toEqual([])
  },
)

test('a private incident is not counted for whoever may not see it', async () => {
  const count = async (actor: Actor) => (await world.do(actor, dashboard, {})).months[0]!.incidents
  const before = await count(grace)
  const incident = await declare()
  await world.do(admin, setPrivate, { incident, private: true })
  await publish(incident)
  expect([await count(grace), await count(admin)]).toEqual([before, before + 1])
})

test('whoever follows is told at the address that they have now, and once', async () => {
  await world.do(grace, follow, { statusPage: 'office' })
  await world.do(admin, changeUser, { user: 'grace', email: 'grace@new.test' })
  await world.do(grace, follow, { statusPage: 'office' })
  await world.settle()
  mailed.length = 0
  await publish(await declare())
  await world.settle()
  expect(mailed).toEqual(['grace@new.test'])
})

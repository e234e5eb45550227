// Promises about what waits for somebody where many runs were left waiting for others.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { assignRole, declareIncident, incidents } from '#domains/incidents/index.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { saveRunbook } from './catalogue.ts'
import { runbooks } from './index.ts'
import { myPending } from './run-queries.ts'
import { startRun } from './starting.ts'

let world: World
let mara: Actor
let priya: Actor
const answers = [{ id: 'no', text: 'No', consequence: 'ends it' }]
const save = (slug: string, who: object[]) =>
  world.do(mara, saveRunbook, {
    slug,
    name: slug,
    sections: [{ name: 'A', steps: [{ id: 'sure', name: 'Sure?', ask: { question: 'Sure?', who, answers } }] }],
  })
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, runbooks]))
  mara = await world.person('mara', 'administrator')
  priya = await world.person('priya')
  await world.do(mara, addTeam, { slug: 'press', name: 'Press', members: [{ user: 'priya' }] })
  await save('of-mara', [{ user: 'mara' }])
  await save('of-commander', [{ role: 'commander' }])
  await world.person('olga', 'stakeholder')
  await save('of-olga', [{ user: 'olga' }])
  await save('of-priya', [{ user: 'priya' }])
  await save('of-press', [{ team: 'press' }])
})
afterAll(() => world.close())

test('what waits for me, or for people who may not answer, is found behind hundreds of questions that others left unanswered', async () => {
  const { id: incident } = await world.do(mara, declareIncident, { title: 'Search is slow', type: 'sre' })
  await world.do(mara, startRun, { runbook: 'of-mara', incident })
  await world.settle()
  await world.engine.transact({ kind: 'system', reason: 'test' } as never, async ({ scope }) => {
    await scope.query(sql`insert into runs (id, runbook_id, version, incident_id, inputs, phase, reason, started_by, started_at)
      select 'run_left' || n, runbook_id, version, incident_id, inputs, phase, reason, started_by, started_at from runs, generate_series(1, 250) n`)
    await scope.query(sql`insert into run_asks (run_id, seq, kind, step, question, shown, answers, who, also, quorum, asked_at)
      select 'run_left' || n, seq, kind, step, question, shown, answers, who, also, quorum, asked_at from run_asks, generate_series(1, 250) n`)
  })
  await world.pass('1 h')
  const { id: own } = await world.do(mara, declareIncident, { title: 'Checkout fails', type: 'sre' })
  await world.do(mara, assignRole, { incident: own, role: 'commander', user: 'priya' })
  for (const runbook of ['of-olga', 'of-priya', 'of-press', 'of-commander']) await world.do(mara, startRun, { runbook, incident: own })
  await world.settle()
  const { items } = await world.do(priya, myPending, {})
  expect(items.map(({ run }) => run.name).sort()).toEqual(['of-commander', 'of-olga', 'of-press', 'of-priya'])
})

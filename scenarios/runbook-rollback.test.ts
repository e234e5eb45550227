// A bad deploy: the process starts the runbook, the commander decides on a phone, operations approves what it sees, and everybody reads it afterwards.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { assignRole, changeState, declareIncident } from '#domains/incidents/index.ts'
import { incidentTimeline } from '#domains/incidents/timeline.ts'
import { answerQuestion, approveStep, getRun, listRuns } from '#domains/runbooks/index.ts'
import { badDeployWorld } from './world/bad-deploy.ts'
import { people } from './world/people.ts'
import type { World } from './world/world.ts'

let world: World
let mara: Actor
let tunde: Actor
const phones = people()

beforeEach(async () => {
  phones.got.length = 0
  ;({ world, mara, tunde } = await badDeployWorld(phones))
})
afterEach(() => world.close())

test('the commander decides, operations approves exactly what is sent, and the timeline tells it', async () => {
  const { key: incident } = await world.do(mara, declareIncident, {
    title: 'Card payments fail',
    severity: 'SEV1',
    services: ['payments'],
    roles: { commander: 'mara', operations: 'tunde' },
  })
  await world.do(mara, changeState, { incident, to: 'fixing' })
  await world.settle()
  phones.phoneOf('mara').gets(/INC-1 waits for you: Roll payments back from 4\.18\.2, or fix forward\?/)
  const [run] = (await world.do(mara, listRuns, { incident })).items
  expect(run).toMatchObject({ phase: 'asking', startedFor: 'by the process on entering fixing', step: { place: 3, of: 11 } })
  await world.do(mara, answerQuestion, { run: run!.id, step: 'choose', answer: 'roll_back' })
  await world.settle()
  phones.phoneOf('tunde').gets(/INC-1 waits for you: Approve the rollback/)
  const { pending } = await world.do(tunde, getRun, { run: run!.id })
  expect(pending).toMatchObject({ danger: expect.stringContaining('Replaces every running copy of payments with 4.18.1.') })
  expect(pending!.preview).toContain('POST https://deploys.example/api/v1/rollbacks')
  await world.do(tunde, approveStep, { run: run!.id, step: 'approve_rollback', hash: pending!.hash! })
  await world.pass('5 min')
  expect(world.sent.at(-1)).toMatchObject({ method: 'POST', body: '{"service":"payments","to":"4.18.1"}' })
  await world.do(mara, assignRole, { incident, role: 'commander', user: 'tunde' })
  await world.do(tunde, answerQuestion, { run: run!.id, step: 'rate', answer: 'no' })
  await world.settle()
  expect((await world.do(mara, getRun, { run: run!.id })).phase).toBe('done')
  const { items } = await world.do(mara, incidentTimeline, { incident, limit: 100 })
  const told = items.map((entry) => entry.sentence)
  expect(told).toEqual(
    expect.arrayContaining([
      'Runbook Bad deploy: decide and roll back started by the process on entering fixing',
      'Runbook asks Mara: Roll back or fix forward?',
      'Mara answered ‘Roll back or fix forward?’: Roll back',
      'Tunde approved ‘Approve the rollback’, preview seen, 1 of 1',
      'Runbook: ‘Roll the service back’ is done',
      'Tunde answered ‘Has the failure rate come down?’: No, still failing',
    ]),
  )
  expect(items.find(({ kind }) => kind === 'note')).toMatchObject({
    actorName: 'Bad deploy: decide and roll back, run 1',
    text: expect.stringContaining('did not bring the failure rate down'),
  })
})

test('what cannot be started is told on the timeline, and a severity that is not meant starts nothing', async () => {
  const { key: low } = await world.do(mara, declareIncident, { title: 'A label is wrong', severity: 'SEV4', services: ['payments'] })
  const { key: high } = await world.do(mara, declareIncident, { title: 'Something fails', severity: 'SEV1' })
  for (const incident of [low, high]) await world.do(mara, changeState, { incident, to: 'fixing' })
  await world.settle()
  expect((await world.do(mara, listRuns, {})).items).toEqual([])
  expect((await world.events('run.not-started')).map(({ data }) => data)).toMatchObject([
    { slug: 'bad-deploy', reason: 'Service: it has no value; give one.' },
  ])
})

// Promises about runs of an incident whose team shows itself to its members only: who takes part in the incident has its runs, wherever it belongs.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { personOf, type Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory, rightsOfUser } from '#domains/directory/index.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { bringIn, declareIncident, incidents } from '#domains/incidents/index.ts'
import { changeIncident } from '#domains/incidents/details.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { saveRunbook } from './catalogue.ts'
import { runbooks } from './index.ts'
import { getRun, listRuns, myPending } from './run-queries.ts'
import { startRun } from './starting.ts'
import { answerQuestion } from './working.ts'

let world: World
let admin: Actor
let mara: Actor
let priya: Actor
/** The same person with the rights that they have now. */
const as = async (actor: Actor): Promise<Actor> => {
  const userId = personOf(actor)!
  return { kind: 'user', userId, sessionId: 'ses', rights: (await world.read((scope) => rightsOfUser(scope, userId)))! }
}
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, runbooks]))
  admin = await world.person('root', 'administrator')
  mara = await world.person('mara')
  priya = await world.person('priya')
  await world.do(admin, addTeam, { slug: 'vault', name: 'Vault', membersOnly: true, members: [{ user: 'mara' }] })
  await world.do(admin, addTeam, { slug: 'press', name: 'Press', membersOnly: true, members: [{ user: 'priya' }] })
  mara = await as(mara)
  priya = await as(priya)
  const answers = [{ id: 'no', text: 'No', consequence: 'writes it down' }]
  const ask = { id: 'sure', name: 'Sure?', ask: { question: 'Restart?', who: [{ user: 'priya' }], answers } }
  const note = { id: 'note', name: 'Write it down', note: 'Not restarted.' }
  await world.do(admin, saveRunbook, { slug: 'sure', name: 'Sure', sections: [{ name: 'A', steps: [ask, note] }] })
})
afterAll(() => world.close())

test('is there for whoever was brought in', async () => {
  const { id: incident } = await world.do(mara, declareIncident, { title: 'The vault is open', team: 'vault' })
  const { id: run } = await world.do(mara, startRun, { runbook: 'sure', incident })
  await world.settle()
  await expect(world.do(priya, getRun, { run })).rejects.toMatchObject({ code: 'missing' })
  await world.do(mara, bringIn, { incident, user: 'priya' })
  expect((await world.do(priya, getRun, { run })).pending).toMatchObject({ isMine: true })
  expect((await world.do(priya, listRuns, { incident })).items).toMatchObject([{ id: run }])
  expect((await world.do(priya, myPending, {})).items).toMatchObject([{ run: { id: run } }])
  await world.do(priya, answerQuestion, { run, step: 'sure', answer: 'no' })
})

test('goes with its incident to another team', async () => {
  const { id: incident } = await world.do(mara, declareIncident, { title: 'The vault leaks', team: 'vault' })
  const { id: run } = await world.do(mara, startRun, { runbook: 'sure', incident })
  await world.settle()
  await world.do(admin, changeIncident, { incident, team: 'press' })
  expect((await world.do(priya, getRun, { run })).pending).toMatchObject({ isMine: true })
  await world.do(priya, answerQuestion, { run, step: 'sure', answer: 'no' })
  await world.settle()
  expect(await world.do(priya, getRun, { run }), 'it sees the incident where that is now').toMatchObject({ phase: 'done' })
})

test('acts in a private incident of no team', async () => {
  const { id: incident } = await world.do(priya, declareIncident, { title: 'A laptop was stolen', private: true })
  const { id: run } = await world.do(priya, startRun, { runbook: 'sure', incident })
  await world.settle()
  await world.do(priya, answerQuestion, { run, step: 'sure', answer: 'no' })
  await world.settle()
  expect(await world.do(priya, getRun, { run })).toMatchObject({ phase: 'done' })
})

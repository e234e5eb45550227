// Promises about who is asked: nobody outside of a team's walls or of a private incident, nobody who is gone, and nobody after it was decided.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { sql } from '#kernel/sql.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { disableUser } from '#domains/directory/people.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { bringIn, changeState, declareIncident, incidents } from '#domains/incidents/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { addSchedule } from '#domains/oncall/schedules.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { listRunbooks, saveRunbook } from './catalogue.ts'
import { addConnection } from './connections.ts'
import { runbooks } from './index.ts'
import { getRun } from './run-queries.ts'
import { startRun } from './starting.ts'
import { answerQuestion, approveStep, handOverQuestion, refuseStep } from './working.ts'

let world: World
let admin: Actor
let mara: Actor
let priya: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, runbooks]))
  admin = await world.person('root', 'administrator')
  mara = await world.person('mara')
  priya = await world.person('priya')
  await world.do(admin, addConnection, { slug: 'argo', name: 'Argo CD', address: 'https://argo.example', secret: 'canary-secret-1' })
})
beforeEach(() => void (world.sent.length = 0))
afterAll(() => world.close())

const restart = { id: 'restart', name: 'Restart', http: { connection: 'argo', method: 'POST', url: '/restart', danger: 'changes' } }
const approve = { id: 'approve', name: 'Approve the restart', approve: { danger: 'It restarts.' } }
const sure = {
  id: 'sure',
  name: 'Sure?',
  ask: { question: 'Restart?', answers: [{ id: 'no', text: 'No', consequence: 'ends it', goto: 'end' }] },
}
const save = (slug: string, steps: object[]) => world.do(admin, saveRunbook, { slug, name: slug, sections: [{ name: 'A', steps }] })
async function started(slug: string): Promise<string> {
  const { id } = await world.do(mara, startRun, { runbook: slug })
  await world.settle()
  return id
}
const look = (run: string, as: Actor = mara) => world.do(as, getRun, { run })

test('is not answered from outside when the team or the schedule that is asked shows itself to its members only', async () => {
  const inside = [{ user: 'priya', role: 'lead' as const }]
  await world.do(admin, addTeam, { slug: 'vault', name: 'Vault', membersOnly: true, members: inside })
  await world.do(admin, addSchedule, {
    slug: 'vault-week',
    name: 'Vault week',
    team: 'vault',
    zone: 'UTC',
    layers: [{ name: 'Daily', rotation: { unit: 'day', length: 1, anchor: '2026-11-23T00:00', participants: ['priya'] } }],
  })
  for (const who of [{ team: 'vault' }, { schedule: 'vault-week' }]) {
    await save('walled', [{ ...approve, approve: { who: [who], danger: 'It restarts.' } }, restart])
    const run = await started('walled')
    const { pending } = await look(run, mara)
    expect(pending).toMatchObject({ isMine: false })
    await expect(world.do(mara, approveStep, { run, step: 'approve', hash: pending!.hash! })).rejects.toMatchObject({ code: 'refused' })
    await world.settle()
    expect(world.sent).toEqual([])
    expect((await look(run, priya)).pending).toMatchObject({ isMine: true })
    await world.do(priya, refuseStep, { run, step: 'approve', reason: 'Not today' })
    await world.settle()
  }
})

test('is answered by somebody else when whoever is asked was disabled', async () => {
  await world.person('gone')
  await world.do(admin, addTeam, { slug: 'ghosts', name: 'Ghosts', members: [{ user: 'gone' }] })
  await save('ghosts', [{ ...approve, approve: { who: [{ team: 'ghosts' }], danger: 'It restarts.' } }, restart])
  const run = await started('ghosts')
  await world.do(admin, disableUser, { user: 'gone' })
  const { pending } = await look(run, mara)
  await world.do(mara, approveStep, { run, step: 'approve', hash: pending!.hash! })
  await world.settle()
  expect((await look(run)).phase).not.toBe('approving')
})

test('does not wait for whoever is named and may not answer', async () => {
  const rosa = await world.person('rosa', 'agent')
  await save('named', [{ ...approve, approve: { who: [{ user: 'rosa' }, { user: 'priya' }], danger: 'It restarts.' } }, restart])
  const run = await started('named')
  const { pending } = await look(run, rosa)
  expect(pending).toMatchObject({ isMine: false })
  await expect(world.do(rosa, approveStep, { run, step: 'approve', hash: pending!.hash! })).rejects.toMatchObject({ code: 'forbidden' })
  expect((await look(run, priya)).pending).toMatchObject({ isMine: true })
  await world.do(priya, refuseStep, { run, step: 'approve', reason: 'Not today' })
})

test('is approved by whoever may when nobody of those who are named may, and is not handed to somebody who may not', async () => {
  await world.person('olga', 'agent')
  await save('helpless', [{ ...approve, approve: { who: [{ user: 'olga' }], danger: 'It restarts.' } }, restart])
  const run = await started('helpless')
  const { pending } = await look(run, mara)
  expect(pending).toMatchObject({ isMine: true, who: 'Olga' })
  expect(await world.read((scope) => scope.query(sql`select key from processes where key like ${`${run}/%`}`)), 'she is not told').toEqual(
    [],
  )
  await expect(world.do(mara, handOverQuestion, { run, step: 'approve', user: 'olga' })).rejects.toThrow('Olga may not approve steps')
  await world.do(mara, approveStep, { run, step: 'approve', hash: pending!.hash! })
  await world.settle()
  expect((await look(run)).phase).not.toBe('approving')
})

test('refuses what has all its approvals, though the run has not heard of them yet', async () => {
  await save('quorum', [{ ...approve, approve: { danger: 'It restarts.' } }, restart])
  const run = await started('quorum')
  const hash = (await look(run, mara)).pending!.hash!
  await world.do(priya, approveStep, { run, step: 'approve', hash })
  await expect(world.do(mara, refuseStep, { run, step: 'approve', reason: 'Wait, no' })).rejects.toMatchObject({ code: 'refused' })
  await expect(world.do(mara, approveStep, { run, step: 'approve', hash })).rejects.toMatchObject({ code: 'refused' })
  await world.settle()
  expect(world.sent).toHaveLength(1)
})

test('keeps what each of those says who approve it or refuse it', async () => {
  await save('two', [{ ...approve, approve: { danger: 'It restarts.', quorum: 2 } }, restart])
  const said = async (run: string) => (await look(run)).answered.map(({ by, answer, note }) => [by, answer, note])
  const [run, refused] = [await started('two'), await started('two')]
  const hash = (await look(run, mara)).pending!.hash!
  await world.do(priya, approveStep, { run, step: 'approve', hash, note: 'The replica is up to date' })
  await world.settle()
  expect((await look(run, mara)).pending!.approvals).toMatchObject([{ name: 'Priya', note: 'The replica is up to date' }])
  await world.do(mara, approveStep, { run, step: 'approve', hash, note: 'Support knows' })
  await world.do(priya, approveStep, { run: refused, step: 'approve', hash, note: 'Looks right' })
  await world.do(mara, refuseStep, { run: refused, step: 'approve', reason: 'Not before noon' })
  await world.settle()
  expect(await said(run)).toEqual([
    ['Priya', 'Approved', 'The replica is up to date'],
    ['Mara', 'Approved', 'Support knows'],
  ])
  expect(await said(refused)).toEqual([
    ['Priya', 'Approved', 'Looks right'],
    ['Mara', 'Refused', 'Not before noon'],
  ])
})

test('pages nobody for an incident that is closed: whom it asks then is told as of any run', async () => {
  await save('late', [{ ...sure, ask: { ...sure.ask, who: [{ user: 'priya' }] } }])
  const urgencies: unknown[] = []
  for (const isClosed of [false, true]) {
    const { id: incident } = await world.do(mara, declareIncident, { title: 'Search is slow', type: 'sre' })
    if (isClosed) await world.do(mara, changeState, { incident, to: 'declined', reason: 'It was a drill' })
    const { id: run } = await world.do(mara, startRun, { runbook: 'late', incident })
    await world.settle()
    const told = await world.read((scope) =>
      scope.query<{ urgency: string }>(sql`select state #>> '{message,urgency}' as urgency from processes where key like ${`${run}/%`}`),
    )
    urgencies.push(...told.map(({ urgency }) => urgency))
  }
  expect(urgencies).toEqual(['page', 'update'])
})

test('of a private incident is not what others see as the last one of its runbook', async () => {
  const last = async (actor: Actor) => (await world.do(actor, listRunbooks, { text: 'hush' })).items[0]!.lastRun?.number
  await save('hush', [sure])
  const { id: first } = await world.do(mara, startRun, { runbook: 'hush' })
  const { id: incident } = await world.do(mara, declareIncident, { title: 'A laptop was stolen', private: true })
  const { id: second } = await world.do(mara, startRun, { runbook: 'hush', incident })
  await world.settle()
  const [open, hidden] = [(await look(first)).number, (await look(second)).number]
  expect([await last(priya), await last(mara)]).toEqual([open, hidden])
})

test('about a private incident asks, and tells, only those who see it', async () => {
  await world.do(admin, addTeam, { slug: 'press', name: 'Press', members: [{ user: 'priya' }] })
  await save('private', [{ ...sure, ask: { ...sure.ask, who: [{ team: 'press' }] } }])
  const { id: incident } = await world.do(mara, declareIncident, { title: 'A laptop was stolen', private: true })
  const { id: run } = await world.do(mara, startRun, { runbook: 'private', incident })
  await world.settle()
  await world.pass('4 min')
  const [asked] = (await world.events('question.asked')).filter(({ about }) => about['run'] === run)
  expect(asked!.data).toMatchObject({ userIds: [] })
  const told = await world.read((scope) => scope.query(sql`select key from processes where key like ${`${run}/%`}`))
  expect(told).toEqual([])
  expect((await look(run)).pending).toMatchObject({ isMine: true, people: [] })
  await expect(world.do(mara, handOverQuestion, { run, step: 'sure', user: 'priya' })).rejects.toThrow('Priya does not see this run')
  await world.do(mara, bringIn, { incident, user: 'priya' })
  expect((await look(run)).pending).toMatchObject({ isMine: false, people: [{ name: 'Priya' }] })
  await world.do(priya, answerQuestion, { run, step: 'sure', answer: 'no' })
})

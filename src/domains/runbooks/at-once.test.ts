// Promises about two people who act on one step at the same moment: the first one counts, the other one is told, and the record says what came of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { addSeconds } from '#kernel/time.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { incidents } from '#domains/incidents/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { saveRunbook } from './catalogue.ts'
import { addConnection } from './connections.ts'
import { runbooks } from './index.ts'
import { getRun } from './run-queries.ts'
import { startRun } from './starting.ts'
import { answerQuestion, approveStep, cancelRun, retryStep, skipStep } from './working.ts'

let world: World
let mara: Actor
let priya: Extract<Actor, { kind: 'user' }>
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, runbooks]))
  mara = await world.person('mara', 'administrator')
  priya = await world.person('priya')
  await world.do(mara, addConnection, { slug: 'argo', name: 'Argo CD', address: 'https://argo.example', secret: 'canary-secret-1' })
})
afterAll(() => world.close())

const restart = { id: 'restart', name: 'Restart', http: { connection: 'argo', method: 'POST', url: '/restart', danger: 'changes' } }
const approve = { id: 'approve', name: 'Approve the restart', approve: { danger: 'It restarts.' } }
const sure = {
  id: 'sure',
  name: 'Sure?',
  ask: {
    question: 'Restart?',
    answers: [
      { id: 'yes', text: 'Yes', consequence: 'goes on' },
      { id: 'no', text: 'No', consequence: 'ends it', goto: 'end' },
    ],
    timeout: { after: '5 min', answer: 'no' },
  },
}
const look = { id: 'look', name: 'Look', http: { connection: 'argo', url: '/state', danger: 'reads', expect: [200] } }
const started = async (slug: string, steps: object[]) => {
  await world.do(mara, saveRunbook, { slug, name: slug, sections: [{ name: 'A', steps }] })
  const { id } = await world.do(mara, startRun, { runbook: slug })
  await world.settle()
  return id
}
const skip = (as: Actor, run: string, step: string) => world.do(as, skipStep, { run, step, reason: 'Not needed' })
const told = async (run: string, type: string) => (await world.events(type)).filter(({ about }) => about['run'] === run)
const seen = (run: string) => world.do(mara, getRun, { run })

test('what was answered or approved is not skipped', async () => {
  const asked = await started('asked', [sure, look])
  await world.do(mara, answerQuestion, { run: asked, step: 'sure', answer: 'yes' })
  await expect(skip(priya, asked, 'sure')).rejects.toThrow('Mara was first')
  const approving = await started('approving', [approve, restart])
  await world.do(mara, approveStep, { run: approving, step: 'approve', hash: (await seen(approving)).pending!.hash! })
  await expect(skip(priya, approving, 'approve')).rejects.toMatchObject({ code: 'refused' })
  await world.settle()
  expect(await told(asked, 'step.skipped')).toEqual([])
  expect(await told(approving, 'step.skipped')).toEqual([])
})

test('what was skipped is not answered, and its time-out does not overtake that', async () => {
  const run = await started('skipped', [sure, look])
  await skip(priya, run, 'sure')
  await expect(world.do(mara, answerQuestion, { run, step: 'sure', answer: 'no' })).rejects.toMatchObject({ code: 'refused' })
  await expect(skip(mara, run, 'sure')).rejects.toMatchObject({ code: 'refused' })
  // Nobody gets to it before its time is up.
  world.clock.set(addSeconds(world.clock.now(), 600))
  await world.settle()
  const { sections } = await seen(run)
  expect(sections[0]!.steps.map(({ state }) => state)).toEqual(['skipped', 'done'])
  expect([...(await told(run, 'question.answered')), ...(await told(run, 'question.timed-out'))]).toEqual([])
  expect(await told(run, 'step.skipped')).toHaveLength(1)
})

test('a failed step is tried again or skipped, as the first of two people said', async () => {
  world.outsideAnswers(() => ({ status: 404 }))
  const runs = [await started('failing', [look]), await started('failing', [look])]
  const [tried, skipped] = runs as [string, string]
  expect((await seen(tried)).phase).toBe('stuck')
  await world.do(mara, retryStep, { run: tried, step: 'look' })
  await expect(skip(priya, tried, 'look')).rejects.toMatchObject({ code: 'refused' })
  await expect(world.do(priya, retryStep, { run: tried, step: 'look' })).rejects.toMatchObject({ code: 'refused' })
  await skip(mara, skipped, 'look')
  await expect(world.do(priya, retryStep, { run: skipped, step: 'look' })).rejects.toMatchObject({ code: 'refused' })
  await world.settle()
  expect([(await told(tried, 'step.skipped')).length, (await told(tried, 'step.retried')).length]).toEqual([0, 1])
  expect([(await told(skipped, 'step.skipped')).length, (await told(skipped, 'step.retried')).length]).toEqual([1, 0])
  expect([(await seen(tried)).phase, (await seen(skipped)).phase]).toEqual(['stuck', 'done'])
})

test('the record says who stopped a run', async () => {
  const run = await started('stopped', [sure, look])
  await world.do(priya, cancelRun, { run, reason: 'The wrong service' })
  await expect(world.do(mara, cancelRun, { run, reason: 'Me too' })).rejects.toThrow('being stopped already')
  await world.settle()
  expect(await told(run, 'run.stopped')).toMatchObject([{ actor: priya.userId }])
  await expect(world.do(mara, cancelRun, { run, reason: 'Me too' })).rejects.toThrow('over already')
})

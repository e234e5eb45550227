// What an alert says of itself is true at every moment: until when it is snoozed, who had it, and no longer that somebody has it when it is over.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { system, type Actor } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { addSeconds } from '#kernel/time.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { acknowledgeGroup, listAlerts, resolveGroup, snoozeGroup, unacknowledgeGroup } from './groups.ts'
import { alerts } from './index.ts'
import { ingest, type Batch } from './ingest.ts'
import { allKeys } from './integration-store.ts'
import { addIntegration } from './integrations.ts'
import { addSilence, endSilence } from './silences.ts'

let world: World
let admin: Actor
let integration: Batch['integration']
let count = 0

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts]))
  admin = await world.person('ada', 'administrator')
  await world.do(admin, addService, { slug: 'checkout', name: 'Checkout', policy: 'payments' })
  await world.do(admin, addIntegration, { name: 'Prometheus', kind: 'alertmanager', service: 'checkout' })
  integration = (await world.read(allKeys))[0]!
  await world.worker.start()
  await world.worker.stop()
})
afterAll(() => world.close())
beforeEach(() => void count++)

const say = async (change: Partial<Signal> = {}) => {
  const signal: Signal = {
    action: 'trigger',
    dedupKey: `key-${count}`,
    title: `Alert ${count}`,
    severity: 'critical',
    labels: { alertname: `Alert${count}` },
    ...change,
  }
  await world.engine.transact(system('test'), (context) => ingest(context, [{ integration, signals: [signal] }]))
  await world.settle()
}
const alertNow = async () => (await world.do(admin, listAlerts, { limit: 200 })).items.find(({ dedupKey }) => dedupKey === `key-${count}`)!
const inSeconds = (seconds: number) => addSeconds(world.clock.now(), seconds)

test('a snoozed alert says until when, and no longer once it is given back', async () => {
  await say()
  const groupId = (await alertNow()).groupId!
  await world.do(admin, snoozeGroup, { groupId, until: inSeconds(600) })
  expect(await alertNow()).toMatchObject({ state: 'acknowledged', snoozedUntil: inSeconds(600) })
  await world.do(admin, snoozeGroup, { groupId, until: inSeconds(1200) })
  expect((await alertNow()).snoozedUntil, 'for longer').toBe(inSeconds(1200))
  await say()
  expect((await alertNow()).snoozedUntil, 'said again').toBe(inSeconds(1200))
  await world.do(admin, unacknowledgeGroup, { groupId })
  expect(await alertNow()).toMatchObject({ state: 'triggered', snoozedUntil: null })
  await world.do(admin, snoozeGroup, { groupId, until: inSeconds(600) })
  await world.pass('10 min')
  expect(await alertNow()).toMatchObject({ state: 'triggered', snoozedUntil: null })
})

test('one that joins a snoozed group says until when, also one that was held back, and no longer once it is given back', async () => {
  const hold = { env: `held-${count}` }
  const same = { alertname: `Alert${count}` }
  await say()
  const groupId = (await alertNow()).groupId!
  await world.do(admin, snoozeGroup, { groupId, until: inSeconds(600) })
  const silence = await world.do(admin, addSilence, {
    name: 'work',
    matchers: `env=${hold.env}`,
    endsAt: inSeconds(120),
  })
  await say({ dedupKey: `joins-${count}`, labels: same })
  await say({ dedupKey: `held-${count}`, labels: { ...same, ...hold } })
  const ofKey = async (key: string) =>
    (await world.do(admin, listAlerts, { limit: 200 })).items.find(({ dedupKey }) => dedupKey === `${key}-${count}`)!
  expect(await ofKey('joins')).toMatchObject({ groupId, state: 'acknowledged', snoozedUntil: (await alertNow()).snoozedUntil })
  expect(await ofKey('held')).toMatchObject({ groupId: null, state: 'suppressed', snoozedUntil: null })
  await world.do(admin, endSilence, { silenceId: silence.id })
  await world.pass('2 min')
  expect(await ofKey('held')).toMatchObject({ groupId, state: 'acknowledged', snoozedUntil: (await alertNow()).snoozedUntil })
  await world.do(admin, unacknowledgeGroup, { groupId })
  expect(await ofKey('joins')).toMatchObject({ state: 'triggered', snoozedUntil: null })
  await world.do(admin, acknowledgeGroup, { groupId })
  await say({ dedupKey: `later-${count}`, labels: same })
  expect(await ofKey('later'), 'acknowledged anew').toMatchObject({ groupId, state: 'acknowledged', snoozedUntil: null })
})

test.each([
  ['its source says so', 'Resolved by its source.', () => say({ action: 'resolve' })],
  [
    'its source does not repeat it',
    'It ended: its source no longer repeats it.',
    async () => {
      await say({ endsAt: inSeconds(60) })
      await world.pass('2 min')
    },
  ],
  [
    'a person says so',
    'Resolved by a person.',
    async () => void (await world.do(admin, resolveGroup, { groupId: (await alertNow()).groupId! })),
  ],
])('one that is over, for %s, says so, and who had it', async (_, reason, end) => {
  await say()
  await world.do(admin, snoozeGroup, { groupId: (await alertNow()).groupId!, until: inSeconds(3600) })
  const { acknowledgedAt, acknowledgedBy } = await alertNow()
  expect(acknowledgedBy).not.toBeNull()
  await end()
  expect(await alertNow()).toMatchObject({ state: 'resolved', reason, snoozedUntil: null, acknowledgedAt, acknowledgedBy })
})

test('one that was given back and is over does not say that it pages', async () => {
  await say()
  const groupId = (await alertNow()).groupId!
  await world.do(admin, acknowledgeGroup, { groupId })
  await world.do(admin, unacknowledgeGroup, { groupId })
  await say({ action: 'resolve' })
  expect(await alertNow()).toMatchObject({ state: 'resolved', reason: 'Resolved by its source.' })
})

test('one that nobody had says still why it paged', async () => {
  await say()
  const { reason } = await alertNow()
  await say({ action: 'resolve' })
  expect(await alertNow()).toMatchObject({ state: 'resolved', reason })
})

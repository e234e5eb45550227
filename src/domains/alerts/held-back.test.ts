// What is held back is not forgotten: it pages when nothing holds it back any longer, unless it is over, or somebody has it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Actor } from '#kernel/actor.ts'
import { system } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import type { Signal } from '#kernel/signal.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { listAlerts } from './groups.ts'
import { alerts } from './index.ts'
import { ingest, type Batch } from './ingest.ts'
import { allKeys } from './integration-store.ts'
import { addIntegration } from './integrations.ts'
import { inhibitionResource } from './resources.ts'

let world: World
let admin: Actor
let integration: Batch['integration']
let count = 0

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts]))
  admin = await world.person('ada', 'administrator')
  await world.do(admin, addService, { slug: 'checkout', name: 'Checkout', policy: 'payments' })
  await world.do(admin, addIntegration, { name: 'Monitor', kind: 'pagerduty', service: 'checkout' })
  integration = (await world.read(allKeys))[0]!
  await world.worker.start()
  await world.worker.stop()
})
afterAll(() => world.close())
beforeEach(() => void count++)

const signal = (change: Partial<Signal> = {}): Signal => ({
  action: 'trigger',
  dedupKey: `key-${count}`,
  title: `Alert ${count}`,
  severity: 'warning',
  labels: { source: `host-${count}` },
  ...change,
})
const fire = async (...signals: Signal[]) => {
  await world.engine.transact(system('test'), (context) => ingest(context, [{ integration, signals }]))
  await world.settle()
}
const alertNow = async (dedupKey = `key-${count}`) =>
  (await world.do(admin, listAlerts, { text: dedupKey, limit: 200 })).items.find((alert) => alert.dedupKey === dedupKey)
const inhibit = (spec: object) =>
  world.engine.transact(system('test'), (context) =>
    inhibitionResource.save(
      context,
      z.parse(inhibitionResource.schema, { slug: `rule-${count}`, name: `Rule ${count}`, ...spec }),
      undefined,
    ),
  )

describe('an inhibition', () => {
  test('asks of both alerts what a route asks: their severity, service and integration, also where these are no labels', async () => {
    await inhibit({
      source: 'severity="critical", service="checkout", integration="Monitor"',
      target: 'severity="warning"',
      equal: ['source', 'service'],
    })
    await fire(signal({ dedupKey: `cause-${count}`, severity: 'critical' }))
    await fire(signal())
    expect(await alertNow()).toMatchObject({ state: 'suppressed' })
    await fire(signal({ action: 'resolve', dedupKey: `cause-${count}` }))
    await world.pass('20 s')
    expect(await alertNow()).toMatchObject({ state: 'triggered' })
  })
})

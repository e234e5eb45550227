// What is held back is not forgotten: it pages when nothing holds it back any longer, unless it is over, or somebody has it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Actor } from '#kernel/actor.ts'
import { system } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import type { Signal } from '#kernel/signal.ts'
import { addSeconds } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { listAlerts } from './groups.ts'
import { alerts } from './index.ts'
import { ingest, type Batch } from './ingest.ts'
import { allKeys } from './integration-store.ts'
import { addIntegration } from './integrations.ts'
import { placeOfLook } from './reactions.ts'
import { inhibitionResource } from './resources.ts'
import { addSilence, endSilence } from './silences.ts'

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
const silence = (matchers: string, seconds: number) =>
  world.do(admin, addSilence, { name: 'a silence', matchers, endsAt: addSeconds(world.clock.now(), seconds) })
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

  test('finds its source among many that are like what it holds back, or that only a pattern tells apart', async () => {
    await inhibit({ source: 'severity=~"error|warning"', target: 'severity=~"warn.*"', equal: ['source'] })
    await fire(signal({ dedupKey: `cause-${count}`, severity: 'error' }))
    await world.pass('1 s')
    await silence(`like="${count}"`, 86_400)
    await fire(
      ...Array.from({ length: 50 }, (_, index) =>
        signal({
          dedupKey: `like-${count}-${index}`,
          severity: index % 2 ? 'warning' : 'info',
          labels: { source: `host-${count}`, like: `${count}` },
        }),
      ),
    )
    await fire(signal())
    expect(await alertNow()).toMatchObject({ state: 'suppressed', reason: expect.stringMatching(/^Not paged: inhibited by/) })
  })

  test('asks for labels that are missing, and for others than equal ones', async () => {
    await inhibit({
      source: 'kind=~"net.*", ours!="no", absent=""',
      target: 'severity="warning"',
      equal: ['severity', 'nowhere', 'source'],
    })
    await fire(signal({ dedupKey: `cause-${count}`, labels: { source: `host-${count}`, kind: 'network' } }))
    await fire(signal({ dedupKey: `else-${count}`, labels: { source: `host-${count}`, nowhere: 'here' } }))
    await fire(signal())
    expect(await alertNow()).toMatchObject({ state: 'suppressed' })
    expect(await alertNow(`else-${count}`)).toMatchObject({ state: 'triggered' })
  })

  test('lets what it held back page when its source is over, however much else is held back for longer', async () => {
    await silence(`source="long-${count}"`, 86_400)
    for (let n = 0; n < 3; n++)
      await fire(
        ...Array.from({ length: 200 }, (_, index) =>
          signal({ dedupKey: `long-${count}-${n}-${index}`, labels: { source: `long-${count}` } }),
        ),
      )
    await inhibit({ source: 'severity="critical"', target: 'severity="warning"', equal: ['source'] })
    await fire(signal({ dedupKey: `cause-${count}`, severity: 'critical', labels: { source: `host-${count}`, severity: 'critical' } }))
    await fire(signal())
    expect(await alertNow()).toMatchObject({ state: 'suppressed' })
    await fire(signal({ action: 'resolve', dedupKey: `cause-${count}` }))
    await world.pass('1 min')
    expect(await alertNow()).toMatchObject({ state: 'triggered' })
  })
})

test('of very many that are held back all are looked at in turn', () => {
  const places = Array.from({ length: 6 }, (_, look) => placeOfLook(10_001, addSeconds(world.clock.now(), 15 * look)))
  expect(places.sort((a, b) => a - b)).toEqual([0, 2000, 4000, 6000, 8000, 10_000])
})

describe('what somebody has at its source', () => {
  test('pages nobody when its silence is over', async () => {
    const { id } = await silence(`source="host-${count}"`, 600)
    await fire(signal())
    await fire(signal({ action: 'acknowledge' }))
    expect(await alertNow()).toMatchObject({ state: 'acknowledged' })
    await world.do(admin, endSilence, { silenceId: id })
    await world.pass('11 min')
    expect(await alertNow()).toMatchObject({ state: 'acknowledged' })
  })

  test('pages nobody when it is read in one batch with its beginning', async () => {
    await fire(signal(), signal({ action: 'acknowledge' }))
    expect(await alertNow()).toMatchObject({ state: 'acknowledged' })
  })

  test('pages nobody when it could not be decided about at once', async () => {
    await world.engine.transact(system('test'), (context) => ingest(context, [{ integration, signals: [signal()] }], { decides: 'later' }))
    await world.engine.transact(system('test'), (context) =>
      ingest(context, [{ integration, signals: [signal({ action: 'acknowledge' })] }]),
    )
    await world.settle()
    expect(await alertNow()).toMatchObject({ state: 'acknowledged' })
  })
})

test('an inhibition looks at all that is open: much else has begun since its source did', async () => {
  await inhibit({ source: 'severity="critical", service="checkout"', target: 'severity="warning"', equal: ['source'] })
  const cause = `cause-${count}`
  await fire(signal({ dedupKey: cause, severity: 'critical' }))
  await world.pass('1 s')
  for (let n = 0; n < 5; n++)
    await fire(
      ...Array.from({ length: 500 }, (_, index) =>
        signal({ dedupKey: `other-${count}-${n}-${index}`, severity: 'critical', labels: { alertname: 'Other', source: 'other' } }),
      ),
    )
  await fire(signal())
  expect(await alertNow()).toMatchObject({ state: 'suppressed' })
  await world.pass('20 s')
  expect(await alertNow()).toMatchObject({ state: 'suppressed' })
  await fire(signal({ action: 'resolve', dedupKey: cause }))
  await world.pass('20 s')
  expect(await alertNow()).toMatchObject({ state: 'triggered' })
})

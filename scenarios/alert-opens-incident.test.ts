// An alert opens one incident by its route, and what its group does from then on stands in the incident's timeline.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { system, type Actor } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts, ingest } from '#domains/alerts/index.ts'
import { addIntegration } from '#domains/alerts/integrations.ts'
import { allKeys } from '#domains/alerts/integration-store.ts'
import { routeResource } from '#domains/alerts/resources.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { incidents } from '#domains/incidents/index.ts'
import { listIncidents } from '#domains/incidents/queries.ts'
import { getIncident } from '#domains/incidents/screen.ts'
import { incidentTimeline } from '#domains/incidents/timeline.ts'
import { notifications } from '#domains/notifications/index.ts'
import { createWorld, type World } from './world/world.ts'

let world: World
let mara: Actor
const rate: Signal = {
  action: 'trigger',
  dedupKey: 'rate',
  title: 'Card payments fail, 8 %',
  severity: 'critical',
  labels: { alertname: 'Rate' },
}
const timeouts: Signal = { ...rate, dedupKey: 'timeouts', title: 'Acquirer timeouts' }

beforeEach(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, incidents]))
  const admin = await world.person('ada', 'administrator')
  mara = await world.person('mara')
  await world.do(admin, addService, { slug: 'checkout', name: 'Checkout' })
  await world.do(admin, addIntegration, { name: 'Prometheus', kind: 'alertmanager', service: 'checkout' })
  const opens = { type: 'sre', severity: 'SEV1' }
  const route = z.parse(routeResource.schema, { slug: 'critical', name: 'Critical', match: 'severity="critical"', opens })
  await world.engine.transact(admin, (context) => routeResource.save(context, route, undefined))
})
afterEach(() => world.close())

async function fires(...signals: Signal[]): Promise<void> {
  const [integration] = await world.read(allKeys)
  await world.engine.transact(system('test'), (context) => ingest(context, [{ integration: integration!, signals }]))
  await world.settle()
}

test('two alerts of one group, said again and again, open one incident', async () => {
  await fires(rate, timeouts)
  await fires(rate)
  const { items } = await world.do(mara, listIncidents, { open: true })
  expect(items).toMatchObject([{ number: 1, title: rate.title, severity: 'SEV1', occurredAt: '2026-11-23T14:00:00.000Z' }])
  expect(items[0]!.services).toMatchObject([{ slug: 'checkout' }])
})

test('what the group does is in the timeline; that all is quiet does not resolve the incident', async () => {
  await fires(rate, timeouts)
  await fires({ ...rate, action: 'resolve' }, { ...timeouts, action: 'resolve' })
  const { items } = await world.do(mara, incidentTimeline, { incident: '1', limit: 200 })
  expect(items.map((item) => item.sentence)).toEqual(
    expect.arrayContaining([
      'INC-1 opened by an alert group: Card payments fail, 8 %',
      'Alert joined: Acquirer timeouts',
      'Alert resolved: Card payments fail, 8 %',
      'All alerts are resolved: Card payments fail, 8 %',
    ]),
  )
  const screen = await world.do(mara, getIncident, { incident: '1' })
  expect([screen.state.id, screen.groups[0]!.state]).toEqual(['triage', 'resolved'])
})

// The SRE path: an alert opens it once, somebody takes command, it is fixed, watched, resolved and reviewed; its clocks speak up on the way.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { system, type Actor } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts, ingest } from '#domains/alerts/index.ts'
import { addIntegration } from '#domains/alerts/integrations.ts'
import { allKeys } from '#domains/alerts/integration-store.ts'
import { routeResource } from '#domains/alerts/resources.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { addTask, assignRole, changeState, incidents } from '#domains/incidents/index.ts'
import { listIncidents, verifyIncident } from '#domains/incidents/queries.ts'
import { getIncident } from '#domains/incidents/screen.ts'
import { incidentTimeline } from '#domains/incidents/timeline.ts'
import { notifications } from '#domains/notifications/index.ts'
import { givePhone, people, type People } from './world/people.ts'
import { createWorld, type World } from './world/world.ts'

let world: World
let mara: Actor
let phones: People

beforeEach(async () => {
  phones = people()
  world = await createWorld(catalogueOf([directory, alerts, notifications, incidents]), { channels: phones.channels })
  const admin = await world.person('ada', 'administrator')
  const person = await world.person('mara')
  await givePhone(world, person, 'mara')
  mara = person
  await world.do(admin, addService, { slug: 'checkout', name: 'Checkout' })
  await world.do(admin, addIntegration, { name: 'Prometheus', kind: 'alertmanager', service: 'checkout' })
  const route = routeResource.schema.parse({
    slug: 'critical',
    name: 'Critical',
    match: 'severity="critical"',
    opens: { type: 'sre', severity: 'SEV1' },
  })
  await world.engine.transact(admin, (context) => routeResource.save(context, route, undefined))
})
afterEach(() => world.close())

async function fires(...signals: Partial<Signal>[]): Promise<void> {
  const [integration] = await world.read(allKeys)
  const all = signals.map((signal): Signal => ({
    action: 'trigger',
    dedupKey: 'rate',
    title: 'Card payments fail, 8 %',
    severity: 'critical',
    labels: { alertname: 'Rate' },
    ...signal,
  }))
  await world.engine.transact(system('test'), (context) => ingest(context, [{ integration: integration!, signals: all }]))
  await world.settle()
}
const sentences = async () =>
  (await world.do(mara, incidentTimeline, { incident: '1', limit: 200 })).items.map((item) => item.sentence).reverse()

test('an alert group opens one incident, and what the group does stands in its timeline', async () => {
  await fires({}, { dedupKey: 'rate-2', title: 'Acquirer timeouts' })
  await fires({})
  const { items } = await world.do(mara, listIncidents, { open: true })
  expect(items).toMatchObject([
    {
      number: 1,
      title: 'Card payments fail, 8 %',
      severity: 'SEV1',
      services: [{ slug: 'checkout' }],
      occurredAt: '2026-11-23T14:00:00.000Z',
    },
  ])
  await fires({ action: 'resolve' }, { action: 'resolve', dedupKey: 'rate-2' })
  expect(await sentences()).toEqual(
    expect.arrayContaining([
      'INC-1 opened by an alert group: Card payments fail, 8 %',
      'Alert joined: Acquirer timeouts',
      'Alert resolved: Card payments fail, 8 %',
      'All alerts are resolved: Card payments fail, 8 %',
    ]),
  )
  expect((await world.do(mara, getIncident, { incident: '1' })).state.id).toBe('triage')
})

test('from triage to closed, with its clocks, and a record that verifies', async () => {
  await fires({})
  await world.pass('6 min')
  await world.do(mara, assignRole, { incident: '1', role: 'commander', user: 'mara' })
  await world.do(mara, addTask, { incident: '1', title: 'Stop the pipeline', assignee: 'mara', dueAt: '2026-11-23T14:20:00Z' })
  await world.do(mara, changeState, { incident: '1', to: 'investigating' })
  await world.pass('30 min')
  for (const to of ['fixing', 'monitoring', 'resolved']) await world.do(mara, changeState, { incident: '1', to })
  const screen = await world.do(mara, getIncident, { incident: '1' })
  expect(screen.slas).toMatchObject([
    { id: 'response', breached: true, leftSeconds: -60 },
    { id: 'resolution', breached: false, metAt: '2026-11-23T14:36:00.000Z' },
  ])
  expect(screen.path.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'triage done',
    'investigating done',
    'fixing done',
    'monitoring done',
    'resolved now',
    'review ahead',
    'closed ahead',
  ])
  for (const to of ['review', 'closed']) await world.do(mara, changeState, { incident: '1', to })
  await world.pass('10 d')
  expect(await sentences()).toEqual(
    expect.arrayContaining([
      'Response target is close: 1 min left',
      'Response target missed',
      'Task is due: Stop the pipeline',
      'The next update is due soon',
      'The next update is overdue',
      'Closed by Mara',
    ]),
  )
  for (const told of [/Task is due in INC-1/, /The next update is due soon: INC-1/, /The update is overdue: INC-1/])
    phones.phoneOf('mara').gets(told)
  phones.phoneOf('mara').gotNothingMore()
  expect(await world.do(mara, verifyIncident, { incident: '1' })).toMatchObject({ intact: true })
})

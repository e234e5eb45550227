// What goes into one group: what pages the same people for the same thing, and nothing that would be lost in it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Actor } from '#kernel/actor.ts'
import { system } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import type { Signal } from '#kernel/signal.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { acknowledgeGroup, listGroups } from './groups.ts'
import { alerts } from './index.ts'
import { ingest, type Batch } from './ingest.ts'
import { allKeys } from './integration-store.ts'
import { addIntegration } from './integrations.ts'
import { routeResource } from './resources.ts'

let world: World
let admin: Actor
let first: Batch['integration']
let second: Batch['integration']
let count = 0

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts]))
  admin = await world.person('ada', 'administrator')
  await world.do(admin, addService, { slug: 'checkout', name: 'Checkout', policy: 'payments' })
  await world.do(admin, addService, { slug: 'search', name: 'Search', policy: 'discovery' })
  const here = await world.do(admin, addIntegration, { name: 'Here', kind: 'pagerduty', service: 'checkout' })
  const there = await world.do(admin, addIntegration, { name: 'There', kind: 'pagerduty', service: 'checkout' })
  const keys = await world.read(allKeys)
  first = keys.find(({ id }) => id === here.id)!
  second = keys.find(({ id }) => id === there.id)!
})
afterAll(() => world.close())
beforeEach(() => void count++)

const signal = (change: Partial<Signal> = {}): Signal => ({
  action: 'trigger',
  dedupKey: `key-${count}`,
  title: `Alert ${count}`,
  severity: 'critical',
  labels: {},
  ...change,
})
const fire = async (integration: Batch['integration'], ...signals: Signal[]) => {
  await world.engine.transact(system('test'), (context) => ingest(context, [{ integration, signals }]))
  await world.settle()
}
const groupsNow = async () =>
  (await world.do(admin, listGroups, { limit: 200 })).items.filter(({ title }) => title.startsWith(`Alert ${count}`)).reverse()

describe('a group', () => {
  test('without labels to group by is of one integration: the same key of another is another thing', async () => {
    await fire(first, signal({ title: `Alert ${count}: here` }))
    const [group] = await groupsNow()
    await world.do(admin, acknowledgeGroup, { groupId: group!.id })
    await fire(second, signal({ title: `Alert ${count}: there` }))
    expect(await groupsNow()).toMatchObject([
      { title: `Alert ${count}: here`, state: 'acknowledged' },
      { title: `Alert ${count}: there`, state: 'triggered', policy: 'payments' },
    ])
  })

  test('that is for information only keeps nothing from paging', async () => {
    const labels = { alertname: `Disk${count}` }
    await fire(first, signal({ dedupKey: `a-${count}`, title: `Alert ${count}: 70 %`, severity: 'info', labels }))
    await fire(first, signal({ dedupKey: `b-${count}`, title: `Alert ${count}: 99 %`, labels }))
    expect(await groupsNow()).toMatchObject([{ policy: null }, { policy: 'payments', severity: 'critical', alertCount: 1 }])
  })

  test('that pages takes what is for information only, whichever comes first in one batch', async () => {
    const labels = { alertname: `Disk${count}` }
    const some = (['info', 'critical'] as const).map((severity) => signal({ dedupKey: `${severity}-${count}`, severity, labels }))
    await fire(first, ...some)
    await fire(first, signal({ dedupKey: `later-${count}`, severity: 'info', labels }))
    expect(await groupsNow()).toMatchObject([{ policy: 'payments', severity: 'critical', alertCount: 3 }])
  })

  test('that is for information only is left by what becomes worse, which pages', async () => {
    const labels = { alertname: `Disk${count}` }
    const said = (severity: Signal['severity'], key = 'a') => signal({ dedupKey: `${key}-${count}`, severity, labels })
    await fire(first, said('info'), said('info', 'b'))
    await fire(first, said('critical'))
    expect(await groupsNow()).toMatchObject([
      { policy: null, state: 'triggered', openCount: 1 },
      { policy: 'payments', severity: 'critical', openCount: 1 },
    ])
    await fire(first, said('critical'), said('error', 'b'))
    expect(await groupsNow()).toMatchObject([
      { policy: null, state: 'resolved', openCount: 0 },
      { policy: 'payments', openCount: 2 },
    ])
    await fire(first, said('info'), said('critical'))
    expect(await groupsNow()).toHaveLength(2)
  })

  test('is of one service, also where the route names one for alerts that name none', async () => {
    const spec = z.parse(routeResource.schema, {
      slug: `fallback-${count}`,
      name: 'Fallback',
      match: `alertname=Slow${count}`,
      service: 'checkout',
    })
    await world.engine.transact(system('test'), (context) => routeResource.save(context, spec, undefined))
    const labels = { alertname: `Slow${count}` }
    const nameless = { ...first, serviceId: null, teamId: null }
    await fire(nameless, signal({ dedupKey: `a-${count}`, title: `Alert ${count}: none`, labels }))
    await fire(nameless, signal({ dedupKey: `b-${count}`, title: `Alert ${count}: checkout`, labels, service: 'checkout' }))
    await fire(nameless, signal({ dedupKey: `c-${count}`, title: `Alert ${count}: search`, labels, service: 'search' }))
    expect(await groupsNow()).toMatchObject([
      { service: { slug: 'checkout' }, policy: 'payments', alertCount: 2 },
      { service: { slug: 'search' }, policy: 'discovery', alertCount: 1 },
    ])
  })
})

// A group goes on while something of it fires: also when one request says that its last alert is over and that another one has begun.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { system, type Actor } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { addSeconds } from '#kernel/time.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { acknowledgeGroup, listAlerts, listGroups } from './groups.ts'
import { alerts } from './index.ts'
import { ingest, type Batch } from './ingest.ts'
import { allKeys } from './integration-store.ts'
import { addIntegration } from './integrations.ts'

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
})
afterAll(() => world.close())
beforeEach(() => void count++)

const of = (action: Signal['action'], instance: string, change: Partial<Signal> = {}): Signal => ({
  action,
  dedupKey: `${instance}-${count}`,
  title: `Slow ${count}`,
  severity: 'critical',
  labels: { alertname: `Slow${count}`, instance },
  ...change,
})
const fires = (instance: string, change?: Partial<Signal>) => of('trigger', instance, change)
const isOver = (instance: string) => of('resolve', instance)
/** Each is a request; all of them come at once. */
const come = async (...requests: Signal[][]) => {
  await world.engine.transact(system('test'), (context) =>
    ingest(
      context,
      requests.map((signals) => ({ integration, signals })),
    ),
  )
  await world.settle()
}
const groups = async () =>
  (await world.do(admin, listGroups, { limit: 200 })).items
    .filter(({ title }) => title === `Slow ${count}`)
    .map(({ state, alertCount, openCount }) => `${state}: ${openCount} of ${alertCount}`)
const states = async () =>
  (await world.do(admin, listAlerts, { limit: 200 })).items
    .filter(({ title }) => title === `Slow ${count}`)
    .map(({ labels, state }) => `${labels['instance']} ${state}`)
    .sort()

describe('one request in which the last open alert of a group is over and another one fires', () => {
  test.each([
    ['first over, then another', () => [isOver('a'), fires('b')]],
    ['first another, then over', () => [fires('b'), isOver('a')]],
  ])('leaves the group open: %s', async (_, request) => {
    await come([fires('a')])
    await come(request())
    expect(await groups()).toEqual(['triggered: 1 of 2'])
    expect(await states()).toEqual(['a resolved', 'b triggered'])
    await come([isOver('b')])
    expect(await groups()).toEqual(['resolved: 0 of 2'])
  })

  test('leaves it with whoever has it', async () => {
    await come([fires('a')])
    const [group] = (await world.do(admin, listGroups, { state: 'triggered' })).items
    await world.do(admin, acknowledgeGroup, { groupId: group!.id })
    await come([isOver('a'), fires('b')])
    expect(await groups()).toEqual(['acknowledged: 1 of 2'])
    expect(await states()).toEqual(['a resolved', 'b acknowledged'])
  })

  test('ends the group when what fires is over in it too', async () => {
    await come([fires('a')])
    await come([fires('b'), isOver('a'), isOver('b')])
    expect(await groups()).toEqual(['resolved: 0 of 1'])
  })
})

describe('several requests at once', () => {
  test('the one that fires comes before the one that ends: the group goes on', async () => {
    await come([fires('a')])
    await come([fires('b')], [isOver('a')])
    expect(await groups()).toEqual(['triggered: 1 of 2'])
  })

  test('the one that ends comes before the one that fires: the group is over, and another begins', async () => {
    await come([fires('a')])
    await come([isOver('a')], [fires('a')])
    expect((await groups()).sort()).toEqual(['resolved: 0 of 1', 'triggered: 1 of 1'])
  })

  test('what had run out before is over before what fires now', async () => {
    await come([fires('a', { endsAt: addSeconds(world.clock.now(), 1) })])
    await world.engine.transact(system('test'), (context) =>
      ingest({ ...context, now: addSeconds(context.now, 2) }, [{ integration, signals: [fires('a')] }]),
    )
    expect((await groups()).sort()).toEqual(['resolved: 0 of 1', 'triggered: 1 of 1'])
  })
})

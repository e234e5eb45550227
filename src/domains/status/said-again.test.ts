// What an incident that comes back says of components, beside what others say of them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { addSeconds, instant } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { changeState, declareIncident, incidents } from '#domains/incidents/index.ts'
import { reopenIncident } from '#domains/incidents/moving.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import type { ComponentStatus } from './component-status.ts'
import { addComponent, listComponents, setComponentStatus } from './components.ts'
import { status } from './index.ts'
import { planMaintenance } from './maintenance.ts'
import { addStatusPage } from './pages.ts'
import { lastSaid } from './said-again.ts'
import { findPage } from './store.ts'
import { publicFacts } from './public-facts.ts'
import { pageIdsOfUpdate } from './update-store.ts'
import { listUpdates, publishUpdate } from './updates.ts'

let world: World
let admin: Actor
let component = ''
let made = 0

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, status]))
  admin = await world.person('ada', 'administrator')
})
afterAll(() => world.close())
beforeEach(async () => {
  component = `part-${++made}`
  await world.do(admin, addComponent, { slug: component, name: component })
})

const stands = async (slug = component) => (await world.do(admin, listComponents, {})).items.find((one) => one.slug === slug)!.status
const says = async (about: string, as: ComponentStatus, slug = component) => {
  await world.do(admin, publishUpdate, { incident: about, text: 'It is so.', components: [{ component: slug, status: as }] })
  await world.pass('1 min')
}
const incident = async (as: ComponentStatus) => {
  const number = String((await world.do(admin, declareIncident, { title: 'It is slow', severity: 'SEV2' })).number)
  await says(number, as)
  return number
}
const ends = async (number: string) => {
  await world.do(admin, changeState, { incident: number, to: 'resolved', reason: 'It works again.' })
  await world.pass('1 min')
}
const comesBack = async (number: string) => {
  await world.do(admin, reopenIncident, { incident: number, reason: 'It fails again.' })
  await world.pass('1 min')
}
const newest = async (number: string) => (await world.do(admin, listUpdates, { incident: number })).items[0]!
const named = async (number: string) => (await newest(number)).components.map((one) => one.status)

test('it says in the same update what it said last while it was open, and no longer what it had taken back', async () => {
  const other = component
  component = `part-${++made}`
  await world.do(admin, addComponent, { slug: component, name: component })
  const number = await incident('down')
  await says(number, 'slow', other)
  await says(number, 'partly-down')
  await says(number, 'works', other)
  await ends(number)
  // Words of farewell, when it is over.
  await says(number, 'works')
  expect([await stands(), await stands(other)]).toEqual(['works', 'works'])
  for (const _ of ['once', 'and again']) {
    await comesBack(number)
    expect(await newest(number)).toMatchObject({
      state: 'Investigating',
      text: 'This is not over after all. We are working on it again. Until we know more, what was affected is shown as we last said.',
      components: [{ status: 'partly-down' }],
    })
    expect([await stands(), await stands(other)]).toEqual(['partly-down', 'works'])
    await ends(number)
    expect(await stands()).toBe('works')
  }
  expect(
    (await world.events('component.changed-status')).filter(({ data }) => (data as { status: string }).status === 'partly-down').at(-1),
  ).toMatchObject({
    about: { incident: expect.stringMatching(/^inc_/) },
  })
})

test('one that had said nothing of components says nothing of them when it comes back', async () => {
  const number = String((await world.do(admin, declareIncident, { title: 'It is slow', severity: 'SEV2' })).number)
  await world.do(admin, publishUpdate, { incident: number, text: 'It is so.' })
  await ends(number)
  await comesBack(number)
  expect(await newest(number)).toMatchObject({ components: [], text: 'This is not over after all. We are working on it again.' })
})

describe('of what another one that is open speaks of', () => {
  test('it makes nothing better, and when that one ends it is as this one says', async () => {
    const number = await incident('slow')
    await ends(number)
    const other = await incident('down')
    await comesBack(number)
    expect([await stands(), await named(number)]).toEqual(['down', ['slow']])
    await ends(other)
    expect(await stands()).toBe('slow')
  })

  test('it makes worse what that one says is better, and leaves it so when it ends again', async () => {
    const number = await incident('down')
    const other = await incident('slow')
    await ends(number)
    expect(await stands()).toBe('slow')
    await comesBack(number)
    expect(await stands()).toBe('down')
    await ends(number)
    expect(await stands()).toBe('slow')
    await ends(other)
  })

  test('it leaves alone what that one has said to work since', async () => {
    const number = await incident('down')
    await ends(number)
    const other = await incident('slow')
    await says(other, 'works')
    await comesBack(number)
    expect([await stands(), await named(number)]).toEqual(['works', []])
  })
})

test('planned work goes on behind it', async () => {
  const number = await incident('slow')
  const now = world.clock.now()
  await world.do(admin, planMaintenance, {
    title: 'New',
    text: 'Soon.',
    startsAt: now,
    endsAt: addSeconds(now, 7200),
    components: [component],
  })
  await world.settle()
  await ends(number)
  expect(await stands()).toBe('maintenance')
  await comesBack(number)
  expect(await stands()).toBe('slow')
  await ends(number)
  expect(await stands()).toBe('maintenance')
})

test('what somebody said by hand to work while it was open is not bad again', async () => {
  const number = await incident('down')
  await world.do(admin, setComponentStatus, { component, status: 'works' })
  await world.pass('1 min')
  await ends(number)
  await comesBack(number)
  expect([await stands(), await named(number)]).toEqual(['works', []])
})

test('whoever read the others reads it, and no other page that shows the component; there it is shown as bad as it is', async () => {
  for (const slug of ['office', 'shop'])
    await world.do(admin, addStatusPage, { slug: `${slug}-${made}`, name: slug, components: [component] })
  const number = String((await world.do(admin, declareIncident, { title: 'It is slow', severity: 'SEV2' })).number)
  await world.do(admin, publishUpdate, {
    incident: number,
    text: 'It is so.',
    components: [{ component, status: 'down' }],
    pages: [`office-${made}`],
  })
  await ends(number)
  await comesBack(number)
  const [office, shop] = await world.read(async (scope) => [await findPage(scope, `office-${made}`), await findPage(scope, `shop-${made}`)])
  const { id } = await newest(number)
  expect(await world.read((scope) => pageIdsOfUpdate(scope, id))).toEqual([office!.id])
  const facts = await world.read((scope) => publicFacts(scope, office!, world.clock.now()))
  expect(facts).toMatchObject({ open: [{ worst: 'down' }], components: [{ status: 'down' }] })
  expect(await world.read((scope) => publicFacts(scope, shop!, world.clock.now()))).toMatchObject({
    open: [],
    components: [{ status: 'down' }],
  })
})

describe('what was said last before the end', () => {
  const at = (minute: number) => instant(`2026-11-23T14:0${minute}:00Z`)
  const update = (minute: number, said: Record<string, ComponentStatus>, ends = false) => ({
    at: at(minute),
    lastedSeconds: ends ? 60 : null,
    components: Object.entries(said).map(([componentId, status]) => ({ componentId, status })),
  })
  test.each([
    ['is nothing where no end was told', [update(1, { a: 'down' })], undefined, []],
    [
      'is the last word on each',
      [update(3, {}, true), update(2, { a: 'slow' }), update(1, { a: 'down', b: 'down' })],
      at(3),
      ['a slow', 'b down'],
    ],
    ['is not that one works', [update(3, {}, true), update(2, { a: 'works' }), update(1, { a: 'down' })], at(3), []],
    [
      'is not what its end says, nor what came after it',
      [update(3, { a: 'slow' }), update(2, { a: 'slow' }, true), update(1, { a: 'down' })],
      at(2),
      ['a down'],
    ],
    [
      'is that before the last end',
      [update(4, {}, true), update(3, { a: 'slow' }), update(2, {}, true), update(1, { a: 'down' })],
      at(4),
      ['a slow'],
    ],
  ])('%s', (_, updates, endedAt, expected) => {
    const found = lastSaid(updates)
    expect(found.endedAt).toBe(endedAt)
    expect(found.said.map(({ componentId, status }) => `${componentId} ${status}`)).toEqual(expected)
  })
})

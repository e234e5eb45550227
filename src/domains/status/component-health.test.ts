// What a component is when one of several things that said how it is comes to its end: as bad as the others say.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { addSeconds } from '#kernel/time.ts'
import { catalogueOf } from '#kernel/slice.ts'
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
import { callOffMaintenance, planMaintenance } from './maintenance.ts'
import { publishUpdate } from './updates.ts'

let world: World
let admin: Actor
let component = ''

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, status]))
  admin = await world.person('ada', 'administrator')
})
afterAll(() => world.close())
let made = 0
beforeEach(async () => {
  component = `part-${++made}`
  await world.do(admin, addComponent, { slug: component, name: component })
})

const stands = async () => (await world.do(admin, listComponents, {})).items.find(({ slug }) => slug === component)!.status
const incident = async (as: ComponentStatus) => {
  const declared = String((await world.do(admin, declareIncident, { title: 'It is slow', severity: 'SEV2' })).number)
  await says(declared, as)
  return declared
}
const says = async (about: string, as: ComponentStatus) => {
  await world.do(admin, publishUpdate, { incident: about, text: 'It is so.', components: [{ component, status: as }] })
  await world.pass('1 min')
}
const ends = async (number: string) => {
  await world.do(admin, changeState, { incident: number, to: 'resolved', reason: 'It works again.' })
  await world.pass('1 min')
}
/** What its timeline tells of the component, in its order. */
const told = async (number: string) =>
  (await world.do(admin, incidents.operations.incidentTimeline, { incident: number })).items
    .filter(({ type }) => type === 'component.changed-status')
    .map(({ sentence }) => sentence)
    .reverse()
const planned = async (seconds: number) => {
  const now = world.clock.now()
  const { id } = await world.do(admin, planMaintenance, {
    title: 'A new version',
    text: 'It takes a moment.',
    startsAt: now,
    endsAt: addSeconds(now, seconds),
    components: [component],
  })
  await world.settle()
  return id
}

test('two incidents: what the other one still says', async () => {
  const [first, second] = [await incident('down'), await incident('slow')]
  expect(await stands()).toBe('slow')
  await ends(second)
  expect(await stands()).toBe('down')
  await ends(first)
  expect(await stands()).toBe('works')
})

test('of an incident that has changed its mind counts the last that it said', async () => {
  const [first, second] = [await incident('down'), await incident('partly-down')]
  await says(first, 'slow')
  await ends(second)
  expect(await stands()).toBe('slow')
})

test('an incident within planned work: planned work goes on', async () => {
  const work = await planned(3600)
  const number = await incident('down')
  expect(await stands()).toBe('down')
  await ends(number)
  expect(await stands()).toBe('maintenance')
  await world.do(admin, callOffMaintenance, { maintenance: work })
  await world.settle()
  expect(await stands()).toBe('works')
})

test('planned work that began while it was worse shows when that is over', async () => {
  const number = await incident('partly-down')
  await planned(3600)
  expect(await stands()).toBe('partly-down')
  await ends(number)
  expect(await stands()).toBe('maintenance')
  await world.pass('1 h')
  expect(await stands()).toBe('works')
})

test('planned work beside planned work: until both are over', async () => {
  await planned(1800)
  await planned(600)
  await world.pass('11 min')
  expect(await stands()).toBe('maintenance')
  await world.pass('20 min')
  expect(await stands()).toBe('works')
})

test('what somebody has said to work since does not come back', async () => {
  const [, second] = [await incident('down'), await incident('slow')]
  await world.do(admin, setComponentStatus, { component, status: 'works' })
  await world.pass('1 min')
  await says(second, 'slow')
  await ends(second)
  expect(await stands()).toBe('works')
})

test('what was said of an incident that was over, at once as it was over, does not come back with the incident', async () => {
  const number = String((await world.do(admin, declareIncident, { title: 'It is slow', severity: 'SEV2' })).number)
  await world.do(admin, changeState, { incident: number, to: 'resolved', reason: 'It works again.' })
  await says(number, 'slow')
  expect(await stands()).toBe('works')
  await world.do(admin, reopenIncident, { incident: number, reason: 'It is back.' })
  await world.settle()
  await planned(60)
  expect(await stands()).toBe('maintenance')
  await world.pass('2 min')
  expect(await stands()).toBe('works')
})

test('what somebody said by hand before an incident is so again when the incident is over', async () => {
  await world.do(admin, setComponentStatus, { component, status: 'slow' })
  const number = await incident('down')
  expect(await stands()).toBe('down')
  await ends(number)
  expect(await stands()).toBe('slow')
  await world.do(admin, setComponentStatus, { component, status: 'works' })
  await ends(await incident('partly-down'))
  expect(await stands()).toBe('works')
})

test.each<[string, () => Promise<unknown>, string]>([
  ['what somebody had said by hand', () => world.do(admin, setComponentStatus, { component, status: 'slow' }), 'slow'],
  ['planned work', () => planned(3600), 'maintenance'],
  ['nothing', async () => undefined, 'works'],
])('the timeline of an incident tells what it leaves a component at when it is over: %s', async (_, before, left) => {
  await before()
  const number = await incident('down')
  await ends(number)
  expect(await told(number)).toEqual([`${component}: down`, `${component}: ${left}`])
})

test('what somebody said by hand is over when an update says that it works', async () => {
  await world.do(admin, setComponentStatus, { component, status: 'slow' })
  const number = await incident('down')
  await says(number, 'works')
  await says(number, 'partly-down')
  await ends(number)
  expect(await stands()).toBe('works')
})

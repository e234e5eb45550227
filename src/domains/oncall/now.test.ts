// Who is on call everywhere is read at once: as many statements for many schedules as for one.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from './index.ts'
import { myShifts, onCallNow, onCallOfSchedule } from './now.ts'
import { addOverride } from './override-commands.ts'
import { addSchedule, finalSchedule, finalSchedules } from './schedules.ts'

let world: World
let root: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall]))
  root = await world.person('root', 'administrator')
  for (const handle of ['ana', 'ben', 'cem']) await world.person(handle)
})
afterAll(() => world.close())

const add = (slug: string, participants: (string | null)[], unit = 'day') =>
  world.do(root, addSchedule, {
    slug,
    name: slug,
    zone: 'Europe/Berlin',
    layers: [{ name: 'Daily', rotation: { unit, length: 1, anchor: '2026-11-23T09:00', participants } }],
  })
/** How many statements it takes to ask who is on call everywhere. */
const asked = () =>
  world.engine.transact(root, async (context) => {
    let count = 0
    const scope: Scope = { ...context.scope, query: (statement) => (count++, context.scope.query(statement)) }
    await onCallNow.run({ ...context, scope }, {})
    return count
  })

test('many schedules take as many statements as one, and each says what it says by itself', async () => {
  await add('one', ['ana', 'ben'])
  const ofOne = await asked()
  await add('two', ['cem', null])
  await add('three', [null, 'ana'])
  await add('four', ['ben'])
  expect(await asked()).toBe(ofOne)
  const { items } = await world.do(root, onCallNow, {})
  expect(items.map(({ schedule, people }) => [schedule.slug, people.map(({ person }) => person.name)])).toEqual([
    ['four', ['Ben']],
    ['one', ['Ana']],
    ['three', []],
    ['two', ['Cem']],
  ])
  for (const item of items) expect(await world.do(root, onCallOfSchedule, { schedule: item.schedule.slug })).toEqual(item)
  expect(items).toMatchObject([
    { until: null, next: [], gap: null },
    { until: '2026-11-24T08:00:00.000Z', next: [{ handle: 'ben' }], gap: null },
    { until: '2026-11-24T08:00:00.000Z', next: [{ handle: 'ana' }], gap: { from: '2026-11-23T14:00:00.000Z' } },
    { until: '2026-11-24T08:00:00.000Z', next: [], gap: { from: '2026-11-24T08:00:00.000Z', to: '2026-11-25T08:00:00.000Z' } },
  ])
})

test('whoever stands in no layer has the shifts that an override gives them', async () => {
  const dan = await world.person('dan')
  await add('covered', ['ana'])
  expect((await world.do(dan, myShifts, {})).items).toEqual([])
  const span = { from: '2026-11-24T10:00:00.000Z', to: '2026-11-24T12:00:00.000Z' }
  await world.do(root, addOverride, { schedule: 'covered', add: 'dan', remove: 'ana', ...span, why: 'she is at the dentist' })
  expect((await world.do(dan, myShifts, {})).items).toMatchObject([{ schedule: { slug: 'covered' }, ...span }])
})

test('the shifts of all schedules are those of each, and refused where they are too many for one answer', async () => {
  const month = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }
  const { items } = await world.do(root, finalSchedules, month)
  for (const item of items) expect(await world.do(root, finalSchedule, { schedule: item.schedule.slug, ...month })).toEqual(item)
  for (const n of [1, 2, 3, 4, 5, 6]) await add(`hourly-${n}`, ['ana', 'ben'], 'hour')
  await expect(world.do(root, finalSchedules, { from: '2026-01-01T00:00:00Z', to: '2027-02-01T00:00:00Z' })).rejects.toMatchObject({
    code: 'invalid-input',
    message: 'More than 50000 shifts lie there. Ask for fewer days, or for one schedule.',
  })
  expect((await world.do(root, finalSchedules, month)).items).toHaveLength(items.length + 6)
})

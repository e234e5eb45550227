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
import { onCallNow, onCallOfSchedule } from './now.ts'
import { addSchedule } from './schedules.ts'

let world: World
let root: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall]))
  root = await world.person('root', 'administrator')
  for (const handle of ['ana', 'ben', 'cem']) await world.person(handle)
})
afterAll(() => world.close())

const add = (slug: string, participants: (string | null)[]) =>
  world.do(root, addSchedule, {
    slug,
    name: slug,
    zone: 'Europe/Berlin',
    layers: [{ name: 'Daily', rotation: { unit: 'day', length: 1, anchor: '2026-11-23T09:00', participants } }],
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

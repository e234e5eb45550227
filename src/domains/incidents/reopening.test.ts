import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { declareIncident } from './declare.ts'
import { incidents } from './index.ts'
import { changeState, reopenIncident } from './moving.ts'
import { getIncident } from './screen.ts'

let world: World
let mara: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents]))
  mara = await world.person('mara')
})
afterAll(() => world.close())

test('an incident that is worked on again is not late with its updates: they count from its return', async () => {
  const { key: incident } = await world.do(mara, declareIncident, { title: 'Card payments fail', severity: 'SEV1' })
  await world.do(mara, changeState, { incident, to: 'resolved' })
  await world.pass('2 d')
  await world.do(mara, reopenIncident, { incident, reason: 'The failure rate rises again.' })
  await world.settle()
  expect((await world.events('incident.update-due')).map(({ data }) => data)).toEqual([])
  expect((await world.do(mara, getIncident, { incident })).update).toMatchObject({ at: '2026-11-25T14:30:00.000Z', lastAt: null })
  await world.pass('30 min')
  expect((await world.events('incident.update-due')).map(({ data }) => data)).toMatchObject([{ overdue: false }, { overdue: true }])
})

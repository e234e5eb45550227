import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { classifyIncident, setSeverity } from './classification.ts'
import { declareIncident } from './declare.ts'
import { incidents } from './index.ts'
import { getIncident } from './screen.ts'

let world: World
let mara: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents]))
  mara = await world.person('mara')
})
afterAll(() => world.close())

const log = async (input: object) => (await world.do(mara, declareIncident, { type: 'itil', title: 'Orders are lost', ...input })).key

test('a category, or half of the matrix, leaves the severity that somebody chose, its priority and its targets', async () => {
  const incident = await log({ severity: 'SEV1' })
  for (const given of [{ category: 'software' }, { impact: 'moderate' }, { risk: 'high' }])
    expect(await world.do(mara, classifyIncident, { incident, ...given })).toMatchObject({
      severity: 'SEV1',
      priority: 'P1',
      priorityReason: 'SEV1 is at least P1; impact and urgency are not set yet.',
      ...given,
    })
  expect((await world.do(mara, getIncident, { incident })).slas.map(({ targetSeconds }) => targetSeconds)).toEqual([900, 4 * 3600])
  expect(await world.do(mara, classifyIncident, { incident, urgency: 'high' })).toMatchObject({ priority: 'P2', severity: 'SEV2' })
})

test('a category does not take back a severity that was raised after the classification', async () => {
  const incident = await log({ impact: 'moderate', urgency: 'high' })
  await world.do(mara, setSeverity, { incident, severity: 'SEV1', reason: 'The board asks' })
  expect(await world.do(mara, classifyIncident, { incident, category: 'hardware', impact: 'moderate' })).toMatchObject({
    category: 'hardware',
    priority: 'P1',
    severity: 'SEV1',
  })
})

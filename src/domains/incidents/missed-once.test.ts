// A target is missed once, and warned of once: not again with each pause of what is late already.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { setSeverity } from './classification.ts'
import { declareIncident } from './declare.ts'
import { incidents } from './index.ts'
import { changeState } from './moving.ts'

let world: World
let sofia: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents]))
  sofia = await world.person('sofia', 'agent')
})
afterAll(() => world.close())

const told = async (incident: string) =>
  (await Promise.all(['incident.sla-warned', 'incident.sla-breached'].map((type) => world.events(type))))
    .flat()
    .filter(({ data }) => (data as { incidentId: string }).incidentId === incident)
    .map(({ type, data }) => `${type.split('-').at(-1)} ${(data as { sla: string }).sla}`)

test('what waits for its reporter and goes on is neither warned of nor missed anew', async () => {
  const classified = { category: 'hardware', impact: 'extensive', urgency: 'critical' }
  const { id: incident } = await world.do(sofia, declareIncident, { type: 'itil', title: 'No mail', ...classified })
  const move = async (to: string, more: object = {}) => {
    await world.do(sofia, changeState, { incident, to, ...more })
    await world.settle()
  }
  const wait = async (time: string) => {
    await move('on-hold', { holdReason: 'reporter', reason: 'Which mailbox?' })
    await world.pass(time)
    await move('investigating')
  }
  await move('classified')
  await move('investigating')
  await world.pass('200 min')
  await wait('1 h')
  expect(await told(incident)).toEqual(['warned resolution'])
  await world.pass('1 h')
  await wait('5 min')
  await wait('1 d')
  expect(await told(incident)).toEqual(['warned resolution', 'breached resolution'])
})

test('a severity that goes down and up again tells what is missed then', async () => {
  const { id: incident } = await world.do(sofia, declareIncident, { title: 'Search fails', severity: 'SEV1' })
  await world.pass('121 min')
  const before = await told(incident)
  await world.do(sofia, setSeverity, { incident, severity: 'SEV3', reason: 'It is less' })
  await world.settle()
  expect(await told(incident)).toEqual(before)
  await world.pass('1 h')
  await world.do(sofia, setSeverity, { incident, severity: 'SEV1', reason: 'It is not' })
  await world.settle()
  expect((await told(incident)).filter((one) => one === 'breached resolution')).toHaveLength(2)
})

import { afterEach, test } from 'vitest'
import { acknowledgeGroup, unacknowledgeGroup } from '#domains/alerts/groups.ts'
import { pagingWorld } from './world/oncall.ts'

let world: Awaited<ReturnType<typeof pagingWorld>>
afterEach(() => world.close())
const twoLevels = [
  { who: ['ana'], delaySeconds: 300 },
  { who: ['ben'], delaySeconds: 300 },
]

test('acknowledged on the alert and then given back, it pages again', async () => {
  world = await pagingWorld(twoLevels)
  const ana = await world.person('ana')
  await world.alert('Error rate 12 %')
  world.phoneOf('ana').gets(/Error rate/)
  await world.do(ana, acknowledgeGroup, { groupId: await world.group() })
  await world.pass('30 min')
  world.phoneOf('ben').gotNothingMore()
  await world.do(ana, unacknowledgeGroup, { groupId: await world.group() })
  await world.settle()
  world.phoneOf('ana').gets(/Asked again/)
})

test('an acknowledgement that has grown old pages again', async () => {
  world = await pagingWorld(twoLevels, { ackTimeoutSeconds: 1800 })
  await world.alert('Error rate 12 %')
  world.phoneOf('ana').gets(/Error rate/)
  await world.do(await world.person('ana'), acknowledgeGroup, { groupId: await world.group() })
  await world.pass('29 min')
  world.phoneOf('ana').gotNothingMore()
  await world.pass('2 min')
  world.phoneOf('ana').gets(/Asked again/)
})

import { afterEach, expect, test } from 'vitest'
import { addSeconds } from '#kernel/time.ts'
import { acknowledgeGroup, getGroup, snoozeGroup, unacknowledgeGroup } from '#domains/alerts/groups.ts'
import { disableUser } from '#domains/directory/people.ts'
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

test('snoozed, it pages again when that is over and not before, also when acknowledgements grow old sooner', async () => {
  world = await pagingWorld(twoLevels, { ackTimeoutSeconds: 600 })
  await world.alert('Error rate 12 %')
  world.phoneOf('ana').gets(/Error rate/)
  const until = addSeconds(world.clock.now(), 3600)
  await world.do(await world.person('ana'), snoozeGroup, { groupId: await world.group(), until })
  await world.pass('59 min')
  world.phoneOf('ana').gotNothingMore()
  await world.pass('1 min')
  world.phoneOf('ana').gets(/Asked again/)
  world.phoneOf('ana').gotNothingMore()
})

test('a snooze that was taken back does not take the alert from whoever acknowledges it then', async () => {
  world = await pagingWorld(twoLevels)
  const [ana, ben] = [await world.person('ana'), await world.person('ben')]
  await world.alert('Error rate 12 %')
  world.phoneOf('ana').gets(/Error rate/)
  const groupId = await world.group()
  await world.do(ana, snoozeGroup, { groupId, until: addSeconds(world.clock.now(), 3600) })
  await world.pass('1 min')
  await world.do(ana, unacknowledgeGroup, { groupId })
  await world.pass('1 min')
  world.phoneOf('ana').gets(/Asked again/)
  await world.do(ben, acknowledgeGroup, { groupId })
  await world.pass('3 h')
  world.phoneOf('ana').gotNothingMore()
})

test('a snooze of before says nothing about the acknowledgement of now: that one grows old as ever', async () => {
  world = await pagingWorld(twoLevels, { ackTimeoutSeconds: 600 })
  const [ana, ben] = [await world.person('ana'), await world.person('ben')]
  await world.alert('Error rate 12 %')
  const groupId = await world.group()
  await world.do(ana, snoozeGroup, { groupId, until: addSeconds(world.clock.now(), 3600) })
  await world.do(ana, unacknowledgeGroup, { groupId })
  await world.pass('1 min')
  await world.do(ben, acknowledgeGroup, { groupId })
  await world.settle()
  const before = world.phoneOf('ana').all().length
  await world.pass('10 min')
  expect(world.phoneOf('ana').all().length).toBe(before + 1)
})

test('what somebody had who is disabled pages again: it would stay theirs', async () => {
  world = await pagingWorld(twoLevels)
  const root = world.admin
  await world.alert('Error rate 12 %')
  world.phoneOf('ana').gets(/Error rate/)
  await world.do(await world.person('ana'), acknowledgeGroup, { groupId: await world.group() })
  await world.pass('1 min')
  await world.do(root, disableUser, { user: 'ana' })
  await world.settle()
  world.phoneOf('ben').gets(/Asked again/)
  expect((await world.events('page.given-back')).map(({ data }) => (data as { by: string }).by)).toEqual(['disabled'])
  expect((await world.do(root, getGroup, { groupId: await world.group() })).state).toBe('triggered')
})

// People who were disabled while an incident goes on: what falls due is told to somebody who is there.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { givePhone, people } from '#scenarios/world/people.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { disableUser } from '#domains/directory/people.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { declareIncident } from './declare.ts'
import { incidents } from './index.ts'
import { assignRole } from './people.ts'
import { addTask } from './tasks.ts'
import { addSeconds } from '#kernel/time.ts'

const phones = people()
let world: World
let admin: Actor
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents]), { channels: phones.channels })
  admin = await world.person('root', 'administrator')
  await givePhone(world, await world.person('mara'), 'mara')
  for (const leaver of ['leo', 'lea']) await world.person(leaver)
})
afterAll(() => world.close())

const toldMara = () =>
  phones
    .phoneOf('mara')
    .all()
    .map(({ title }) => title)

test('a task of somebody who is gone is told to who leads when it is due', async () => {
  const { id: incident } = await world.do(admin, declareIncident, { title: 'Search is slow', severity: 'SEV4' })
  await world.do(admin, assignRole, { incident, role: 'commander', user: 'mara' })
  await world.do(admin, addTask, { incident, title: 'Count what is lost', assignee: 'leo', dueAt: addSeconds(world.clock.now(), 3600) })
  await world.do(admin, disableUser, { user: 'leo' })
  await world.pass('2 h')
  expect(toldMara().filter((title) => title.includes('Task is due'))).toHaveLength(1)
})

test('an update that is overdue is told to who leads when nobody is there to write it', async () => {
  const { id: incident } = await world.do(admin, declareIncident, { title: 'Payments fail', severity: 'SEV1' })
  await world.do(admin, assignRole, { incident, role: 'commander', user: 'mara' })
  await world.do(admin, assignRole, { incident, role: 'communications', user: 'lea' })
  await world.do(admin, disableUser, { user: 'lea' })
  await world.pass('2 h')
  expect(toldMara().filter((title) => title.includes('The update is overdue')).length).toBeGreaterThan(0)
})

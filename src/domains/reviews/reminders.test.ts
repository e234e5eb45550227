import { describe, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { givePhone, people } from '#scenarios/world/people.ts'
import { createWorld } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { declareIncident, incidents } from '#domains/incidents/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { addActionItem, changeActionItem } from './action-items.ts'
import { reviews } from './index.ts'
import { reminderFor, remindOwners } from './reminders.ts'
import { openReview, setReviewOwner } from './writing.ts'

// 23 November 2026 is a Monday.
describe('an owner is reminded', () => {
  test.each([
    ['not two days before', '2026-11-25', null, '2026-11-23', undefined],
    ['the day before', '2026-11-24', null, '2026-11-23', 'is due tomorrow'],
    ['on the Friday before a Monday', '2026-11-30', null, '2026-11-27', 'is due on Mon 30 Nov'],
    ['on the day', '2026-11-23', '2026-11-20', '2026-11-23', 'is due today'],
    ['once a day at most', '2026-11-23', '2026-11-23', '2026-11-23', undefined],
    ['on the Monday after a day nobody was told', '2026-11-21', '2026-11-20', '2026-11-23', 'was due on Sat 21 Nov'],
    ['not again within a week', '2026-11-16', '2026-11-17', '2026-11-23', undefined],
    ['a week later', '2026-11-16', '2026-11-17', '2026-11-24', 'was due on Mon 16 Nov'],
    ['never on a Sunday', '2026-11-22', null, '2026-11-22', undefined],
  ])('%s', (_name, dueOn, remindedOn, today, expected) => expect(reminderFor(dueOn, remindedOn, today)).toBe(expected))
})

test('by the way they are reached, in their own morning, until it is done', async () => {
  const phones = people()
  const world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, reviews]), {
    channels: phones.channels,
  })
  const mara = await world.person('mara')
  await givePhone(world, mara, 'mara')
  const { key: incident } = await world.do(mara, declareIncident, { title: 'Card payments fail', severity: 'SEV4' })
  await world.do(mara, openReview, { incident })
  await world.do(mara, setReviewOwner, { incident, owner: null })
  const item = await world.do(mara, addActionItem, { incident, title: 'Alert per issuer', owner: 'mara', due: '2026-11-25' })
  await world.do(mara, openReview, { incident: (await world.do(mara, declareIncident, { title: 'Search is slow', severity: 'SEV4' })).key })
  await world.do(mara, setReviewOwner, { incident: 'INC-2', owner: 'mara', due: '2026-11-26' })
  const told = (of = 'Alert per issuer') =>
    phones
      .phoneOf('mara')
      .all()
      .filter(({ title }) => title.startsWith(of))
      .map(({ title }) => title)
  const later = async (duration: string) => {
    await world.pass(duration)
    for (const _run of [1, 2]) await world.engine.transact(system('reviews'), (context) => remindOwners.run(context))
    await world.settle()
  }
  await later('18 h')
  expect(told()).toEqual([])
  await later('2 h')
  expect(told()).toEqual(['Alert per issuer is due tomorrow'])
  await later('1 d')
  await later('1 d')
  expect(told().slice(1)).toEqual(['Alert per issuer is due today', 'Alert per issuer was due on Wed 25 Nov'])
  const ofReview = () => told('The review of INC-2')
  expect(ofReview()).toEqual(['The review of INC-2 is due tomorrow', 'The review of INC-2 is due today'])
  await world.do(mara, changeActionItem, { actionItem: item.id, done: true })
  await later('8 d')
  expect(told()).toHaveLength(3)
  expect(ofReview().slice(2)).toEqual(['The review of INC-2 was due on Thu 26 Nov'])
  await world.close()
})

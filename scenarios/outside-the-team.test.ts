import { afterEach, expect, test } from 'vitest'
import { getGroup } from '#domains/alerts/groups.ts'
import { changeService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { acknowledge, giveBack, listPages } from '#domains/oncall/pages.ts'
import { pagingWorld } from './world/oncall.ts'

let world: Awaited<ReturnType<typeof pagingWorld>>
afterEach(() => world.close())

/** Ana is paged for an alert of a team that shows itself to its members only, and she is none. */
async function anaIsPaged() {
  world = await pagingWorld([
    { who: ['ana'], delaySeconds: 300 },
    { who: ['ben'], delaySeconds: 300 },
  ])
  await world.do(world.admin, addTeam, { slug: 'fraud', name: 'Fraud', membersOnly: true })
  await world.do(world.admin, changeService, { service: 'checkout', team: 'fraud' })
  await world.alert('Card numbers are tried one after the other')
  world.phoneOf('ana').gets(/Card numbers/)
}
const page = async () => (await world.do(world.admin, listPages, {})).items[0]!
const states = async () => [(await page()).state, (await world.do(world.admin, getGroup, { groupId: (await page()).groupId! })).state]

test('whoever is paged answers the page and its alert, also outside of the team, and both are given back together', async () => {
  await anaIsPaged()
  const ana = await world.person('ana')
  const { id: pageId, groupId } = await page()
  await expect(world.do(ana, getGroup, { groupId: groupId! })).rejects.toMatchObject({ code: 'missing' })

  await world.do(ana, acknowledge, { pageId })
  await world.settle()
  expect(await states()).toEqual(['acknowledged', 'acknowledged'])
  expect((await world.events('group.acknowledged')).map((event) => event.actor)).toEqual([ana.userId])
  await world.pass('2 h')
  world.phoneOf('ben').gotNothingMore()

  await world.do(ana, giveBack, { pageId })
  await world.settle()
  expect(await states()).toEqual(['paging', 'triggered'])
  world.phoneOf('ana').gets(/Asked again/)
  await expect(world.do(ana, getGroup, { groupId: groupId! })).rejects.toMatchObject({ code: 'missing' })
})

test('somebody whom it did not page, and who is not in the team, answers neither', async () => {
  await anaIsPaged()
  const ben = await world.person('ben')
  await expect(world.do(ben, acknowledge, { pageId: (await page()).id })).rejects.toMatchObject({ code: 'missing' })
  await world.settle()
  expect(await states()).toEqual(['paging', 'triggered'])
})

import { afterEach, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { sql } from '#kernel/sql.ts'
import { acknowledgeGroup, unacknowledgeGroup } from '#domains/alerts/index.ts'
import { disableUser } from '#domains/directory/people.ts'
import { changeService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { acknowledge, escalateNow, getPage, listPages, startPage } from '#domains/oncall/pages.ts'
import { addPolicy } from '#domains/oncall/policies.ts'
import { addSchedule } from '#domains/oncall/schedules.ts'
import { myMethods } from '#domains/notifications/methods.ts'
import { setRules } from '#domains/notifications/rules.ts'
import { pagingWorld } from './world/oncall.ts'

let world: Awaited<ReturnType<typeof pagingWorld>>
afterEach(() => world.close())
const twoLevels = [
  { who: ['ana'], delaySeconds: 300 },
  { who: ['ben'], delaySeconds: 300 },
]

test('nobody answers, so the second level is paged after five minutes', async () => {
  world = await pagingWorld(twoLevels)
  await world.alert('Error rate 12 %')
  expect(world.phoneOf('ana').gets(/^Critical: Error rate 12 %/)).toMatchObject({
    body: 'Checkout. Ben is paged at 14:05.',
    urgency: 'page',
    url: expect.stringMatching(/\/p\/[\w-]{76}$/),
  })
  await world.pass('4 min')
  world.phoneOf('ben').gotNothingMore()
  await world.pass('1 min')
  world.phoneOf('ben').gets(/Checkout, for 5 min/)
  const [page] = (await world.do(world.admin, listPages, { state: 'open' })).items
  await world.do(await world.person('ben'), acknowledge, { pageId: page!.id })
  await world.pass('2 h')
  world.phoneOf('ana').gotNothingMore()
  world.phoneOf('ben').gotNothingMore()
  const trace = await world.do(world.admin, getPage, { pageId: page!.id })
  expect(trace.steps.map((step) => [step.kind, step.level, step.reason])).toEqual([
    ['paged', 1, 'it is the first level'],
    ['paged', 2, 'nobody answered'],
    ['acknowledged', 2, 'Ben has it; nobody else is paged'],
  ])
  expect(trace.people.map((one) => [one.person.handle, one.deliveries.map((sent) => `${sent.channel} ${sent.status}`).sort()])).toEqual([
    ['ana', ['email delivered', 'web-push delivered']],
    ['ben', ['email delivered', 'web-push delivered']],
  ])
})

test('resolved, it stops, and whoever was told hears that it is over', async () => {
  world = await pagingWorld(twoLevels)
  await world.alert('Error rate 12 %')
  world.phoneOf('ana').gets(/Error rate/)
  await world.pass('2 min')
  await world.alert('Error rate 12 %', 'resolve')
  expect(world.phoneOf('ana').gets(/^Over: Critical: Error rate 12 %, 2 min/).urgency).toBe('update')
  await world.pass('1 h')
  world.phoneOf('ben').gotNothingMore()
  expect((await world.events('page.ended')).length).toBe(1)
})

test('the mail server is dead, so push is tried at once', async () => {
  world = await pagingWorld(twoLevels)
  const ana = await world.person('ana')
  const phone = (await world.do(ana, myMethods, {})).items.find((method) => method.channel === 'web-push')!.id
  await world.do(ana, setRules, {
    urgency: 'page',
    rules: [
      { afterSeconds: 0, methodId: 'account' },
      { afterSeconds: 240, methodId: phone },
    ],
  })
  world.breaks('email', { status: 'failed', canRetry: true, reason: 'the mail server could not be reached' })
  await world.alert('Error rate 12 %')
  world.phoneOf('ana').gets(/Error rate/)
  world.breaks('email', undefined)
  await world.pass('10 s')
  world.mailboxOf('ana').gets(/Error rate/)
})

test('an acknowledgement that grows old pages again, and the page says whom, not that it was given back', async () => {
  world = await pagingWorld(twoLevels, { ackTimeoutSeconds: 600 })
  await world.alert('Error rate 12 %')
  const [page] = (await world.do(world.admin, listPages, { state: 'open' })).items
  await world.do(await world.person('ana'), acknowledge, { pageId: page!.id })
  await world.pass('10 min')
  expect((await world.do(world.admin, getPage, { pageId: page!.id })).reason).toBe(
    'Ana is paged, level 1: it was acknowledged long ago and is still open; then Ben after 5 min',
  )
})

test('nobody answers at all, so the administrator is told, once', async () => {
  world = await pagingWorld(twoLevels, { repeat: 0 })
  await world.alert('Error rate 12 %')
  await world.pass('10 min')
  world.mailboxOf('root').gets(/^Nobody answered: Critical: Error rate 12 %/)
  await world.pass('3 h')
  world.mailboxOf('root').gotNothingMore()
})

test('a page about no alert whose acknowledgement has grown old pages every level again', async () => {
  world = await pagingWorld(twoLevels, { ackTimeoutSeconds: 60 })
  const page = await world.do(world.admin, startPage, { policy: 'checkout', title: 'Help with the rollback' })
  await world.settle()
  world.phoneOf('ana').gets(/^Help with the rollback/)
  await world.do(await world.person('ana'), acknowledge, { pageId: page.id })
  await world.pass('1 min')
  world.phoneOf('ana').gets(/Asked again/)
  expect(await world.do(world.admin, getPage, { pageId: page.id })).toMatchObject({ state: 'paging', acknowledgedBy: null })
  expect((await world.events('page.given-back')).map(({ data }) => data)).toMatchObject([{ by: 'time' }])
  await world.pass('5 min')
  world.phoneOf('ben').gets(/^Help with the rollback/)
})

test('given back and answered again before anybody heard of it, it stays answered', async () => {
  world = await pagingWorld(twoLevels)
  await world.alert('Error rate 12 %')
  world.phoneOf('ana').gets(/Error rate/)
  const groupId = await world.group()
  const ana = await world.person('ana')
  for (const act of [acknowledgeGroup, unacknowledgeGroup, acknowledgeGroup]) await world.do(ana, act, { groupId })
  await world.pass('1 h')
  world.phoneOf('ana').gotNothingMore()
  world.phoneOf('ben').gotNothingMore()
  expect((await world.do(world.admin, listPages, { state: 'open' })).items).toMatchObject([{ state: 'acknowledged' }])
})

test('nobody answers, and the only lead of the team has been disabled: those who administer are told', async () => {
  world = await pagingWorld(twoLevels, { repeat: 0 })
  await world.person('lea')
  await world.do(world.admin, addTeam, { slug: 'shop', name: 'Shop', members: [{ user: 'lea', role: 'lead' }] })
  await world.do(world.admin, changeService, { service: 'checkout', team: 'shop' })
  await world.do(world.admin, disableUser, { user: 'lea' })
  await world.alert('Error rate 12 %')
  await world.pass('10 min')
  world.mailboxOf('root').gets(/^Nobody answered: Critical: Error rate 12 %/)
  world.mailboxOf('lea').gotNothingMore()
})

test('escalated twice from where it stands, by a second tap or by two people, it goes on by one level', async () => {
  world = await pagingWorld([...twoLevels, { who: ['cem'], delaySeconds: 300 }])
  await world.alert('Error rate 12 %')
  const [page] = (await world.do(world.admin, listPages, { state: 'open' })).items
  for (const handle of ['ana', 'ben']) await world.do(await world.person(handle), escalateNow, { pageId: page!.id })
  await world.settle()
  world.phoneOf('ben').gets(/Error rate/)
  world.phoneOf('cem').gotNothingMore()
  await world.do(await world.person('ben'), escalateNow, { pageId: page!.id })
  await world.settle()
  world.phoneOf('cem').gets(/Error rate/)
})

test('resolved while its page begins, so that nothing ends the page, it ends by itself', async () => {
  world = await pagingWorld(twoLevels)
  await world.alert('Error rate 12 %')
  await world.engine.transact(system('test'), ({ scope }) => scope.query(sql`update alert_groups set state = 'resolved'`))
  await world.pass('10 min')
  expect((await world.do(world.admin, listPages, {})).items).toMatchObject([{ state: 'ended', reason: 'its alert is resolved' }])
  expect((await world.events('page.ended')).length).toBe(1)
  world.phoneOf('ben').gotNothingMore()
})

test('nobody is on call anywhere, in more words than a message holds: the administrator is told all the same', async () => {
  world = await pagingWorld(twoLevels)
  const name = 'A schedule in which nobody at all is on call, '.repeat(2)
  for (let n = 0; n < 20; n++) await world.do(world.admin, addSchedule, { slug: `s${n}`, name: `${name}${n}`, zone: 'UTC' })
  const targets = Array.from({ length: 20 }, (_, n) => ({ schedule: `s${n}` }))
  await world.do(world.admin, addPolicy, { slug: 'long', name: 'Long', levels: Array.from({ length: 20 }, () => ({ targets })) })
  await world.do(world.admin, startPage, { policy: 'long', title: 'Help' })
  await world.settle()
  world.mailboxOf('root').gets(/^Nobody answered: Help/)
})

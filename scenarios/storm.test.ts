import { createHash } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { acknowledgeGroup, listGroups } from '#domains/alerts/groups.ts'
import { disableUser } from '#domains/directory/people.ts'
import { myNotifications } from '#domains/notifications/deliveries.ts'
import { openLink } from '#domains/oncall/phone-link.ts'
import { getPage, listPages } from '#domains/oncall/pages.ts'
import { openSummary } from '#domains/oncall/summary-link.ts'
import { createSigner } from '#platform/secrets/vault.ts'
import { openPage } from './world/pages.ts'
import { shops, stormWorld, type StormWorld } from './world/storm.ts'

let world: StormWorld
afterEach(() => world.close())

const titlesOf = (handle: string) =>
  world
    .phoneOf(handle)
    .all()
    .map((message) => message.title)
/** Ana's summaries, by how many pages they name. */
const summaries = () => titlesOf('ana').flatMap((title) => /^(\d+) more page/.exec(title)?.[1] ?? [])
const summaryUrl = () =>
  world
    .phoneOf('ana')
    .all()
    .findLast(({ url }) => url.includes('/p/all/'))!.url
const pages = async (state: 'open' | 'paging') => (await world.do(world.admin, listPages, { state, limit: 200 })).items
const dead = { status: 'failed', canRetry: false, reason: 'the push service is dead' } as const
/** As it reads: blanks and line breaks of the source are one blank. */
const read = (html: string) => html.replace(/\s+/g, ' ')
/** Cem takes the alerts of which Ana has heard nothing yet, so many. */
async function cemTakes(count: number) {
  const { items } = await world.do(world.admin, listGroups, { state: 'triggered', limit: 200 })
  const untold = items.filter(({ title }) => !titlesOf('ana').some((told) => told.endsWith(title)))
  for (const { id } of untold.slice(0, count)) await world.do(world.cem, acknowledgeGroup, { groupId: id })
}
/** How each of Ana's deliveries ended, and how many ended so. */
async function endings() {
  const { items } = await world.do(world.ana, myNotifications, { limit: 100 })
  const pushes = items.filter(({ channel, title }) => channel === 'web-push' && !title.startsWith('Summary of'))
  return Object.fromEntries(
    [...Map.groupBy(pushes, ({ status, reason }) => `${status}: ${reason}`)].map(([reason, all]) => [reason, all.length]),
  )
}

test('a hundred services break at once: five messages and one summary of the others, the worst first; somebody else hears as ever', async () => {
  world = await stormWorld(100)
  await world.fire([...shops(1, 60), 'bank', ...shops(61, 100)], 3)
  expect([titlesOf('ana').length, titlesOf('ben')]).toEqual([5, ['Error: bank is down']])
  await world.pass('0.5 s')
  expect(summaries()).toEqual(['95'])
  const { title, body, urgency, url } = world.phoneOf('ana').all()[5]!
  expect(title).toBe('95 more pages: Critical: shop-2 is down (Shop 2), Critical: shop-3 is down (Shop 3) and 93 more')
  expect([urgency, body]).toEqual(['page', expect.stringMatching(/and 87 more\nThey come together, because 5 came within a minute\.$/)])
  const { text } = await openPage(world, url)
  expect([read(text).includes('<h1>95 pages wait for you</h1>'), text.match(/href="\/p\//g)]).toEqual([true, Array(95).fill('href="/p/')])
})

test('opening the page of a summary changes nothing; its one button acknowledges all that nobody has, as its person', async () => {
  world = await stormWorld(9)
  await world.fire(shops(1, 9))
  await world.pass('1 s')
  const summarised = (await pages('paging')).filter(({ title }) => !titlesOf('ana').includes(title))
  await world.do(world.cem, acknowledgeGroup, { groupId: summarised[0]!.groupId! })
  await world.settle()
  const events = (await world.events()).length
  expect(read((await openPage(world, summaryUrl())).text)).toMatch(
    /3 pages wait for you.*1 more has somebody.*Nobody has it\. Next: Cem at 14:05\..*Cem has it\./,
  )
  expect((await world.events()).length).toBe(events)
  for (let twice = 0; twice < 2; twice++)
    expect(read((await openPage(world, summaryUrl(), { do: 'acknowledge' })).text)).toMatch(/You have it.*All 4 pages have somebody/)
  expect((await world.events('group.acknowledged')).map(({ actor }) => actor)).toEqual([
    world.cem.userId,
    ...Array<string>(3).fill(`${world.ana.userId} by link`),
  ])
  await world.pass('5 min')
  expect(titlesOf('cem')).toHaveLength(5)
  expect(titlesOf('ana').slice(6)).toEqual([])
})

test('while it lasts summaries come at growing intervals and name only what is new; then pages come singly again', async () => {
  world = await stormWorld(24)
  await world.fire(shops(1, 10))
  await world.pass('1 s')
  for (let n = 11; n <= 22; n++) {
    await world.fire(shops(n, n))
    await world.pass('6 s')
  }
  await world.pass('50 s')
  expect(summaries()).toEqual(['5', '1', '3', '5', '3'])
  await world.pass('1 min')
  await world.fire(shops(24, 24))
  expect(titlesOf('ana').at(-1)).toBe('Error: shop-24 is down')
})

test('what was answered before is left out, nothing is sent when nothing is left, and each page has its deliveries with their reason', async () => {
  world = await stormWorld(16)
  await world.fire(shops(1, 10))
  await cemTakes(2)
  await world.pass('1 s')
  await world.fire(shops(11, 16))
  await cemTakes(6)
  await world.pass('1 min')
  expect(summaries()).toEqual(['3'])
  expect(await endings()).toEqual({
    'cancelled: not sent: Cem has it': 8,
    'delivered: push delivered': 5,
    'delivered: push delivered, in a summary of 3 pages, because 5 came within a minute': 3,
  })
  expect(await world.events('person.not-reached')).toEqual([])
})

test('a summary that reaches nobody leaves each of its pages as not reached, and each goes on to its next level', async () => {
  world = await stormWorld(8)
  await world.fire(shops(1, 8))
  world.breaks('web-push', dead)
  world.breaks('email', dead)
  await world.pass('1 s')
  expect(await endings()).toMatchObject({
    'failed: the push service is dead, in a summary of 3 pages, because 5 came within a minute': 3,
  })
  expect((await world.events('person.not-reached')).map(({ about }) => about['page'])).toHaveLength(3)
  world.breaks('web-push', undefined)
  world.breaks('email', undefined)
  await world.pass('5 min')
  // Cem is the second level of all eight, at the same moment: five singly, three in a summary of his own.
  expect(titlesOf('cem').slice(5)).toEqual([expect.stringMatching(/^3 more pages: /)])
})

test('what broke in the middle is sent again with the same key as a repeat, of what is still to be told, and nobody is told twice', async () => {
  world = await stormWorld(8)
  await world.fire(shops(1, 8))
  const channel = world.channels.get('web-push')!
  const { send } = channel
  let calls = 0
  channel.send = async (...given) => {
    const result = await send(...given)
    if (calls++ === 0) throw new Error('the node stopped')
    return result
  }
  await world.pass('1 s')
  await cemTakes(0)
  const [first] = await pages('paging')
  await world.do(world.cem, acknowledgeGroup, { groupId: first!.groupId! })
  await world.pass('1 min')
  channel.send = send
  const [one, again, ...more] = world.phoneOf('ana').all().slice(5)
  expect([again!.key, one!.repeated, again!.repeated, more]).toEqual([one!.key, false, true, []])
  expect(summaries()).toEqual(['3', '2'])
})

test('the link of a summary is nobody else’s and nothing else’s, and ends with its person and its pages', async () => {
  world = await stormWorld(8)
  await world.fire(shops(1, 8))
  await world.pass('1 s')
  const url = summaryUrl()
  const token = url.slice(-76)
  const never = await openPage(world, 'http://tocsin.test/p/all/nothing')
  const single = world.phoneOf('ana').all()[0]!.url.slice(-76)
  for (const path of [`/p/${token}`, `/p/all/${single}`, `/p/all/${token.slice(0, -1)}A`, `/p/all/${token}?all=1`])
    expect([path, (await openPage(world, `http://tocsin.test${path}`)).status]).toEqual([path, never.status])
  expect((await openPage(world, url, { do: 'acknowledge', next: 'https://evil.test' })).status).toBe(400)
  const key = (name: string) => createHash('sha256').update(name).digest()
  const old = createSigner(['newer', 'new', 'world'].map(key))
  expect(await world.read((scope) => openSummary(scope, old, token))).toMatchObject({ found: 'gone' })
  expect(await world.read((scope) => openLink(scope, old, token))).toMatchObject({ found: 'unknown' })

  const [page] = await pages('paging')
  expect((await world.do(world.admin, getPage, { pageId: page!.id })).people[0]!.deliveries).toMatchObject([{ status: 'delivered' }])
  await world.resolve(shops(1, 8))
  expect((await openPage(world, url, { do: 'acknowledge' })).status).toBe(410)
  await world.do(world.admin, disableUser, { user: 'ana' })
  expect((await openPage(world, url)).status).toBe(410)
})

test('what came in a summary is over: that is said once, when all of it is, and not of each page', async () => {
  world = await stormWorld(100)
  await world.fire(shops(1, 100))
  await world.pass('2 min')
  const overs = () => titlesOf('ana').filter((title) => title.startsWith('Over: '))
  const before = titlesOf('ana').length
  await world.resolve(shops(20, 100))
  await world.pass('1 min')
  const singly = overs().length
  await world.resolve(shops(1, 19))
  await world.pass('1 min')
  expect(singly).toBeLessThanOrEqual(5)
  expect([overs().length, titlesOf('ana').length]).toEqual([6, before + 6])
  expect(overs().at(-1)).toMatch(
    /^Over: all 95 pages of a summary: Error: shop-\d+ is down \(Shop \d+\), Error: shop-\d+ is down \(Shop \d+\) and 93 more$/,
  )
})

test('what was over before a summary told of it is not said to be over', async () => {
  world = await stormWorld(10)
  await world.fire(shops(1, 10))
  await world.resolve(shops(1, 10))
  await world.pass('5 min')
  expect(titlesOf('ana')).toHaveLength(10)
  expect(titlesOf('ana').filter((title) => title.startsWith('Over: '))).toHaveLength(5)
})

// A customer who follows a status page hears of an incident, its progress and its end, and never needs to ask; the review follows.
import { afterEach, expect, test } from 'vitest'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { changeState, declareIncident, incidents } from '#domains/incidents/index.ts'
import { getIncident } from '#domains/incidents/screen.ts'
import { notifications } from '#domains/notifications/index.ts'
import { reviews } from '#domains/reviews/index.ts'
import { getReview } from '#domains/reviews/queries.ts'
import { addComponent } from '#domains/status/components.ts'
import { addStatusPage } from '#domains/status/pages.ts'
import { publishUpdate, status } from '#domains/status/index.ts'
import { people } from './world/people.ts'
import { serveWorld, type WorldServer } from './world/server.ts'
import { createWorld, type World } from './world/world.ts'

let world: World
let server: WorldServer
afterEach(async () => {
  await server.close()
  await world.close()
})
const form = { 'content-type': 'application/x-www-form-urlencoded' }

test('from the first word to the last, in the mailbox and on the page', async () => {
  const phones = people()
  world = await createWorld(catalogueOf([directory, alerts, notifications, incidents, status, reviews]), { channels: phones.channels })
  server = await serveWorld(world)
  const admin = await world.person('ada', 'administrator')
  await world.do(admin, addComponent, { slug: 'card-payments', name: 'Card payments' })
  await world.do(admin, addStatusPage, {
    slug: 'shop',
    name: 'Shop',
    visibility: 'public',
    zone: 'Europe/Berlin',
    components: ['card-payments'],
  })

  await server.send('POST', '/s/shop/subscribe', { headers: form, body: 'email=una%40example.test' })
  await world.settle()
  const mails = () => phones.got.filter(({ address }) => address === 'una@example.test')
  await server.send('POST', new URL(mails()[0]!.url).pathname)

  const { number } = await world.do(admin, declareIncident, { title: 'gateway 4.18.2 drops callbacks', severity: 'SEV1' })
  await world.do(admin, changeState, { incident: String(number), to: 'fixing' })
  await world.pass('7 min')
  const nextUpdateAt = new Date(Date.parse(world.clock.now()) + 1_800_000).toISOString()
  const components = [{ component: 'card-payments', status: 'partly-down' as const }]
  await world.do(admin, publishUpdate, {
    incident: String(number),
    state: 'Fixing',
    text: 'Some card payments fail. PayPal works.',
    components,
    nextUpdateAt,
  })
  await world.settle()
  const page = await server.send('GET', '/s/shop')
  expect([page.status, page.headers['cache-control'], page.text.includes('Since 15:00 CET, 7 min. Next update by 15:37 CET.')]).toEqual([
    200,
    'public, max-age=30',
    true,
  ])
  expect(page.text).not.toMatch(/gateway|callbacks|style=|<script/)
  const screen = await world.do(admin, getIncident, { incident: String(number) })
  expect(JSON.stringify(screen)).toContain(nextUpdateAt)

  await world.pass('45 min')
  await world.do(admin, changeState, { incident: String(number), to: 'resolved' })
  await world.pass('1 h')
  expect(
    mails()
      .slice(1)
      .map(({ title }) => title),
  ).toEqual(['Fixing: Some card payments fail', 'Over: Some card payments fail, 52 min'])
  expect((await server.send('GET', '/s/shop')).text).toContain('Everything works')
  expect((await server.send('GET', '/s/shop/status.json')).json).toMatchObject({
    status: { status: 'works' },
    incidents: [{ headline: 'Some card payments fail', endedAt: '2026-11-23T14:52:00.000Z' }],
  })
  expect((await server.send('GET', '/s/shop/feed.rss')).headers['content-type']).toBe('application/rss+xml; charset=utf-8')
  expect(await world.do(admin, getReview, { incident: String(number) })).toMatchObject({ dueOn: '2026-11-30' })

  const stop = /\/s\/unsubscribe\/[\w-]+/.exec(mails().at(-1)!.stopUrl!)![0]
  expect((await server.send('GET', stop)).text).toContain('<form method="post"')
  await server.send('POST', stop)
  await world.do(admin, publishUpdate, { incident: String(number), text: 'One more word.' })
  expect((await server.send('GET', '/s/shop')).text, 'at once, though the page is kept for all who look').toContain('One more word.')
  await world.settle()
  expect(mails().length).toBe(3)
})

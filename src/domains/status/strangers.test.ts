// What strangers ask of a page keeps nobody else from following it, however many they are and however many networks they have.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { anonymous, system } from '#kernel/actor.ts'
import type { ChannelMessage } from '#kernel/integration.ts'
import { Secret } from '#kernel/secret.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { incidents } from '#domains/incidents/index.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall } from '#domains/oncall/index.ts'
import { status } from './index.ts'
import { addStatusPage } from './pages.ts'
import { around, askToFollow, confirmFollowing, forgetUnconfirmed } from './subscribing.ts'

let world: World
const mails: (ChannelMessage & { to: unknown })[] = []
beforeAll(async () => {
  const send = (_context: unknown, to: unknown, message: ChannelMessage) => {
    mails.push({ ...message, to })
    return Promise.resolve({ status: 'delivered' as const })
  }
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, status]), {
    channels: new Map([['email', { summary: '', address: z.email(), recognisesKey: true, send }]]),
    settings: (name) => (name === 'smtpUrl' ? new Secret('smtp://mail.test') : undefined),
  })
  await world.do(await world.person('ada', 'administrator'), addStatusPage, { slug: 'shop', name: 'Shop status', visibility: 'public' })
})
afterAll(() => world.close())

const ask = (email: string, network: string) =>
  world.engine.transact(anonymous, (context) => askToFollow(context, 'shop', email), {
    caller: { local: false, address: network, network, agent: '' },
  })
const confirm = () => {
  const token = /\/s\/confirm\/([\w-]{32})/.exec(mails.at(-1)!.body)![1]!
  return world.engine.transact(anonymous, (context) => confirmFollowing(context, token))
}
/** So many addresses that nobody confirms, asked just now. */
const planted = (count: number) =>
  world.read((scope) =>
    scope.query(sql`insert into subscribers (id, page_id, email, address_hash, asked_at, confirm_hash, confirm_sealed, leave_hash, leave_sealed)
      select 'sub_' || n, (select id from status_pages), n || '@flood.test', 'hash ' || n, ${scope.now}, 'yes ' || n, '', 'no ' || n, '' from generate_series(1, ${count}::int) as n`),
  )
const waiting = () =>
  world.read(async (scope) => (await scope.query(sql`select 1 as one from subscribers where confirmed_at is null`)).length)

test('somebody gets in beside ten thousand addresses that nobody confirms, of which the newest are kept', async () => {
  await planted(10_100)
  await world.pass('1 min')
  await ask('una@example.test', '203.0.113.7')
  await world.settle()
  expect(mails.map(({ to }) => to)).toEqual(['una@example.test'])
  await world.engine.transact(system('test'), (context) => forgetUnconfirmed.run(context))
  expect(await waiting()).toBe(10_000)
  expect(await confirm()).toBe(true)
})

test.each([
  ['IPv6', (n: number) => `2001:db8:7:${n.toString(16)}::/64`, '2001:db8:8:1::/64'],
  ['IPv4', (n: number) => `198.51.100.${n}`, '198.51.101.1'],
])('whoever has many %s networks beside each other asks for so many addresses, and others go on', async (_, network, other) => {
  for (let n = 0; n < 50; n++) await ask(`${n}@example.test`, network(n))
  await expect(ask('ulf@example.test', network(50))).rejects.toMatchObject({ code: 'too-many', message: /came from here/ })
  await expect(ask('ulf@example.test', other)).resolves.toBeUndefined()
})

test('from everywhere together no more are mailed in an hour than a mail server bears', async () => {
  await world.pass('61 min')
  await ask('first@example.test', '192.0.2.1')
  await world.read((scope) =>
    scope.query(
      sql`insert into subscription_asks (asked_from, at) select asked_from, at from subscription_asks cross join generate_series(1, 1999) where at = ${scope.now}
        and asked_from = (select asked_from from subscription_asks group by asked_from order by count(*) desc limit 1)`,
    ),
  )
  await expect(ask('ulf@example.test', '192.0.3.1')).rejects.toMatchObject({ code: 'too-many', message: /at the same time/ })
  await world.pass('61 min')
  await expect(ask('ulf@example.test', '192.0.3.1')).resolves.toBeUndefined()
})

test.each([
  ['203.0.113.7', '203.0.113'],
  ['2001:db8:1:2::/64', '2001:db8:1'],
  ['0:0:0:0::/64', '0:0:0'],
])('around %s is %s', (network, expected) => expect(around(network)).toBe(expected))

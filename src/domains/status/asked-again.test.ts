// An address that asked to follow and has not confirmed yet: it may ask again, and is forgotten in time.
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
import { confirmFollowing, forgetUnconfirmed, subscribe } from './subscribing.ts'

let world: World
const mails: ChannelMessage[] = []
beforeAll(async () => {
  const send = (_context: unknown, _to: unknown, message: ChannelMessage) => {
    mails.push(message)
    return Promise.resolve({ status: 'delivered' as const })
  }
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall, incidents, status]), {
    channels: new Map([['email', { summary: '', address: z.email(), recognisesKey: true, send }]]),
    settings: (name) => (name === 'smtpUrl' ? new Secret('smtp://mail.test') : undefined),
  })
  await world.do(await world.person('ada', 'administrator'), addStatusPage, {
    slug: 'shop',
    name: 'Shop status',
    visibility: 'public',
    zone: 'Europe/Berlin',
    components: [],
  })
})
afterAll(() => world.close())

const ask = async () => {
  await world.do(anonymous, subscribe, { statusPage: 'shop', email: 'una@example.test' })
  await world.settle()
}
const confirm = () => {
  const { body, url } = mails.at(-1)!
  const token = /\/s\/confirm\/([\w-]{32})/.exec(`${body} ${url}`)![1]!
  return world.engine.transact(anonymous, (context) => confirmFollowing(context, token))
}
const forget = () => world.engine.transact(system('test'), (context) => forgetUnconfirmed.run(context))
const kept = (table: 'subscribers' | 'subscription_asks') =>
  world.read(async (scope) => (await scope.query(sql([`select 1 from ${table}`]))).length)

test('it is mailed again after ten minutes, and its link works three days from then', async () => {
  await ask()
  await ask()
  expect(mails).toHaveLength(1)
  await world.pass('2 d')
  await ask()
  expect(mails).toHaveLength(2)
  await world.pass('2 d')
  await forget()
  expect(await confirm()).toBe(true)
  await world.pass('9 d')
  await forget()
  expect(await kept('subscribers')).toBe(1)
})

test('when it never confirms it is forgotten after three days, and that it asked after an hour', async () => {
  await world.read((scope) => scope.query(sql`delete from subscribers`))
  await ask()
  await forget()
  expect([await kept('subscribers'), await kept('subscription_asks')]).toEqual([1, 3])
  await world.pass('61 min')
  await forget()
  expect([await kept('subscribers'), await kept('subscription_asks')]).toEqual([1, 0])
  await world.pass('3 d')
  await forget()
  expect(await kept('subscribers')).toBe(0)
  expect(await confirm()).toBe(false)
})

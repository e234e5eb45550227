import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { givePhone, people } from '#scenarios/world/people.ts'
import { system, type Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { sql } from '#kernel/sql.ts'
import { deliveriesAbout, notifications, reach } from './index.ts'
import { addContactMethod, myMethods, verifyContactMethod } from './methods.ts'
import { myRules, setRules } from './rules.ts'

const outside = people()
let world: World
beforeAll(async () => void (world = await createWorld(catalogueOf([directory, alerts, notifications]), { channels: outside.channels })))
afterAll(() => world.close())

const codeIn = (text: string) => /\d{6}/.exec(text)![0]
async function tell(key: string, { userId }: Extract<Actor, { kind: 'user' }>): Promise<void> {
  const message = {
    type: 'start',
    userId,
    about: { user: userId },
    urgency: 'page',
    title: `Critical: ${key}`,
    body: 'checkout',
    path: '/',
  } as const
  await world.engine.transact(system('test'), (context) => context.tell(reach, key, message))
  await world.settle()
}

test('the same address again stays the method that the rules name, and proven; one that had ended works again', async () => {
  const fay = await world.person('fay')
  const phone = await givePhone(world, fay, 'fay')
  const mail = await world.do(fay, addContactMethod, { channel: 'email', address: 'fay@home.test' })
  await world.settle()
  const code = codeIn(outside.got.findLast((one) => one.address === 'fay@home.test')!.title)
  await world.do(fay, verifyContactMethod, { methodId: mail.id, code })
  await world.do(fay, setRules, { urgency: 'page', rules: [phone, mail.id].map((methodId, n) => ({ afterSeconds: n * 600, methodId })) })
  outside.breaks('web-push', { status: 'failed', canRetry: false, gone: true, reason: 'the browser has ended its subscription' })
  await tell('again', fay)
  outside.breaks('web-push', undefined)

  expect(await givePhone(world, fay, 'fay')).toBe(phone)
  expect(await world.do(fay, addContactMethod, { channel: 'email', address: 'Fay@home.test', label: 'Home' })).toMatchObject({
    id: mail.id,
    label: 'Home',
    state: 'works',
  })
  expect((await world.do(fay, myMethods, {})).plan.page).toBe('push at once, then e-mail after 10 min: by rule')
  outside.phoneOf('fay').gotNothingMore()
  await tell('works again', fay)
  outside.phoneOf('fay').gets(/works again/)
})

test('changed three times at once, as by three taps, each is done', async () => {
  const gil = await world.person('gil')
  const rules = [{ afterSeconds: 0, methodId: 'account' }]
  await Promise.all([1, 2, 3].map(() => givePhone(world, gil, 'gil')))
  await Promise.all([1, 2, 3].map(() => world.do(gil, setRules, { urgency: 'page', rules })))
  expect((await world.do(gil, myMethods, {})).items.filter(({ channel }) => channel === 'web-push')).toHaveLength(1)
  expect((await world.do(gil, myRules, {})).items[0]).toMatchObject({ rules })
})

test('a browser that has ended its subscription does not make the next page come later: the next method takes its time', async () => {
  const hal = await world.person('hal')
  const phone = await givePhone(world, hal, 'hal')
  const rules = [phone, 'account'].map((methodId, n) => ({ afterSeconds: n * 600, methodId }))
  await world.do(hal, setRules, { urgency: 'page', rules })
  outside.breaks('web-push', { status: 'failed', canRetry: false, gone: true, reason: 'the browser has ended its subscription' })
  await tell('first', hal)
  outside.breaks('web-push', undefined)
  outside.mailboxOf('hal').gets(/Critical: first/)
  await tell('second', hal)
  outside.mailboxOf('hal').gets(/Critical: second/)
})

test('of a thing about which very much was sent the last of it is shown, in its order', async () => {
  const ida = await world.person('ida')
  await world.engine.transact(system('test'), ({ scope }) =>
    scope.query(sql`insert into notifications (id, reach_key, user_id, channel, label, urgency, title, about, subject, status, reason, due_at)
      select 'ntf_' || lpad(n::text, 26, '0'), 'key', ${ida.userId}, 'email', '', 'page', n::text, '{}', 'pag_much', 'delivered', '', timestamptz '2026-11-23' + n * interval '1 min'
      from generate_series(1, 600) as n`),
  )
  const titles = (await world.read((scope) => deliveriesAbout(scope, 'pag_much'))).map(({ title }) => title)
  expect([titles[0], titles.at(-1), titles.length]).toEqual(['101', '600', 500])
})

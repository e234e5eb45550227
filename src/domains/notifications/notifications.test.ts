import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actorWith, createWorld, type World } from '#scenarios/world/world.ts'
import { givePhone, people } from '#scenarios/world/people.ts'
import { anonymous, system, type Actor } from '#kernel/actor.ts'
import { sql } from '#kernel/sql.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorker } from '#platform/jobs/worker.ts'
import { silentLog } from '#platform/log.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { notifications, reach } from './index.ts'
import { addContactMethod, myMethods, removeContactMethod, resendCode, testContactMethod, verifyContactMethod } from './methods.ts'
import { myNotifications } from './deliveries.ts'
import { myRules, setRules } from './rules.ts'

type Person = Extract<Actor, { kind: 'user' }>
const outside = people()
let world: World
let ana: Person
let ben: Person
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications]), { channels: outside.channels })
  ana = await world.person('ana')
  ben = await world.person('ben')
})
afterAll(() => world.close())

const codeIn = (text: string) => /\d{6}/.exec(text)![0]
const pageTo = (person: Person, title: string) => ({
  type: 'start' as const,
  userId: person.userId,
  about: { user: person.userId },
  urgency: 'page' as const,
  title: `Critical: ${title}`,
  body: 'checkout',
  path: '/',
})
const tell = async (key: string, person: Person, changes: object = {}) => {
  await world.engine.transact(system('test'), (context) => context.tell(reach, key, { ...pageTo(person, key), ...changes }))
  await world.settle()
}

describe('ways to be reached', () => {
  test('an address counts only after the code that was sent there came back', async () => {
    const method = await world.do(ana, addContactMethod, { channel: 'email', address: 'Home@Example.test' })
    expect(method).toMatchObject({ state: 'unverified', label: 'home@example.test' })
    await world.settle()
    const code = codeIn(outside.got.findLast((one) => one.address === 'home@example.test')!.title)
    expect(await world.do(ana, verifyContactMethod, { methodId: method.id, code: code === '000000' ? '000001' : '000000' })).toMatchObject({
      verified: false,
    })
    expect(await world.do(ana, verifyContactMethod, { methodId: method.id, code })).toMatchObject({ verified: true })
    expect((await world.do(ana, myMethods, {})).items.find((item) => item.id === method.id)).toMatchObject({ state: 'works' })
    expect((await world.events('contact-method.verified')).length).toBe(1)
    await world.do(ana, removeContactMethod, { methodId: method.id })
  })

  test('after five wrong codes none is taken, and a late one neither', async () => {
    const method = await world.do(ben, addContactMethod, { channel: 'email', address: 'other@example.test' })
    await world.settle()
    const code = codeIn(outside.got.findLast((one) => one.address === 'other@example.test')!.title)
    for (let i = 0; i < 5; i++) await world.do(ben, verifyContactMethod, { methodId: method.id, code: 'wrong' })
    expect(await world.do(ben, verifyContactMethod, { methodId: method.id, code })).toMatchObject({
      verified: false,
      reason: 'Too many wrong codes. Ask for a new one.',
    })
    await world.do(ben, removeContactMethod, { methodId: method.id })
  })

  test('of one person ten codes go out within an hour, however often addresses are added, removed and asked for again', async () => {
    const eve = await world.person('eve')
    const stranger = (n: number) => world.do(eve, addContactMethod, { channel: 'email', address: `stranger-${n}@example.test` })
    const before = outside.got.length
    for (let n = 0; n < 9; n++) await world.do(eve, removeContactMethod, { methodId: (await stranger(n)).id })
    const { id } = await stranger(9)
    for (const asked of [() => stranger(10), () => world.do(eve, resendCode, { methodId: id })])
      await expect(asked()).rejects.toMatchObject({ code: 'too-many', retryAfterSeconds: 3600, message: expect.stringMatching('in 1 h') })
    await world.settle()
    expect(outside.got.slice(before).map(({ address }) => address)).toEqual(['stranger-9@example.test'])
    expect((await world.do(eve, myMethods, {})).items.filter(({ builtIn }) => !builtIn).length).toBe(1)
    await world.pass('1 h')
    await world.do(eve, resendCode, { methodId: id })
    await world.settle()
    expect(
      (await world.events('contact-method.code-asked')).filter(({ data }) => (data as { userId: string }).userId === eve.userId).length,
    ).toBe(11)
  })

  test('a code in digits of another script is a wrong one, and counted', async () => {
    const method = await world.do(ben, addContactMethod, { channel: 'email', address: 'wide@example.test' })
    await world.settle()
    expect(await world.do(ben, verifyContactMethod, { methodId: method.id, code: '１２３４５６' })).toMatchObject({
      verified: false,
      reason: 'That is not the code that was sent.',
    })
    expect(await world.read((scope) => scope.query(sql`select code_tries as tries from contact_methods where id = ${method.id}`))).toEqual([
      { tries: 1 },
    ])
    await world.do(ben, removeContactMethod, { methodId: method.id })
  })

  test("another person's method is missing, and nobody signed out or with a token changes one", async () => {
    const methodId = await givePhone(world, ana, 'ana')
    await expect(world.do(ben, removeContactMethod, { methodId })).rejects.toMatchObject({ code: 'missing' })
    await expect(world.do(anonymous, myMethods, {})).rejects.toMatchObject({ code: 'not-signed-in' })
    const token: Actor = { kind: 'token', userId: ana.userId, tokenId: 'tok_x', rights: ana.rights }
    await expect(world.do(token, removeContactMethod, { methodId })).rejects.toMatchObject({ code: 'forbidden' })
    await world.do(ana, removeContactMethod, { methodId })
  })

  test('a token acts for its person only when that was one of its scopes', async () => {
    const rights = { ...ana.rights, everywhere: new Set(['alerts:read'] as const) }
    const small: Actor = { kind: 'token', userId: ana.userId, tokenId: 'tok_x', rights }
    await expect(world.do(small, addContactMethod, { channel: 'email', address: 'thief@example.test' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect((await world.do(ana, myMethods, {})).items.map((item) => item.label)).not.toContain('thief@example.test')
  })

  test.each([
    [
      'an endpoint that is not https',
      { channel: 'web-push', address: { endpoint: 'http://push.example.test/x', keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) } } },
    ],
    ['an unknown channel', { channel: 'pigeon', address: 'x' }],
    ['no address', { channel: 'email', address: 'nobody' }],
  ])('%s is refused', async (_, input) => {
    await expect(world.do(ana, addContactMethod, input)).rejects.toMatchObject({ code: 'invalid-input' })
  })

  test('addresses stand nowhere in the record and nowhere readable in the database', async () => {
    await givePhone(world, ana, 'ana')
    const rows = await world.read((scope) =>
      scope.query<{ text: string }>(sql`select row_to_json(contact_methods)::text as text from contact_methods`),
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify([rows, await world.events()])).not.toContain('push.example.test')
  })
})

describe('rules', () => {
  test('name only your own methods, and are said in words', async () => {
    const phone = await givePhone(world, ana, 'ana')
    await expect(world.do(ben, setRules, { urgency: 'page', rules: [{ afterSeconds: 0, methodId: phone }] })).rejects.toMatchObject({
      code: 'refused',
    })
    const set = await world.do(ana, setRules, {
      urgency: 'page',
      rules: [
        { afterSeconds: 0, methodId: phone },
        { afterSeconds: 120, methodId: 'account' },
      ],
    })
    expect(set.reason).toBe('push at once, then e-mail after 2 min: by rule')
    expect((await world.do(ana, myRules, {})).items.map((item) => item.rules.length)).toEqual([2, 0])
    expect((await world.events('notification-rules.changed')).length).toBe(1)
  })
})

describe('reaching somebody', () => {
  test('follows the rules in time, and writes down every delivery', async () => {
    await tell('one', ana)
    outside.phoneOf('ana').gets(/Critical: one/)
    outside.mailboxOf('ana').gotNothingMore()
    await world.pass('2 min')
    outside.mailboxOf('ana').gets(/Critical: one/)
    const { items } = await world.do(ana, myNotifications, {})
    expect(items.filter((item) => item.title === 'Critical: one').map((item) => [item.channel, item.status])).toEqual([
      ['email', 'delivered'],
      ['web-push', 'delivered'],
    ])
    expect((await world.do(ben, myNotifications, {})).items).toEqual([])
  })

  test('a browser that has ended its subscription is not used again, and the next method is tried at once', async () => {
    outside.breaks('web-push', { status: 'failed', canRetry: false, gone: true, reason: 'the browser has ended its subscription' })
    await tell('two', ana)
    outside.breaks('web-push', undefined)
    outside.mailboxOf('ana').gets(/Critical: two/)
    expect((await world.events('contact-method.died')).length).toBe(1)
    expect((await world.do(ana, myMethods, {})).items.filter((item) => item.state === 'dead')).toHaveLength(1)
    await tell('three', ana)
    outside.phoneOf('ana').gotNothingMore()
  })

  test('when nothing works, that is an event with the reason', async () => {
    outside.breaks('email', { status: 'failed', canRetry: false, reason: 'no mail server is set' })
    await tell('four', ben)
    outside.breaks('email', undefined)
    expect((await world.events('person.not-reached'))[0]!.data).toMatchObject({
      userId: ben.userId,
      reason: 'not reached, every method failed: e-mail (no mail server is set)',
    })
  })

  test('a test goes to the one method, whatever the rules say', async () => {
    const phone = await givePhone(world, ben, 'ben')
    await world.do(ben, testContactMethod, { methodId: phone })
    await world.settle()
    outside.phoneOf('ben').gets(/Test/)
    await expect(world.do(actorWith(ben, []), testContactMethod, { methodId: 'mth_unknown' })).rejects.toMatchObject({ code: 'refused' })
  })

  test('two nodes that page one person in the same moment send five messages singly, and not one more', async () => {
    const cem = await world.person('cem')
    await givePhone(world, cem, 'cem')
    await world.engine.transact(system('test'), async ({ tell }) => {
      for (let n = 0; n < 12; n++) await tell(reach, `both/${n}`, { ...pageTo(cem, `both ${n}`), page: world.newId('pag') })
    })
    const other = createWorker(world.engine, silentLog(), { concurrency: 1, effects: 1 })
    while ((await Promise.all([world.worker.runDue(), other.runDue()])).some((count) => count > 0));
    expect(outside.phoneOf('cem').all()).toHaveLength(5)
    await world.pass('1 s')
    expect(outside.phoneOf('cem').all()[5]).toMatchObject({ title: expect.stringMatching(/^7 more pages: /) })
    expect(outside.phoneOf('cem').all()).toHaveLength(6)
    expect((await world.events('notification.summarised')).map(({ data }) => (data as { reachKeys: string[] }).reachKeys.length)).toEqual([
      7,
    ])
  })

  test('twelve pages of one person that begin in one transaction are five messages and a summary too', async () => {
    const eda = await world.person('eda')
    await givePhone(world, eda, 'eda')
    await world.engine.transact(system('test'), async ({ tell }) => {
      for (let n = 0; n < 12; n++) await tell(reach, `at-once/${n}`, { ...pageTo(eda, `at once ${n}`), page: world.newId('pag') })
    })
    await createWorker(world.engine, silentLog(), { concurrency: 1, together: 64, effects: 16 }).runDue()
    expect(outside.phoneOf('eda').all()).toHaveLength(5)
    await world.pass('1 s')
    expect(outside.phoneOf('eda').all()[5]).toMatchObject({ title: expect.stringMatching(/^7 more pages: /) })
    expect(outside.phoneOf('eda').all()).toHaveLength(6)
  })

  test('tests and updates never wait for a summary', async () => {
    const dua = await world.person('dua')
    for (let n = 0; n < 8; n++) await tell(`update/${n}`, dua, { urgency: 'update', page: world.newId('pag') })
    for (let n = 0; n < 8; n++) await tell(`test/${n}`, dua, { onlyMethod: 'account', page: world.newId('pag') })
    expect(outside.mailboxOf('dua').all()).toHaveLength(16)
  })

  test('what broke in the middle is sent again with the same key, and says that it is a repeat', async () => {
    const before = outside.got.length
    const crash = outside.channels.get('web-push')!
    const send = crash.send
    let calls = 0
    crash.send = async (...given) => {
      const result = await send(...given)
      if (calls++ === 0) throw new Error('the node stopped')
      return result
    }
    await tell('five', ben)
    await world.pass('1 min')
    crash.send = send
    const got = outside.got.slice(before).filter((one) => one.channel === 'web-push')
    expect(got.map((one) => [one.key, one.repeated])).toEqual([
      [got[0]!.key, false],
      [got[0]!.key, true],
    ])
  })
})

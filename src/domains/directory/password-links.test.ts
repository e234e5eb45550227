// Links with which a person sets a password: who gets one, what ends it, and that nobody learns anything by asking.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anonymous, system, type Actor } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import { sql } from '#kernel/sql.ts'
import type { World } from '#scenarios/world/world.ts'
import { hashOfToken } from '#platform/secrets/token.ts'
import { actorOfSession, actorOfToken } from './authentication.ts'
import { mailedWorld, noUse, password, tokenIn, type Mailed } from './fixtures/mailed-world.ts'
import { askForPasswordLink, forgetPasswordLinks, sendPasswordLink, setPassword } from './password-links.ts'
import { addUser, changePassword, changeUser, disableUser, getUser } from './people.ts'
import { signIn } from './sign-in.ts'
import { addTeam } from './teams.ts'
import { makeToken } from './tokens.ts'
import { triedSignIn } from './tried-sign-in.ts'

let world: World
let admin: Extract<Actor, { kind: 'user' }>
const mails: Mailed[] = []
beforeAll(async () => {
  world = await mailedWorld(mails)
  admin = await world.person('ada', 'administrator')
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.settle()
  mails.splice(0)
})

const ask = async (email: string) => {
  const answer = await world.do(anonymous, askForPasswordLink, { email })
  await world.settle()
  return answer
}
const newestToken = () => tokenIn(mails.at(-1)?.url)
const set = (token: string, next = password) => world.do(anonymous, setPassword, { token, password: next })
const lets = (email: string, given: string) =>
  world.do(anonymous, signIn, { email, password: given }).then(
    () => true,
    () => false,
  )
const links = () => world.read((scope) => scope.query<Record<string, unknown>>(sql`select * from password_links order by created_at, id`))
const why = (token: string) => world.read((scope) => triedSignIn(scope, { link: token }))

describe('who forgot their password', () => {
  test('asks for a link, which comes by mail after the answer, and sets a new one with it', async () => {
    await world.do(admin, addUser, { handle: 'mara', name: 'Mara', email: 'mara@example.test', password, zone: 'Europe/Berlin' })
    const { session: old } = await world.do(anonymous, signIn, { email: 'mara@example.test', password })
    expect(await world.do(anonymous, askForPasswordLink, { email: 'MARA@example.test' })).toEqual({ done: true })
    expect(mails).toEqual([])
    await world.settle()
    expect(mails).toMatchObject([{ to: 'mara@example.test', title: 'Set a new password', urgency: 'update' }])
    expect(mails[0]!.body).toContain('until Mon 23 Nov, 16:00 CET')
    expect(await lets('mara@example.test', password)).toBe(true)

    const { userId, session } = await set(newestToken(), 'another long sentence')
    expect(await lets('mara@example.test', password)).toBe(false)
    expect(await lets('mara@example.test', 'another long sentence')).toBe(true)
    const begun = await world.read((scope) => actorOfSession(scope, hashOfToken(session.secret)))
    expect(begun?.actor).toMatchObject({ kind: 'user', userId })
    expect(await world.read((scope) => actorOfSession(scope, hashOfToken(old.secret)))).toBeUndefined()
  })

  test('is told by mail that it was set, when, from where and with what', async () => {
    await ask('mara@example.test')
    await world.engine.execute(
      anonymous,
      setPassword as never,
      { token: newestToken(), password },
      {
        caller: { local: false, address: '2001:db8::1', network: '2001:db8:0:0::/64', agent: '' },
      },
    )
    await world.settle()
    expect(mails.at(-1)).toMatchObject({ to: 'mara@example.test', title: 'Your password was set', url: 'http://tocsin.test/sign-in' })
    expect(mails.at(-1)!.body).toMatch(
      /set on Mon 23 Nov, 15:00 CET, from the network 2001:db8:0:0::\/64, with the link that was asked for/,
    )
    expect((await world.events('user.password-set')).at(-1)!.data).toMatchObject({ link: 'asked', network: '2001:db8:0:0::/64' })
  })

  test('has nothing ended but sessions: an API token still works', async () => {
    const person = await world.person('cid')
    const { token } = await world.do(person, makeToken, { name: 'CI', scopes: ['directory:read'] })
    await ask('cid@example.test')
    await set(newestToken())
    expect((await world.read((scope) => actorOfToken(scope, hashOfToken(token))))?.actor).toMatchObject({ userId: person.userId })
  })

  test('is answered the same whether somebody has the address or not, with as much in the database, and only who has it gets a mail', async () => {
    await world.person('dan')
    await world.person('dot')
    await world.do(admin, disableUser, { user: 'dot' })
    const jobs = () => world.read((scope) => scope.query(sql`select id from jobs where kind = 'process'`))
    const left: unknown[] = []
    for (const email of ['dan@example.test', 'nobody@example.test', 'dot@example.test']) {
      const [rows, waiting] = [(await links()).length, (await jobs()).length]
      const answer = await world.do(anonymous, askForPasswordLink, { email })
      left.push([answer, (await links()).length - rows, (await jobs()).length - waiting])
    }
    expect(left).toEqual(left.map(() => [{ done: true }, 1, 1]))
    await world.settle()
    expect(mails.map(({ to }) => to)).toEqual(['dan@example.test'])
    expect((await world.events('user.password-link-asked')).length).toBeGreaterThan(0)
    expect(JSON.stringify(await world.events())).not.toContain('nobody@example.test')
    expect(JSON.stringify(await links())).not.toContain('@')
  })

  test('gets five links an hour, and the sixth is neither sent nor told of; it makes none void', async () => {
    await world.person('eve')
    for (let time = 0; time < 8; time++) expect(await ask('eve@example.test')).toEqual({ done: true })
    expect(mails).toHaveLength(5)
    expect(await set(newestToken())).toMatchObject({ session: {} })
    await world.pass('1 h')
    await ask('eve@example.test')
    expect(mails.filter(({ title }) => title === 'Set a new password')).toHaveLength(6)
  })

  test('is kept waiting where strangers ask for more links than anybody needs', async () => {
    const crowd = await mailedWorld([])
    await crowd.engine.transact(system('test'), ({ tx, now }) =>
      tx.query(sql`insert into password_links (id, kind, hash, created_at, expires_at)
        select 'pwl_' || n, 'asked', 'hash ' || n, ${now}::timestamptz, ${now}::timestamptz from generate_series(1, 3000) n`),
    )
    const asked = (email: string) => crowd.do(anonymous, askForPasswordLink, { email })
    await crowd.person('fay')
    for (const email of ['fay@example.test', 'nobody@example.test'])
      await expect(asked(email)).rejects.toMatchObject({ code: 'too-many', retryAfterSeconds: 3600 })
    await crowd.pass('2 h')
    expect(await asked('fay@example.test')).toEqual({ done: true })
    await crowd.close()
  })
})

describe('a link', () => {
  test('opens once: also of two at the same moment exactly one wins', async () => {
    await world.person('gus')
    await ask('gus@example.test')
    const token = newestToken()
    const both = await Promise.allSettled([set(token, 'the first long sentence'), set(token, 'the other long sentence')])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const won = both[0]!.status === 'fulfilled' ? 'the first long sentence' : 'the other long sentence'
    expect(await lets('gus@example.test', won)).toBe(true)
    await expect(set(token)).rejects.toMatchObject(noUse)
    expect((await why(token)).reason).toBe('the link was used already')
  })

  test('that is used while its person is disabled lets nobody in, whichever comes first', async () => {
    const { id } = await world.do(admin, addUser, { handle: 'gil', name: 'Gil', email: 'gil@example.test' })
    await ask('gil@example.test')
    await Promise.allSettled([set(newestToken()), world.do(admin, disableUser, { user: 'gil' })])
    expect(await world.do(admin, getUser, { user: 'gil' })).toMatchObject({ disabledAt: expect.any(String) })
    expect(await world.read((scope) => scope.query(sql`select id from sessions where user_id = ${id}`))).toEqual([])
  })

  test('of an hour ends with it, and one of a week after seven days', async () => {
    await world.person('hal')
    await ask('hal@example.test')
    const asked = newestToken()
    await world.pass('1 h')
    await expect(set(asked)).rejects.toMatchObject(noUse)
    expect((await why(asked)).reason).toBe('the link is too old')

    await world.do(admin, sendPasswordLink, { user: 'hal' })
    await world.settle()
    const sent = newestToken()
    await world.pass('6 d')
    await world.pass('23 h')
    expect(await set(sent)).toMatchObject({ session: {} })
    await world.do(admin, sendPasswordLink, { user: 'hal' })
    await world.settle()
    await world.pass('7 d')
    await expect(set(newestToken())).rejects.toMatchObject(noUse)
  })

  test('is not made void by somebody who asks for another: all work until the first one is used', async () => {
    const { id } = await world.do(admin, addUser, { handle: 'ivy', name: 'Ivy', email: 'ivy@example.test' })
    await world.do(admin, sendPasswordLink, { user: 'ivy' })
    await world.settle()
    const sent = newestToken()
    const asked: string[] = []
    for (let time = 0; time < 4; time++) {
      await ask('ivy@example.test')
      asked.push(newestToken())
    }
    const open = () => world.read((scope) => scope.query(sql`select id from password_links where user_id = ${id} and ended_at is null`))
    expect(await open()).toHaveLength(5)
    expect(await set(asked[1]!)).toMatchObject({ userId: id })
    expect(await open()).toEqual([])
    for (const token of [sent, asked[0]!, asked[2]!, asked[3]!]) {
      await expect(set(token)).rejects.toMatchObject(noUse)
      expect((await why(token)).reason).toBe('a password was set since the link was made')
    }
  })

  test('of a week outlives what a stranger asks for in that time, and there are never more of them than are asked for in an hour', async () => {
    const { id } = await world.do(admin, addUser, { handle: 'jon', name: 'Jon', email: 'jon@example.test' })
    await world.do(admin, sendPasswordLink, { user: 'jon' })
    await world.settle()
    const sent = newestToken()
    for (let hour = 0; hour < 3; hour++) {
      for (let time = 0; time < 8; time++) await ask('jon@example.test')
      const good = await world.read((scope) =>
        scope.query(sql`select id from password_links where user_id = ${id} and ended_at is null and expires_at > ${scope.now}`),
      )
      expect(good).toHaveLength(6)
      await world.pass('1 h')
    }
    expect(await set(sent)).toMatchObject({ userId: id })
  })

  const ends: [string, string, (handle: string) => Promise<unknown>][] = [
    ['a newer one that is sent', 'there is a newer link', (handle) => world.do(admin, sendPasswordLink, { user: handle })],
    [
      'another address',
      'the address was changed since the link was made',
      (handle) => world.do(admin, changeUser, { user: handle, email: `${handle}@elsewhere.test` }),
    ],
    [
      'the end of the account',
      'the person was disabled since the link was made',
      (handle) => world.do(admin, disableUser, { user: handle }),
    ],
    [
      'a password that its person sets',
      'a password was set since the link was made',
      async (handle) => {
        const person = { ...admin, userId: (await world.do(admin, getUser, { user: handle })).id }
        await world.do(person, changePassword, { current: password, next: 'another long sentence' })
      },
    ],
  ]
  test.each(ends)('is made void by %s, and the answer does not tell why', async (_, reason, end) => {
    const handle = `ida${ends.findIndex(([, each]) => each === reason)}`
    const { id } = await world.do(admin, addUser, { handle, name: 'Ida', email: `${handle}@example.test`, password })
    await world.do(admin, sendPasswordLink, { user: handle })
    await world.settle()
    const token = newestToken()
    await end(handle)
    await expect(set(token)).rejects.toMatchObject(noUse)
    expect(await why(token)).toEqual({ userId: id, reason })
  })

  test('that there is not is refused as one that was used', async () => {
    const refused = await set('A'.repeat(32)).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(AppError)
    expect(refused).toMatchObject(noUse)
    expect(await why('A'.repeat(32))).toEqual({ userId: null, reason: 'there is no such link' })
    // What was asked for an address that nobody has is no key to anything either.
    await world.do(anonymous, askForPasswordLink, { email: 'nobody-at-all@example.test' })
    const { id, user_id, token_sealed } = (await links()).at(-1)!
    expect(user_id).toBeNull()
    const token = world.engine.vault.unseal(token_sealed as string, `password_links/token/${id as string}`).open()
    await expect(set(token)).rejects.toMatchObject(noUse)
    expect(await why(token)).toEqual({ userId: null, reason: 'there is no such link' })
  })

  test('that does not work costs its guesser a password, and nobody else anything', async () => {
    let refused = 0
    const guesses = Array.from({ length: 24 }, (_, n) => set(String(n).padStart(32, 'A')).catch(() => void refused++))
    await world.do(admin, addTeam, { slug: 'payments', name: 'Payments' })
    expect(refused).toBeLessThan(12)
    await Promise.all(guesses)
    expect(refused).toBe(24)
  })

  test('asks for the same of a password as everywhere', async () => {
    await world.person('jim')
    await ask('jim@example.test')
    await expect(set(newestToken(), 'short')).rejects.toMatchObject({ code: 'invalid-input', faults: [{ path: '/password' }] })
    expect(await set(newestToken())).toMatchObject({ session: {} })
  })

  test('stands nowhere: not in an event, and once its mail is out only as a hash', async () => {
    await world.person('kim')
    await world.do(anonymous, askForPasswordLink, { email: 'kim@example.test' })
    const newest = async () => (await links()).at(-1)!
    expect((await newest())['token_sealed']).toMatch(/^v1\./)
    await world.settle()
    const token = newestToken()
    expect(await newest()).toMatchObject({ token_sealed: null, hash: hashOfToken(token) })
    await set(token)
    await world.settle()
    const everything = await world.read((scope) =>
      Promise.all(
        ['events', 'jobs', 'processes', 'password_links', 'sessions'].map((table) =>
          scope.query<{ row: string }>(sql([`select row_to_json(t)::text as row from ${table} t`])),
        ),
      ),
    )
    expect(everything.flat().length).toBeGreaterThan(10)
    expect(JSON.stringify(everything)).not.toContain(token)
  })

  test('whose mail the mail server does not want is forgotten, and that is in the record', async () => {
    const away = await mailedWorld([], { result: { status: 'failed', canRetry: false, reason: 'no such mailbox' } })
    const person = await away.person('leo')
    await away.do(anonymous, askForPasswordLink, { email: 'leo@example.test' })
    await away.settle()
    expect(await away.events('user.password-link-not-mailed')).toMatchObject([{ data: { userId: person.userId } }])
    expect(await away.events('user.password-link-asked')).toEqual([])
    expect(await away.read((scope) => scope.query(sql`select id from password_links where token_sealed is not null`))).toEqual([])
    await away.close()
  })

  test('is forgotten: for nobody after an hour, for a person two weeks later', async () => {
    await ask('somebody-else@example.test')
    const forget = () => world.engine.transact(system('test'), (context) => forgetPasswordLinks.run(context))
    await world.pass('61 min')
    await forget()
    expect((await links()).filter(({ user_id }) => user_id === null)).toEqual([])
    expect((await links()).length).toBeGreaterThan(0)
    await world.pass('15 d')
    await forget()
    expect(await links()).toEqual([])
  })
})

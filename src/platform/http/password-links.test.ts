// Links to set a password over the real server: no answer tells anything, strangers are slowed down, and who uses one is signed in by a cookie.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { catalogue } from '#app/wiring.ts'
import type { ChannelMessage } from '#kernel/integration.ts'
import { Secret } from '#kernel/secret.ts'
import { addSeconds } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { serveWorld, type Received, type WorldServer } from '#scenarios/world/server.ts'

let world: World
let server: WorldServer
const mails: ChannelMessage[] = []
const password = 'another long sentence'

beforeAll(async () => {
  const send = (_context: unknown, _to: unknown, message: ChannelMessage) => {
    mails.push(message)
    return Promise.resolve({ status: 'delivered' as const })
  }
  world = await createWorld(catalogue, {
    channels: new Map([['email', { summary: '', address: z.email(), recognisesKey: true, send }]]),
    settings: (name) => (name === 'smtpUrl' ? new Secret('smtp://mail.test') : undefined),
  })
  server = await serveWorld(world, { trustedProxies: 1 })
  await server.addPerson('ada', 'administrator')
  await server.addPerson('sam', 'responder')
})
// Nobody is slowed down by the test before.
beforeEach(() => world.clock.set(addSeconds(world.clock.now(), 7200)))
afterAll(async () => {
  await server.close()
  await world.close()
})

const from = (address: string) => ({ 'x-forwarded-for': address })
const ask = (email: string, address = '192.0.2.1') =>
  server.send('POST', '/api/v1/password-links', { headers: from(address), body: { email } })
const set = (token: string, address = '192.0.2.1', more = {}) =>
  server.send('POST', '/api/v1/session/password', { headers: { ...from(address), ...more }, body: { token, password } })
const bare = ({ status, headers, json }: Received) => ({
  status,
  headers: { ...headers, date: '' },
  json: { ...(json as object), reference: '' },
})
const mailedToken = async () => {
  await world.settle()
  return mails.at(-1)!.url.split('#')[1]!
}

test('whether somebody has an address shows neither in the status, nor in a header, nor in the body', async () => {
  const [known, unknown] = [await ask('sam@example.test'), await ask('nobody@example.test')]
  expect(known.status).toBe(202)
  expect(bare(known)).toEqual(bare(unknown))
  expect(known.text).not.toContain('@')
})

test('the mail leads to the address of TOCSIN_URL, whatever a request says of its host, and not a character of it is sent to a server by opening it', async () => {
  const headers = { ...from('192.0.2.1'), host: 'evil.test', 'x-forwarded-host': 'evil.test' }
  await server.send('POST', '/api/v1/password-links', { headers, body: { email: 'sam@example.test' } })
  await world.settle()
  expect(mails.at(-1)!.url).toMatch(/^http:\/\/tocsin\.test\/set-password#[\w-]{32}$/)
  expect(JSON.stringify(mails)).not.toContain('evil.test')
})

test('who uses a link is signed in by the cookie, and the answer does not repeat what opens anything', async () => {
  const old = await server.signIn('sam')
  await ask('sam@example.test')
  const token = await mailedToken()
  const answer = await set(token)
  expect(answer).toMatchObject({ status: 200, json: { userId: expect.stringMatching(/^usr_/) } })
  const [cookie] = [answer.headers['set-cookie']].flat()
  expect(cookie).toMatch(/^__Host-tocsin=[\w-]{32}; .*HttpOnly/)
  expect(answer.text).not.toMatch(/secret|session/)
  const me = (session: string) => server.send('GET', '/api/v1/me', { headers: { cookie: session } })
  expect((await me(cookie!.split(';')[0]!)).status).toBe(200)
  expect((await me(old.cookie)).status).toBe(401)
  const again = await set(token)
  expect(again.status).toBe(410)
  expect(bare(again)).toEqual(bare(await set('A'.repeat(32))))
})

test('another site can neither ask for a link in a browser nor use one', async () => {
  const foreign = { ...from('192.0.2.1'), origin: 'https://evil.test' }
  const asked = await server.send('POST', '/api/v1/password-links', { headers: foreign, body: { email: 'sam@example.test' } })
  expect([asked.status, (await set('A'.repeat(32), '192.0.2.1', { origin: 'https://evil.test' })).status]).toEqual([403, 403])
})

test('one network asks for a few links at once and then for one a minute, whichever addresses it names; another one is not kept waiting', async () => {
  const answers: number[] = []
  for (let time = 0; time < 12; time++) {
    answers.push((await ask(time % 2 ? 'sam@example.test' : `nobody${time}@example.test`)).status)
    world.clock.set(addSeconds(world.clock.now(), 3))
  }
  expect(answers).toEqual([...Array.from({ length: 10 }, () => 202), 429, 429])
  expect((await ask('sam@example.test', '198.51.100.7')).status).toBe(202)
  world.clock.set(addSeconds(world.clock.now(), 60))
  expect((await ask('sam@example.test')).status).toBe(202)
})

test('guessing at links is slowed down as at passwords, and keeps nobody elsewhere from theirs', async () => {
  await ask('sam@example.test', '198.51.100.7')
  const token = await mailedToken()
  const answers: number[] = []
  for (let guess = 0; guess < 12; guess++) {
    answers.push((await set(String(guess).padStart(32, 'A'))).status)
    world.clock.set(addSeconds(world.clock.now(), 3))
  }
  expect([...new Set(answers)]).toEqual([410, 429])
  expect((await set(token, '198.51.100.7')).status).toBe(200)
  const refused = (await world.events('auth.refused')).map(({ data }) => data as { operation: string; reason: string })
  const reasons = refused.filter(({ operation }) => operation === 'directory.setPassword').map(({ reason }) => reason)
  expect(reasons).toEqual(expect.arrayContaining(['the link was used already', 'there is no such link', 'too many tries']))
  expect(JSON.stringify(await world.events())).not.toMatch(/A{20}/)
})

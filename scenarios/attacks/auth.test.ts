// Ways to become somebody else, or more than one is, through the real HTTP surface; and that each try leaves its trace in the record.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { catalogue } from '#app/wiring.ts'
import { addSeconds } from '#kernel/time.ts'
import { serveWorld, type WorldServer } from '../world/server.ts'
import { createWorld, type World } from '../world/world.ts'
import { attacksOf } from './cases.ts'

const { attack, nothingYet, provedBy, close } = attacksOf('auth')

let world: World
let server: WorldServer
let admin: Record<string, string>
let stan: Record<string, string>
const password = 'a long sentence is best'

beforeAll(async () => {
  world = await createWorld(catalogue)
  server = await serveWorld(world)
  await server.addPerson('ann', 'administrator')
  await server.addPerson('stan', 'stakeholder')
  admin = { ...(await server.signIn('ann')), origin: server.publicUrl }
  stan = { ...(await server.signIn('stan')), origin: server.publicUrl }
  await server.send('POST', '/api/v1/teams', { headers: admin, body: { slug: 'walled', name: 'Walled', membersOnly: true } })
})
// The windows in which refusals are only counted are over when the next test begins.
beforeEach(() => world.clock.set(addSeconds(world.clock.now(), 7200)))
afterAll(async () => {
  await server.close()
  await world.close()
})

const signIn = (email: string, secret: string) => server.send('POST', '/api/v1/session', { body: { email, password: secret } })
type Entry = { type: string; sentence: string; actor: string; position: number }
/** What an auditor reads, newest first. */
const audit = async (query = '') =>
  ((await server.send('GET', `/api/v1/audit${query}`, { headers: admin })).json as { items: Entry[] }).items
const changes = async () => (await world.events()).filter(({ type }) => !type.startsWith('auth.refused')).length

const noOidc = 'people sign in with a password only: there is no OIDC and no SAML'
nothingYet('auth-01', noOidc)
nothingYet('auth-03', noOidc)
provedBy('auth-05', 'web/session.test.ts')
nothingYet('auth-05', noOidc, 'through a provider')
provedBy('auth-09', 'src/platform/http/api.test.ts')
provedBy('auth-11', 'scenarios/access.test.ts')
nothingYet('auth-13', 'there is no second factor and no passkey', 'second factor')
nothingYet('auth-15', 'no chat is connected')

attack('auth-13', 'twenty wrong passwords: none gets in, they are slowed down, and the record says how many there were', async () => {
  const before = await changes()
  const answers = []
  for (let guess = 0; guess < 20; guess++) {
    answers.push((await signIn('ann@example.test', `guess ${guess}`)).status)
    world.clock.set(addSeconds(world.clock.now(), 3))
  }
  expect([...new Set(answers)]).toEqual([401, 429])
  expect(await changes()).toBe(before)
  const entries = await audit('?type=auth.refused&limit=5')
  expect(entries.map(({ sentence }) => sentence.replace(/^.* was/, 'was'))).toEqual(
    expect.arrayContaining(['was refused directory.signIn as ann: wrong password', 'was refused directory.signIn as ann: too many tries']),
  )
  expect(JSON.stringify(await world.events())).not.toMatch(/guess \d/)
})

attack('auth-07', 'an invitation is of one person, gives them no more than they have, and is taken once', async () => {
  const add = { handle: 'bob', name: 'Bob', email: 'bob@corp.test', role: 'responder', invite: true }
  const { json } = await server.send('POST', '/api/v1/users', { headers: admin, body: add })
  const token = (json as { invitation: { link: string } }).invitation.link.split('#')[1]!
  const accept = (body: object) => server.send('POST', '/api/v1/session/password', { body: { token, password, ...body } })
  const people = async () => (await server.send('GET', '/api/v1/users?limit=200', { headers: admin })).json as { items: object[] }
  const before = (await people()).items.length
  expect((await accept({ email: 'mallory@evil.test' })).status).toBe(400)
  expect((await accept({ role: 'administrator' })).status).toBe(400)
  expect((await accept({})).status).toBe(200)
  const [twice, unknown] = [await accept({}), await accept({ token: 'A'.repeat(32) })]
  expect(twice.status).toBe(410)
  expect({ ...(unknown.json as object), reference: '' }).toEqual({ ...(twice.json as object), reference: '' })
  expect((await people()).items).toHaveLength(before)
  expect((await signIn('bob@corp.test', password)).status).toBe(200)
  expect((await server.send('GET', '/api/v1/users/bob', { headers: admin })).json).toMatchObject({ role: 'responder' })
  const entries = await audit('?type=auth.refused&limit=2')
  expect(entries.map(({ sentence }) => sentence)).toEqual([
    'Somebody at 127.0.0.1 was refused directory.setPassword: there is no such link',
    'Somebody at 127.0.0.1 was refused directory.setPassword as Bob: the link was used already',
  ])
  const sent = await server.send('POST', '/api/v1/users/stan/password-link', { headers: admin })
  await server.send('POST', '/api/v1/users/stan/password-link', { headers: admin })
  expect((await accept({ token: (sent.json as { link: string }).link.split('#')[1] })).status).toBe(410)
  expect(JSON.stringify(await world.events())).not.toContain(token)
})

attack('auth-c1', 'an administrator signs in, changes her name and signs out (with her password, for want of passkeys)', async () => {
  const { status, headers } = await signIn('stan@example.test', password)
  expect(status).toBe(200)
  expect(headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-tocsin=/)])
  const own = { ...(await server.signIn('ann')), origin: server.publicUrl }
  expect((await server.send('PATCH', '/api/v1/users/ann', { headers: own, body: { name: 'Ann Other' } })).status).toBe(200)
  expect((await server.send('DELETE', '/api/v1/session', { headers: own })).status).toBe(200)
  expect((await server.send('GET', '/api/v1/me', { headers: own })).status).toBe(401)
})

test('a field that makes one more than one is is refused wherever it is added', async () => {
  for (const [method, path, body, headers] of [
    ['POST', '/session', { email: 'stan@example.test', password, role: 'administrator' }, {}],
    ['POST', '/tokens', { name: 'x', scopes: ['status:read'], userId: 'ann' }, stan],
    ['POST', '/me/password', { current: password, next: `${password} yet`, user: 'ann' }, stan],
    ['POST', '/incidents', { title: 'x', actor: 'ann' }, admin],
  ] as const)
    expect([path, (await server.send(method, `/api/v1${path}`, { headers: { ...headers }, body })).status]).toEqual([path, 400])
})

test.each([
  ['without a session', () => ({}), 'POST', '/teams', 401, /^Somebody at 127\.0\.0\.1 was refused directory\.addTeam: not signed in$/],
  [
    'with a token that is none',
    () => ({ authorization: 'Bearer s3cret-canary' }),
    'GET',
    '/incidents',
    401,
    /^Somebody .* incidents\.list: the API token is not valid$/,
  ],
  ['without the permission', () => stan, 'POST', '/teams', 403, /^stan .* directory\.addTeam: without the permission directory:configure$/],
  [
    "of another team's thing",
    () => stan,
    'GET',
    '/teams/walled',
    404,
    /^stan .* of team walled: there is no such thing, or they may not see it$/,
  ],
  [
    'from another site',
    () => ({ ...stan, origin: 'https://evil.test' }),
    'POST',
    '/tokens',
    403,
    /^stan .* directory\.makeToken: it was asked for from another site$/,
  ],
] as const)('a request %s changes nothing and leaves its trace', async (_, headers, method, path, status, sentence) => {
  const before = await changes()
  const answer = await server.send(method, `/api/v1${path}`, {
    headers: headers(),
    ...(method === 'POST' ? { body: { slug: 'x', name: 'X' } } : {}),
  })
  expect([answer.status, answer.text]).toEqual([status, expect.any(String)])
  expect(await changes()).toBe(before)
  const [newest] = await audit('?limit=1')
  expect(newest).toMatchObject({ type: 'auth.refused', sentence: expect.stringMatching(sentence) })
  expect(JSON.stringify(await world.events())).not.toContain('s3cret-canary')
})

test('what was refused is in a chain that verifies, and only who may audit reads it', async () => {
  const [entry] = await audit('?type=auth.refused&limit=1')
  expect(entry).toBeDefined()
  expect((await server.send('GET', '/api/v1/audit/verify/strangers', { headers: admin })).json).toMatchObject({ intact: true })
  expect((await server.send('GET', '/api/v1/audit', { headers: stan })).status).toBe(403)
})

test('a stolen session does not help to find out the password: each try leaves its trace, and they are slowed down', async () => {
  const guess = (current: string) =>
    server.send('POST', '/api/v1/me/password', { headers: stan, body: { current, next: 'another long sentence' } })
  const before = await changes()
  const answers = []
  for (let time = 0; time < 12; time++) answers.push((await guess(`guess ${time}`)).status)
  expect([...new Set(answers)]).toEqual([403, 429])
  expect(await changes()).toBe(before)
  expect((await audit('?limit=1'))[0]!.sentence).toBe('stan at 127.0.0.1 was refused directory.changePassword: not permitted')
  world.clock.set(addSeconds(world.clock.now(), 120))
  expect((await guess(password)).status).toBe(200)
})

test('a thousand refused requests are a few entries, with how many they were', async () => {
  const before = (await world.events()).length
  for (let time = 0; time < 1000; time++) await server.send('GET', `/api/v1/incidents/${time}`)
  expect((await world.events()).length - before).toBeLessThanOrEqual(21)
  world.clock.set(addSeconds(world.clock.now(), 3600))
  await server.finish()
  expect((await audit('?type=auth.refused-more&limit=1'))[0]!.sentence).toMatch(
    /^Somebody at 127\.0\.0\.1 was refused 9\d\d more requests$/,
  )
})

close()

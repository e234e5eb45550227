// What strangers can do to whom with what is bounded: nobody keeps a person from signing in, or has more than one bound by having many addresses.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogueOf } from '#kernel/slice.ts'
import { directory } from '#domains/directory/index.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { serveWorld, type WorldServer } from '#scenarios/world/server.ts'
import { networkOf } from './caller.ts'

let world: World
let server: WorldServer
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory]))
  server = await serveWorld(world, { trustedProxies: 1 })
  for (const handle of ['mara', 'priya', 'tunde']) await server.addPerson(handle, 'responder')
})
afterAll(async () => {
  await server.close()
  await world.close()
})

const signIn = async (from: string, email: string, password: string) =>
  (await server.send('POST', '/api/v1/session', { headers: { 'x-forwarded-for': from }, body: { email, password } })).status
const rightPassword = 'a long sentence is best'

test('whoever guesses at an account keeps its person from signing in nowhere else', async () => {
  let last = 0
  for (let guess = 0; guess < 12 && last !== 429; guess++) last = await signIn('203.0.113.9', 'mara@example.test', `guess ${guess}`)
  expect(last).toBe(429)
  expect(await signIn('198.51.100.7', 'Mara@example.test', rightPassword)).toBe(200)
})

test('who guesses from many networks is slowed down all the same', async () => {
  const answers = new Set<number>()
  for (let network = 0; network < 105; network++) answers.add(await signIn(`203.0.${network}.1`, 'priya@example.test', 'a guess'))
  expect([...answers]).toEqual([401, 429])
})

test.each([
  ['addresses of one IPv6 network', (guess: number) => `2001:db8:1:2:${guess.toString(16)}::1`],
  ['ports, as some proxies write them', (guess: number) => `203.0.113.77:${50_000 + guess}`],
  ['ports behind an IPv6 address', (guess: number) => `[2001:db8:7:7::${guess.toString(16)}]:443`],
])('many %s are one', async (_, addressOf) => {
  let last = 0
  for (let guess = 0; guess < 35 && last !== 429; guess++) last = await signIn(addressOf(guess), `nobody-${guess}@example.test`, 'a guess')
  expect(last).toBe(429)
})

test('what is no e-mail address is not remembered as one, however long it is', async () => {
  const long = `${'x'.repeat(200_000)}@example.test`
  for (let guess = 0; guess < 12; guess++) expect(await signIn('192.0.2.1', long, 'a guess')).toBe(400)
})

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['whatever a proxy says', 'whatever a proxy says'],
])('%s is of the network %s', (address, network) => expect(networkOf(address)).toBe(network))

// What strangers and people can make the record grow by, and that what is refused is always told of.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { anonymous, type Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { addSeconds } from '#kernel/time.ts'
import { directory } from '#domains/directory/index.ts'
import { record } from '#platform/record/slice.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { createRefusals, type Refusals, type Refused } from './refusals.ts'

let world: World
let mara: Extract<Actor, { kind: 'user' }>
let refusals: Refusals
let before: number

beforeAll(async () => {
  world = await createWorld(catalogueOf([record, directory]))
  mara = await world.person('mara')
})
afterAll(() => world.close())
beforeEach(async () => {
  refusals = createRefusals(world.engine)
  before = (await world.events()).length
})

const later = (seconds: number) => world.clock.set(addSeconds(world.clock.now(), seconds))
const written = async () => (await world.events()).slice(before).map(({ type, data }) => [type, (data as { times?: number }).times ?? 1])
const stranger = (change: Partial<Refused> = {}): Refused => ({
  actor: anonymous,
  operation: 'incidents.list',
  target: {},
  address: '203.0.113.9',
  reason: 'not signed in',
  ...change,
})
const by = (actor: Actor, incident: string): Refused => ({ ...stranger({ actor, reason: 'no' }), target: { incident } })

test('the first is written at once; the same again is counted, and told of when a minute is over', async () => {
  for (let time = 0; time < 100; time++) await refusals.note(stranger())
  expect(await written()).toEqual([['auth.refused', 1]])
  await refusals.settle()
  expect((await written()).length).toBe(1)
  later(60)
  await refusals.settle()
  expect(await written()).toEqual([
    ['auth.refused', 1],
    ['auth.refused-more', 99],
  ])
})

test('who goes on for a day is heard of less and less often, and every request is counted', async () => {
  for (let minute = 0; minute < 1440; minute++) {
    for (let time = 0; time < 6; time++) await refusals.note(by(mara, '17'))
    later(60)
    await refusals.settle()
  }
  await refusals.settle({ everything: true })
  const all = await written()
  expect(all.reduce((sum, [, times]) => sum + (times as number), 0)).toBe(6 * 1440)
  expect(all.length).toBeLessThan(70)
})

test('a person who tries everything writes a few, and the rest as a number, from however many addresses', async () => {
  for (let hour = 0; hour < 24; hour++) {
    for (let time = 0; time < 200; time++)
      await refusals.note({ ...by(mara, `${hour}-${time}`), address: `2001:db8::${hour.toString(16)}:${time.toString(16)}` })
    later(3600)
    await refusals.settle()
  }
  await refusals.settle({ everything: true })
  const all = await written()
  expect(all.length).toBeLessThanOrEqual(24 * 21)
  expect(all.reduce((sum, [, times]) => sum + (times as number), 0)).toBe(24 * 200)
})

test('strangers at any number of addresses have one budget together, and hide nothing that a person tries', async () => {
  for (let time = 0; time < 3000; time++) await refusals.note(stranger({ address: `203.0.${time >> 8}.${time & 255}` }))
  expect((await written()).length).toBe(200)
  await refusals.note(by(mara, '17'))
  expect((await written()).length).toBe(201)
  later(60)
  await refusals.settle()
  later(120)
  await refusals.settle()
  const all = await written()
  expect(all.length).toBeLessThan(201 + 50)
  expect(all.reduce((sum, [, times]) => sum + (times as number), 0)).toBe(3001)
})

test('who knocks with keys that nobody has, from any number of addresses, hides nothing of who tries to sign in', async () => {
  for (let time = 0; time < 3000; time++)
    await refusals.note(stranger({ operation: 'POST /in/{key}', address: `203.0.${time >> 8}.${time & 255}` }))
  const account = { account: 'x', find: async () => ({ userId: mara.userId, reason: 'wrong password' }), tellsWhy: true }
  const tried = stranger({ operation: 'directory.signIn', address: '198.51.100.7', signIn: account })
  await refusals.note(tried)
  await refusals.note(tried)
  await refusals.settle({ everything: true })
  const refused = (await world.events()).slice(before)
  expect(refused.filter(({ type }) => type === 'auth.refused').length).toBe(201)
  const ofTheOne = refused.filter(({ data }) => (data as { address: string }).address === '198.51.100.7')
  expect(ofTheOne.map(({ type, data }) => [type, (data as { userId: string }).userId])).toEqual([
    ['auth.refused', mara.userId],
    ['auth.refused-more', mara.userId],
  ])
})

test('what was counted is not lost when the node stops', async () => {
  for (let time = 0; time < 7; time++) await refusals.note(by(mara, '17'))
  await refusals.settle({ everything: true })
  expect(await written()).toEqual([
    ['auth.refused', 1],
    ['auth.refused-more', 6],
  ])
})

test('it reads as sentences with names', async () => {
  const account = { account: 'x', find: async () => ({ userId: mara.userId, reason: 'wrong password' }), tellsWhy: true }
  await refusals.note(by({ ...mara, kind: 'token', tokenId: `tok_${'0'.repeat(26)}` } as Actor, mara.userId))
  await refusals.note(stranger())
  await refusals.note(stranger({ operation: 'directory.signIn', signIn: account }))
  await refusals.note(stranger({ operation: 'directory.signIn', signIn: account }))
  await refusals.settle({ everything: true })
  const events = (await world.events()).slice(before)
  const described = await world.engine.transact(mara, ({ scope, describe }) => describe(scope, events))
  expect(described.map(({ sentence }) => sentence)).toEqual([
    'Mara at 203.0.113.9 was refused incidents.list of incident Mara: no',
    'Somebody at 203.0.113.9 was refused incidents.list: not signed in',
    'Somebody at 203.0.113.9 was refused directory.signIn as Mara: wrong password',
    'Somebody at 203.0.113.9 was refused 1 more request',
  ])
})

import { beforeEach, expect, test } from 'vitest'
import type { PageAnswer } from '#kernel/page.ts'
import { addSeconds, instant } from '#kernel/time.ts'
import { createLive } from '../events/live.ts'
import { createSharedAnswers } from './shared-answers.ts'

let now = instant('2026-11-30T12:00:00Z')
let live = createLive()
let made = 0
let answers: ReturnType<typeof createSharedAnswers>
beforeEach(() => {
  live = createLive()
  made = 0
  answers = createSharedAnswers({ now: () => now }, live)
})

const make = (more: Partial<PageAnswer> = {}) => Promise.resolve({ status: 200, body: `made ${++made}`, cacheSeconds: 30, ...more })
const ask = async (path = '/s/shop', how: () => Promise<PageAnswer> = make) => (await answers(path, ['update'], how)).body

test('who asks at the same moment, and until it is old, gets the same answer', async () => {
  expect(await Promise.all([ask(), ask()])).toEqual(['made 1', 'made 1'])
  now = addSeconds(now, 29)
  expect(await ask()).toBe('made 1')
  expect(await ask('/s/office')).toBe('made 2')
  now = addSeconds(now, 1)
  expect(await ask()).toBe('made 3')
})

test('it is made anew when something happened that it shows, or may have, and not for anything else', async () => {
  await ask()
  live.publish(['alert', 'int_1'])
  expect(await ask()).toBe('made 1')
  live.publish(['update', 'inc_1'])
  expect(await ask()).toBe('made 2')
  live.publish(['*'])
  expect(await ask()).toBe('made 3')
})

test('what was being made when something happened is given to nobody who asks afterwards', async () => {
  const slow = Promise.withResolvers<PageAnswer>()
  const before = ask('/s/shop', () => slow.promise)
  live.publish(['update'])
  const after = ask()
  slow.resolve({ status: 200, body: 'old', cacheSeconds: 30 })
  expect([await before, await after, await ask()]).toEqual(['old', 'made 1', 'made 1'])
})

test('a failure, and what nobody may keep, is asked for again', async () => {
  const fails = () => Promise.reject(new Error('away'))
  await expect(Promise.allSettled([ask('/s/shop', fails), ask()])).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  expect(await ask('/s/shop', () => Promise.resolve({ status: 404, body: 'nothing here' }))).toBe('nothing here')
  expect(await ask()).toBe('made 1')
})

test('a clock that is set back keeps nothing for longer', async () => {
  await ask()
  now = addSeconds(now, -3600)
  expect(await ask()).toBe('made 2')
})

test('so many are kept, and the oldest go', async () => {
  for (let n = 0; n <= 500; n++) await ask(`/s/${n}`)
  expect(await ask('/s/1')).toBe('made 2')
  expect(await ask('/s/0')).toBe('made 502')
})

test('whoever asks for many pages that are not there drives nobody out', async () => {
  await ask()
  const never = new Promise<PageAnswer>(() => {})
  for (let n = 0; n <= 500; n++) void answers(`/s/none-${n}`, ['update'], () => never)
  expect(await ask()).toBe('made 1')
})

import { expect, test } from 'vitest'
import { mostLookedAt, walk } from './recipients.ts'
import type { Follower } from './subscriber-store.ts'

const follower = (n: number, more: Partial<Follower> = {}): Follower => ({
  id: `sub_${n}`,
  addressHash: String(n).padStart(6, '0'),
  isNoted: false,
  isBusy: false,
  ...more,
})
const followers = (count: number) => Array.from({ length: count }, (_, n) => follower(n))

test('tells so many, and goes on behind the last of them', () => {
  expect(walk(followers(10), '', 3)).toEqual({ now: ['sub_0', 'sub_1', 'sub_2'], others: false, after: '000002', isEnd: false })
  expect(walk(followers(3), '', 3)).toMatchObject({ after: '000002', isEnd: true })
  expect(walk(followers(3), '', 0)).toMatchObject({ now: [], after: '', isEnd: false })
})

test('passes who is noted, and who waits for the update before, and says that somebody waits', () => {
  const looked = [follower(0, { isNoted: true }), follower(1, { isBusy: true }), follower(2), follower(3, { isNoted: true, isBusy: true })]
  expect(walk(looked, '', 5)).toEqual({ now: ['sub_2'], others: true, after: '000003', isEnd: true })
  expect(walk([follower(3, { isNoted: true, isBusy: true })], '', 5)).toMatchObject({ others: false })
})

test('tells an address that follows several pages once, wherever the part that is looked at ends', () => {
  const twice = [follower(0), follower(0, { id: 'sub_other' }), follower(1)]
  expect(walk(twice, '', 5).now).toEqual(['sub_0', 'sub_1'])
  expect(walk(twice, '', 1)).toMatchObject({ now: ['sub_0'], after: '000000' })
})

test('is not at its end while there may be more', () => {
  expect(walk(followers(mostLookedAt), '', mostLookedAt)).toMatchObject({ isEnd: false })
  expect(walk([], 'ffffff', 5)).toEqual({ now: [], others: false, after: 'ffffff', isEnd: true })
})

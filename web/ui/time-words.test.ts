// Promises of time words: what a reader sees for a moment or a length.
import { describe, expect, test } from 'vitest'
import { absoluteTime, clockDigits, durationWords, nowBeside, relativeTime, zoneName, zoneOffset } from './time-words.ts'

const at = (text: string) => Date.parse(text)
const zone = 'Europe/Berlin'
const now = at('2026-11-23T13:41:00Z')

describe('clock digits', () => {
  test.each([
    [8, '0:08'],
    [3599, '59:59'],
    [4868, '1:21:08'],
    [-130, '−2:10'],
    [187200, '2 d 4 h'],
  ])('%d s reads %s', (seconds, words) => expect(clockDigits(seconds)).toBe(words))
})

describe('durations', () => {
  test.each([
    [0.4, '0.4 s'],
    [47, '47 s'],
    [72, '1 min'],
    [7800, '2 h 10 min'],
    [3600, '1 h'],
    [273600, '3 d 4 h'],
  ])('%d s is %s', (seconds, words) => expect(durationWords(seconds)).toBe(words))
  test('exact ones keep the seconds', () => expect(durationWords(72, true)).toBe('1 min 12 s'))
})

describe('absolute times', () => {
  test.each([
    ['2026-11-23T13:02:00Z', '14:02 CET'],
    ['2026-11-24T08:00:00Z', 'tomorrow 09:00 CET'],
    ['2026-11-22T23:30:00Z', '00:30 CET'],
    ['2026-11-25T08:00:00Z', 'Wed 25 Nov, 09:00 CET'],
    ['2025-07-03T07:00:00Z', '3 Jul 2025, 09:00 CEST'],
  ])('%s reads %s', (text, words) => expect(absoluteTime(at(text), { zone, nowMs: now })).toBe(words))
})

test('relative times end at 24 h', () => {
  expect(relativeTime(now - 39 * 60000, now)).toBe('39 min ago')
  expect(relativeTime(now + 252000, now)).toBe('in 4 min')
  expect(relativeTime(now + 86400000, now)).toBeUndefined()
})

test('a zone is named by its letters, or by its offset where it has none', () => {
  expect(zoneName(now, 'America/New_York')).toBe('EST')
  expect(zoneName(now, 'Asia/Tokyo')).toBe('UTC+9')
  expect(zoneOffset(now, 'America/St_Johns')).toBe('UTC−3:30')
  expect(zoneName(now, 'UTC')).toBe('UTC')
})

describe('how far away a moment is', () => {
  test.each([
    ['what has just happened', '13:41:07.900', '13:41:08', 'now'],
    ['what happened a moment ago', '13:41:02', '13:41:09', '7 s ago'],
    ['what comes in a moment', '13:41:20', '13:41:09', 'in 11 s'],
    ['what happened long ago', '13:01:59', '13:41:58', '39 min ago'],
  ])('%s', (_, moment, clock, words) => {
    const [atMs, nowMs] = [at(`2026-11-23T${moment}Z`), at(`2026-11-23T${clock}Z`)]
    expect(relativeTime(atMs, nowBeside(atMs, nowMs))).toBe(words)
  })
  test('at no moment is it told to come when it is past', () => {
    for (let after = 0; after < 100_000; after += 130) expect(relativeTime(now, nowBeside(now, now + after))).not.toMatch(/^in /)
  })
})

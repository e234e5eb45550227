import { describe, expect, test } from 'vitest'
import { addSeconds, instant } from '#kernel/time.ts'
import { calmAt, isStorm, mostSingly, nextSummaryAt, windowSeconds } from './storm.ts'

const now = instant('2026-11-23T02:12:00Z')
const ago = (...seconds: number[]) => seconds.map((second) => addSeconds(now, -second))

describe('a storm', () => {
  test.each([
    ['nobody was paged yet', [], false],
    ['four within a minute', ago(40, 30, 20, 10), false],
    ['five within a minute', ago(50, 40, 30, 20, 10), true],
    ['five at this moment', ago(0, 0, 0, 0, 0), true],
    ['the fifth to last a little less than a minute ago', ago(59.999, 40, 30, 20, 10), true],
    ['the fifth to last a minute ago', ago(60, 40, 30, 20, 10), false],
    ['a node whose clock is ahead noted some', ago(-20, -20, -21, -22, -23), true],
  ])('%s: %s', (_, recent, expected) => expect(isStorm(recent, now)).toBe(expected))

  test('is over a minute after the fifth to last, unless another comes', () => {
    expect([calmAt(ago(9, 8, 7)), calmAt(ago(50, 40, 30, 20, 10))]).toEqual([undefined, addSeconds(now, 10)])
  })
  test('leaves growing pauses between summaries, a minute at most', () => {
    expect([1, 2, 3, 4, 5, 99].map((sent) => nextSummaryAt(now, sent))).toEqual([5, 15, 30, 60, 60, 60].map((s) => addSeconds(now, s)))
  })
  test('begins after five pages in a minute', () => expect([mostSingly, windowSeconds]).toEqual([5, 60]))
})

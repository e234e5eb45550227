import { describe, expect, test } from 'vitest'
import { healthySeconds, isWell, lookedAt, openDiary, type Span } from './diary.ts'
import { lateAnswers } from './late.ts'

const nodes = ['one', 'two']
const second = (n: number) => 1_000_000 + n * 1000
const span = (kind: Span['kind'], place: Span['place'], node: string, from: number, to: number): Span => ({
  kind,
  place,
  node,
  from: second(from),
  to: second(to),
})
const diaryOf = (...spans: Span[]) => ({ ...openDiary(), spans })

describe('what may be expected of a node', () => {
  const diary = diaryOf(
    span('node hung', 'node', 'one', 10, 20),
    span('mail cut', 'way to the mail server', 'two', 0, 100),
    span('database restarted', 'database', '', 40, 41),
  )

  test('nothing while something touches it, and shortly after', () => {
    expect([9, 15, 22, 24].map((at) => isWell(diary, 'one', second(at)))).toEqual([true, false, false, true])
    expect([15, 40, 43, 45].map((at) => isWell(diary, 'two', second(at)))).toEqual([true, false, false, true])
  })

  test('time is healthy while one of them is well', () => {
    expect(healthySeconds(diary, nodes, second(0), second(30))).toBeCloseTo(30)
    expect(healthySeconds(diary, nodes, second(0), second(30), 'two')).toBeCloseTo(17, 0)
    expect(healthySeconds(diary, nodes, second(38), second(50))).toBeCloseTo(8, 0)
  })

  test('whoever stood still may have looked before', () => {
    expect(lookedAt(diary, 'one', second(20.5))).toBe(second(8))
    expect(lookedAt(diary, 'two', second(20.5))).toBe(second(18.5))
  })

  test('an answer of a node that is well, and of no other', () => {
    const tryAt = (node: string, began: number, status: number) => ({
      node,
      what: 'fire',
      began: second(began),
      ended: second(began + 5),
      status,
    })
    const tries = [tryAt('one', 12, 0), tryAt('two', 12, 503), tryAt('two', 30, 202)]
    expect(lateAnswers(tries, diary)).toMatchObject([{ invariant: 'liveness', sentence: expect.stringContaining('node two was well') }])
  })
})

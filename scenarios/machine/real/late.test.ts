import { describe, expect, test } from 'vitest'
import { nothingSeen } from '../record.ts'
import { healthySeconds, isWell, lookedAt, openDiary, type Span } from './diary.ts'
import type { Evidence } from './evidence.ts'
import { lateAnswers, takeovers } from './late.ts'
import type { Claim } from './watch.ts'

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

describe('a takeover', () => {
  const claim = (at: number, who: string, was: string | null, owner: string | null): Claim => ({
    at: new Date(second(at)),
    who,
    job: 7,
    kind: 'effect',
    was,
    owner,
  })
  const evidence = (...claims: Claim[]): Evidence => ({
    seen: nothingSeen(() => true),
    commits: [],
    timeOf: () => 0,
    claims,
    entered: [
      { at: new Date(second(0)), who: 'one', id: 'nod_1' },
      { at: new Date(second(0)), who: 'two', id: 'nod_2' },
    ],
  })
  const killed = diaryOf(span('node killed', 'node', 'one', 10, 14))

  test('is measured from the fault to the next claim of what the node held', () => {
    const freed = [claim(9, 'one', null, 'nod_1'), claim(10.4, 'two', 'nod_1', null), claim(10.5, 'two', null, 'nod_2')]
    expect(takeovers(evidence(...freed), killed, nodes)).toEqual([{ kind: 'node killed', node: 'one', at: second(10), seconds: 0.5 }])
  })

  test('is none when the node had ended its work, or ends it itself', () => {
    expect(takeovers(evidence(claim(9, 'one', null, 'nod_1'), claim(9.5, 'one', 'nod_1', 'done')), killed, nodes)).toEqual([])
    const hung = diaryOf(span('node hung', 'node', 'one', 10, 12))
    expect(takeovers(evidence(claim(9, 'one', null, 'nod_1'), claim(12, 'one', 'nod_1', 'done')), hung, nodes)).toEqual([])
  })

  test('counts only where another node was well meanwhile', () => {
    const taken = [claim(9, 'one', null, 'nod_1'), claim(18, 'two', null, 'nod_2')]
    const both = diaryOf(span('node killed', 'node', 'one', 10, 14), span('database silent', 'way to the database', 'two', 9, 14))
    expect(takeovers(evidence(...taken), both, nodes)).toEqual([])
  })
})

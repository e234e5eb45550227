import { describe, expect, test } from 'vitest'
import type { Decision } from '#kernel/process.ts'
import { addSeconds, instant } from '#kernel/time.ts'
import { summaryIdOf } from './reach-state.ts'
import { decideSummaries, type SummariesFacts, type SummariesState } from './summaries-decision.ts'

const t0 = instant('2026-11-23T02:12:00Z')
const at = (seconds: number) => addSeconds(t0, seconds)
const userId = 'usr_01k3v0v5b8e6w9d2m4q7r1s5t8' as const
const calm: SummariesState = { userId, sent: 0, opened: null, storm: null }
const after = (sent: number, nextAt: number): SummariesState => ({ userId, sent, opened: null, storm: { sent, nextAt: at(nextAt) } })
const entry = (n: number) => ({
  reachKey: `k${n}`,
  userId,
  pageId: 'pag_01k3v0v5b8e6w9d2m4q7r1s5t9' as const,
  groupId: null,
  severity: 'error',
  title: `Error: ${n}`,
  service: '',
  summaryId: null,
  leftWhy: null,
})
/** So many wait, and the last five pages came at these seconds. */
const facts = (waiting: number, ...seconds: number[]): SummariesFacts => ({
  waiting: Array.from({ length: waiting }, (_, n) => entry(n + 1)),
  recent: seconds.map(at),
})
const decide = (state: SummariesState, seconds: number, given: SummariesFacts) =>
  decideSummaries(state, { type: 'woke' }, at(seconds), given)
const told = ({ tell }: Decision<SummariesState>) => (tell ?? []).map(({ key, input }) => [key, (input as { title: string }).title])

describe('the summaries of a person', () => {
  test.each([
    ['the first of a storm waits half a second for others', calm, 0, facts(1, 0, 0, 0, 0, 0), 0, 0.5, '1 page waits for the next summary'],
    [
      'then it goes out, and looks again when it may be calm',
      after(0, 0.5),
      0.5,
      facts(3, 0, 0, 0, 0, 0.2),
      1,
      60,
      '3 pages in one summary; the next one in 5 s at the earliest',
    ],
    ['what comes next waits for its time', after(1, 5.5), 2, facts(1, 0, 0, 0, 0, 2), 0, 5.5, '1 page waits for the next summary'],
    [
      'and goes out then',
      after(1, 5.5),
      5.5,
      facts(2, 0, 0, 0, 2, 3),
      1,
      60,
      '2 pages in one summary; the next one in 15 s at the earliest',
    ],
    [
      'after a pause that was long enough, at once',
      after(3, 40),
      45,
      facts(1, 20, 30, 35, 40, 45),
      1,
      80,
      '1 page in one summary; the next one in 60 s at the earliest',
    ],
    [
      'what waits goes out when the storm is over, before its time',
      after(4, 110),
      70,
      facts(1, 10, 12, 14, 16, 50),
      1,
      70,
      '1 page in one summary; the next one in 60 s at the earliest',
    ],
    [
      'with nothing waiting it looks again when it may be calm',
      after(1, 5.5),
      5.5,
      facts(0, 0, 0, 0, 0, 1),
      0,
      60,
      'nothing waits, and the storm may go on',
    ],
    ['calm again, it waits for nothing', after(4, 110), 60, facts(0, 0, 0, 0, 0, 1), 0, undefined, 'nothing waits'],
    ['what was answered meanwhile needs none', calm, 0, facts(0, 0, 0, 0, 0, 0), 0, undefined, 'nothing waits'],
  ] as const)('%s', (_, state, seconds, given, sent, wakeAt, reason) => {
    const decision = decide(state, seconds, given)
    expect([told(decision).length, decision.wakeAt, decision.reason, decision.ended]).toEqual([
      sent,
      wakeAt === undefined ? undefined : at(wakeAt),
      reason.replace('60 s', '1 min'),
      undefined,
    ])
  })

  test('each has a key of its own, the same whenever it is decided again', () => {
    const first = decide(after(0, 0), 0, facts(2, 0, 0, 0, 0, 0))
    expect(told(first)).toEqual([[`summary/${summaryIdOf(userId, 1)}`, 'Summary of 2 pages']])
    expect(first.state.opened).toBe(summaryIdOf(userId, 1))
    expect(told(decide(first.state, 5, facts(1, 0, 0, 0, 0, 0)))[0]![0]).toBe(`summary/${summaryIdOf(userId, 2)}`)
  })

  test('a new storm begins with a short pause again', () => {
    const over = decide(after(9, 200), 300, facts(0, 100, 101, 102, 103, 104))
    expect(over.state.storm).toBeNull()
    expect(decide(over.state, 400, facts(1, 400, 400, 400, 400, 400)).wakeAt).toEqual(at(400.5))
  })
})

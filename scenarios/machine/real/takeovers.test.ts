import { describe, expect, test } from 'vitest'
import { nothingSeen } from '../record.ts'
import { openDiary, type Span } from './diary.ts'
import type { Evidence } from './evidence.ts'
import type { LosingKind } from './fault-kinds.ts'
import type { Loss } from './losses.ts'
import { takeovers } from './takeovers.ts'
import type { Claim } from './watch.ts'

const nodes = ['one', 'two']
const second = (n: number) => 1_000_000 + n * 1000
const span = (kind: LosingKind, place: Span['place'], node: string, from: number, to: number): Span => ({
  kind,
  place,
  node,
  from: second(from),
  to: second(to),
})
const diaryOf = (...spans: Span[]) => ({ ...openDiary(), spans })
const claim = (at: number, who: string, was: string | null, owner: string | null, job = 7): Claim => ({
  at: new Date(second(at)),
  who,
  job,
  kind: 'effect',
  was,
  owner,
})
const evidence = (...claims: Claim[]): Evidence => ({
  seen: nothingSeen(() => true),
  commits: [],
  timeOf: () => 0,
  updateMails: [],
  claims,
  entered: [
    { at: new Date(second(0)), who: 'one', id: 'nod_1' },
    { at: new Date(second(0)), who: 'two', id: 'nod_2' },
  ],
})
const adopted = claim(9, 'one', null, 'nod_1')

describe('a takeover at the end of a run', () => {
  const lost = (to: number, lateSeconds = 0): Loss[] => [
    { kind: 'database silent', node: 'one', from: second(10), to: second(to), lateSeconds },
  ]
  const of = (losses: Loss[], ...claims: Claim[]) => {
    const { measured, wrong } = takeovers(evidence(...claims), diaryOf(), nodes, losses)
    return { measured, wrong: wrong.filter(({ invariant }) => invariant !== 'machine').map(({ sentence }) => sentence) }
  }
  const takenAt = (at: number, job = 7) => [claim(at - 0.1, 'two', null, 'nod_2', job), claim(at, 'two', 'nod_2', 'done', job)]

  test('is measured from the loss until the last of what the node held was done by another', () => {
    const { measured, wrong } = of(lost(20), adopted, claim(9.5, 'one', null, 'nod_1', 8), ...takenAt(11), ...takenAt(13, 8))
    expect(measured).toEqual([{ kind: 'database silent', node: 'one', at: second(10), jobs: 2, seconds: 3 }])
    expect(wrong).toEqual([])
  })

  test('is too late after five seconds, but for what this machine itself was late', () => {
    expect(of(lost(20), adopted, ...takenAt(15.2)).wrong).toEqual([expect.stringContaining('done by others after 5.2 s')])
    expect(of(lost(20, 0.3), adopted, ...takenAt(15.2)).wrong).toEqual([])
  })

  test('has not happened when the work was begun and not done, or done by nobody before the node came back', () => {
    const notDone = [expect.stringContaining('was not done by another within 10.0 s: job 7')]
    expect(of(lost(20), adopted, claim(12, 'two', null, 'nod_2')).wrong).toEqual(notDone)
    expect(of(lost(20), adopted, claim(20.5, 'one', 'nod_1', 'done')).wrong).toEqual(notDone)
  })

  test('is asked for what reached the database after the loss too, and not for what the node has ended all the same', () => {
    const { measured, wrong } = of(lost(20), claim(10.2, 'one', null, 'nod_1'), ...takenAt(16))
    expect([measured.length, wrong.length]).toEqual([1, 1])
    expect(of(lost(20), adopted, claim(10.1, 'one', 'nod_1', 'done'))).toEqual({ measured: [], wrong: [] })
  })

  test('a kind of which none was measured is said', () => {
    const { wrong } = takeovers(evidence(adopted, ...takenAt(12)), diaryOf(), nodes, lost(20))
    expect(wrong.map(({ sentence }) => sentence)).toEqual([
      'no takeover was measured: node killed',
      'no takeover was measured: node hung',
      'no takeover was measured: database cut',
      'no takeover was measured: database silent in one direction',
    ])
  })
})

describe('a takeover among other faults', () => {
  const among = (spans: Span[], ...claims: Claim[]) => takeovers(evidence(...claims), diaryOf(...spans), nodes, []).amongFaults
  const killed = span('node killed', 'node', 'one', 10, 14)

  test('is measured from the fault to the claim of what the node held, however it came to hold it', () => {
    const freed = [adopted, claim(10.4, 'two', 'nod_1', null), claim(10.5, 'two', null, 'nod_2')]
    expect(among([killed], ...freed)).toEqual([{ kind: 'node killed', node: 'one', at: second(10), jobs: 1, seconds: 0.5 }])
  })

  test('is none when the node had ended its work, or ends it itself', () => {
    expect(among([killed], adopted, claim(9.5, 'one', 'nod_1', 'done'))).toEqual([])
    expect(among([span('node hung', 'node', 'one', 10, 12)], adopted, claim(12, 'one', 'nod_1', 'done'))).toEqual([])
  })

  test('counts only where another node was well meanwhile', () => {
    const both = [killed, span('database silent', 'way to the database', 'two', 9, 14)]
    expect(among(both, adopted, claim(18, 'two', null, 'nod_2'))).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import type { EffectOutcome } from '#kernel/effect.ts'
import type { Decision } from '#kernel/process.ts'
import { addSeconds, instant, type Instant } from '#kernel/time.ts'
import { Runbook } from './definition.ts'
import { decide } from './run.ts'
import { tagOf, type RunInput, type RunState } from './run-state.ts'

const now = instant('2026-11-23T14:00:00Z')
const ana = 'usr_0000000000000000000000000a' as const
const ben = 'usr_0000000000000000000000000b' as const
const yes = { id: 'yes', text: 'Yes', consequence: 'goes on' }
const no = { id: 'no', text: 'No', consequence: 'ends it', goto: 'end' }
const ask = {
  id: 'a',
  name: 'Sure?',
  ask: {
    question: 'Sure?',
    who: [{ role: 'commander' }],
    answers: [yes, no],
    askAlso: { after: '3 min', who: [{ user: 'ben' }] },
    timeout: { after: '8 min', answer: 'no' },
  },
}
const approve = { id: 'p', name: 'Approve', approve: { danger: 'It restarts {{ inputs.service }}.', quorum: 2 } }
const change = {
  id: 'c',
  name: 'Restart',
  http: { method: 'POST', url: 'https://x.example/{{ inputs.service | url_encode }}', danger: 'changes', extract: { job: '/job' } },
}
const wait = { id: 'w', name: 'Wait', wait: { for: '5 min' } }

/** A run that is moved by hand: `is` is where it stands, `go` lets it decide until it waits. */
function drive(steps: object[], more: object = {}) {
  const runbook = Runbook.parse({
    slug: 'x',
    name: 'X',
    inputs: [{ name: 'service', label: 'S' }],
    sections: [{ name: 'A', steps }],
    ...more,
  })
  const facts = { runbook, incident: { id: 'inc_1' }, addresses: {}, isAnswered: false }
  let state: RunState = { phase: 'not-begun' }
  let last: Decision<RunState> = { state, reason: '' }
  const reasons: string[] = []
  const give = (input: Parameters<typeof decide>[1], at: Instant = now, told = facts): Decision<RunState> => {
    last = decide(state, input, at, told)
    state = last.state
    reasons.push(last.reason)
    return last
  }
  const go = (at: Instant = now) => {
    while (state.phase === 'moving') give({ type: 'woke' }, at)
    return last
  }
  const back = (outcome: object | 'unknown') => {
    if (state.phase !== 'calling') throw new Error(`it is ${state.phase}`)
    const tag = tagOf(state)
    give({
      type: 'effect',
      result: (outcome === 'unknown'
        ? { type: 'unknown', tag, reason: 'the node stopped' }
        : { type: 'done', tag, outcome }) as EffectOutcome,
    })
    return go()
  }
  const progress = {
    runId: 'run_1' as never,
    runbookId: 'rbk_1' as never,
    version: 1,
    incidentId: 'inc_1',
    starter: null,
    inputs: { service: 'pay' },
    values: {},
    answers: {},
    approved: {},
    seq: 0,
    ended: null,
  }
  give({ type: 'start', progress })
  go()
  return {
    give,
    go,
    back,
    reasons,
    facts,
    is: () => state as Exclude<RunState, { phase: 'not-begun' }>,
    last: () => last,
    seq: () => (state as { seq: number }).seq,
  }
}
const ok = { result: 'answered', ok: true, code: 200, reason: 'answered 200', output: '{"job":7}', extracted: { job: 7 } }
const bad = { result: 'answered', ok: false, code: 500, reason: 'it answered 500', output: 'x', extracted: {} }

describe('a question', () => {
  test('waits with its timers, asks others, then takes the default', () => {
    const run = drive([ask])
    expect(run.is()).toMatchObject({
      phase: 'asking',
      step: 'a',
      pending: { question: 'Sure?', atEnd: 'the answer is taken to be ‘No’: ends it' },
    })
    expect(run.last().wakeAt).toBe(addSeconds(now, 180))
    run.give({ type: 'woke' }, addSeconds(now, 180))
    expect(run.is()).toMatchObject({ pending: { who: [{ role: 'commander' }, { user: 'ben' }], alsoAt: null } })
    expect(run.last().wakeAt).toBe(addSeconds(now, 480))
    run.give({ type: 'woke' }, addSeconds(now, 480))
    run.go()
    expect(run.is()).toMatchObject({ phase: 'ended', outcome: 'done', answers: { a: 'no' } })
    expect(run.reasons).toContain('nobody answered in time, so it is taken to be ‘No’: ends it')
  })
  test('goes where its answer leads; a second answer changes nothing', () => {
    const run = drive([ask, wait])
    const seq = run.seq()
    run.give({ type: 'answered', seq, answer: 'yes', by: ana })
    run.go()
    expect(run.is()).toMatchObject({ phase: 'waiting', step: 'w', answers: { a: 'yes' } })
    expect(run.give({ type: 'answered', seq, answer: 'no', by: ben }).reason).toBe('answered too late: nothing waits for that answer')
    expect(run.is()).toMatchObject({ phase: 'waiting', answers: { a: 'yes' } })
  })
  test('a timer does not overtake an answer that is already recorded', () => {
    const run = drive([ask])
    const late = run.give({ type: 'woke' }, addSeconds(now, 480), { ...run.facts, isAnswered: true })
    expect(late).toMatchObject({ reason: 'an answer has just come', state: { phase: 'asking' } })
    expect(late.wakeAt).toBeUndefined()
  })
})

describe('an approval', () => {
  const approved = () => {
    const run = drive([approve, change])
    run.give({ type: 'approved', seq: run.seq(), by: ana })
    run.give({ type: 'approved', seq: run.seq(), by: ben })
    return run
  }
  test('shows exactly what will be sent, and needs its number of different people', () => {
    const run = drive([approve, change])
    expect(run.is()).toMatchObject({ phase: 'approving', target: 'c', preview: 'POST https://x.example/pay', danger: 'It restarts pay.' })
    run.give({ type: 'approved', seq: run.seq(), by: ana })
    expect(run.give({ type: 'approved', seq: run.seq(), by: ana }).reason).toBe('1 of 2 approved ‘Restart’')
    run.give({ type: 'approved', seq: run.seq(), by: ben })
    run.go()
    expect(run.last()).toMatchObject({ reason: '‘Restart’ runs, as it was approved', effects: [{ effect: 'runbooks.change-outside' }] })
    run.back(ok)
    expect(run.is()).toMatchObject({ phase: 'ended', outcome: 'done', values: { c: { status: 'done', code: 200, job: 7 } }, approved: {} })
  })
  test('is asked again when the step is not what was approved any more', () => {
    const run = approved()
    const state = run.is()
    const other = decide({ ...state, inputs: { service: 'shop' } } as RunState, { type: 'woke' }, now, run.facts)
    expect(other).toMatchObject({
      reason: '‘Restart’ is not what was approved any more, so it is asked again',
      state: { phase: 'moving', to: 'p' },
    })
    expect(other.effects).toBeUndefined()
  })
  test('cannot be skipped: without it the step does not run', () => {
    const run = drive([approve, change])
    run.give({ type: 'skip', seq: run.seq(), by: ana, reason: 'no time' })
    run.go()
    expect(run.is()).toMatchObject({ phase: 'approving', target: 'c' })
    expect(run.reasons).toContain('‘Restart’ has no approval, so it is asked for')
  })
  test('refused, the run goes where the refusal leads', () => {
    const run = drive([approve, change])
    run.give({ type: 'refused', seq: run.seq(), by: ana, reason: 'not now' })
    run.go()
    expect(run.is()).toMatchObject({ phase: 'ended', outcome: 'done', ended: { step: 'p', status: 'failed' } })
  })
  test('is used up: the second time round it is asked again', () => {
    const again = { id: 'q', name: 'Again?', ask: { question: 'Again?', answers: [{ ...yes, goto: 'c' }] } }
    const run = drive([approve, change, again])
    run.give({ type: 'approved', seq: run.seq(), by: ana })
    run.give({ type: 'approved', seq: run.seq(), by: ben })
    run.go()
    run.back(ok)
    run.give({ type: 'answered', seq: run.seq(), answer: 'yes', by: ana })
    run.go()
    expect(run.is()).toMatchObject({ phase: 'approving', step: 'p' })
  })
  test('a dangerous step that no approval is written for does not run', () => {
    const run = drive([change])
    expect(run.is()).toMatchObject({ phase: 'stuck', step: 'c' })
    expect(run.last().reason).toMatch(/nobody approved it/)
  })
})

describe('a call', () => {
  const plain = { ...change, http: { ...change.http, withoutApproval: 'it only opens a ticket' } }
  test('that fails stands and waits for a person, or goes where failure leads', () => {
    const run = drive([plain])
    run.back(bad)
    expect(run.is()).toMatchObject({ phase: 'stuck', step: 'c', ended: { status: 'failed', reason: 'it answered 500' } })
    run.give({ type: 'retry', seq: run.seq(), by: ana })
    run.go()
    expect(run.is().phase).toBe('calling')
    const other = drive([{ ...plain, failed: 'w' }, wait])
    other.back(bad)
    expect(other.is()).toMatchObject({ phase: 'waiting', values: { c: { status: 'failed', code: 500 } } })
  })
  test('that may have happened is not done again unasked', () => {
    for (const [answer, expected] of [
      ['happened', { phase: 'ended', ended: { status: 'done' } }],
      ['again', { phase: 'calling', seq: 2 }],
      ['skip', { phase: 'ended', ended: { status: 'skipped' } }],
    ] as const) {
      const run = drive([plain])
      run.back('unknown')
      expect(run.is()).toMatchObject({ phase: 'doubt', step: 'c', pending: { question: 'Did ‘Restart’ happen?' } })
      expect(run.last().wakeAt).toBeUndefined()
      run.give({ type: 'answered', seq: 1, answer, by: ana })
      run.go()
      expect(run.is()).toMatchObject(expected)
    }
  })
  test('stopped while it is under way, the run ends when the outcome is known', () => {
    for (const [outcome, status] of [
      [ok, 'done'],
      [bad, 'failed'],
      ['unknown', 'unknown'],
    ] as const) {
      const run = drive([plain, wait])
      run.give({ type: 'cancel', by: ana, reason: 'wrong one' })
      expect(run.is()).toMatchObject({ phase: 'calling', stopping: true })
      run.back(outcome)
      expect(run.is()).toMatchObject({ phase: 'ended', outcome: 'cancelled', ended: { step: 'c', status } })
    }
  })
  test('an outcome of an earlier visit is not taken for this one’s', () => {
    const run = drive([plain])
    expect(run.give({ type: 'effect', result: { type: 'done', tag: 'c#9', outcome: ok } }).reason).toMatch(/nothing waited for it/)
    expect(run.is().phase).toBe('calling')
  })
})

describe('the way', () => {
  test('a section whose condition does not hold is passed over, with the reason; a jump into it is not held up', () => {
    const more = {
      sections: [
        { name: 'A', steps: [ask] },
        { name: 'If not', when: 'answers.a == "no"', steps: [wait] },
      ],
    }
    const run = drive([], more)
    run.give({ type: 'answered', seq: run.seq(), answer: 'yes', by: ana })
    run.go()
    expect(run.is()).toMatchObject({ phase: 'ended', ended: { step: null, section: 1, status: 'skipped' } })
    expect(run.is().ended!.reason).toMatch(/‘If not’ is passed over: .*does not hold: answers.a is "yes"/)
    const jump = drive([], {
      sections: [{ name: 'A', steps: [{ ...ask, ask: { ...ask.ask, answers: [{ ...yes, goto: 'w' }, no] } }] }, more.sections[1]],
    })
    jump.give({ type: 'answered', seq: jump.seq(), answer: 'yes', by: ana })
    jump.go()
    expect(jump.is().phase).toBe('waiting')
  })
  test('what cannot be told is a failure, never a no', () => {
    const run = drive([{ id: 'b', name: 'Which?', branch: { cases: [{ when: 'answers.x == "y"', goto: 'end' }] } }, wait])
    expect(run.is()).toMatchObject({ phase: 'stuck', step: 'b' })
    expect(run.last().reason).toMatch(/which way to go cannot be told/)
  })
  test('values that are set reach later steps', () => {
    const run = drive([
      { id: 's', name: 'Set', set: { host: 'h-{{ inputs.service }}' } },
      { id: 'q', name: 'Q', ask: { question: 'On {{ steps.s.host }}?', answers: [yes] } },
    ])
    expect(run.is()).toMatchObject({ phase: 'asking', pending: { question: 'On h-pay?' } })
  })
  test('a wait wakes when its time has come and not before', () => {
    const run = drive([wait])
    expect(run.last().wakeAt).toBe(addSeconds(now, 300))
    expect(run.give({ type: 'woke' }, addSeconds(now, 299)).reason).toBe('it waits on')
    run.give({ type: 'woke' }, addSeconds(now, 300))
    run.go()
    expect(run.is().phase).toBe('ended')
  })
  test('a run that goes round and round ends', () => {
    const run = drive([{ id: 's', name: 'S', set: { x: '1' }, next: 's' }])
    expect(run.is()).toMatchObject({ phase: 'ended', outcome: 'failed' })
    expect(run.last().reason).toMatch(/300 steps/)
  })
  test('after the end nothing changes it', () => {
    const run = drive([wait])
    run.give({ type: 'cancel', by: ana, reason: 'enough' })
    const over = run.is()
    const inputs: RunInput[] = [
      { type: 'retry', seq: 1, by: ana },
      { type: 'skip', seq: 1, by: ana, reason: 'xxx' },
      { type: 'cancel', by: ana, reason: 'xxx' },
      { type: 'approved', seq: 1, by: ana },
    ]
    for (const input of inputs) {
      run.give(input)
      expect(run.is()).toEqual(over)
    }
  })
})

import { describe, expect, test } from 'vitest'
import { addSeconds, instant } from '#kernel/time.ts'
import type { Decision } from '#kernel/process.ts'
import { decideReach, type ReachFacts } from './reach-decision.ts'
import type { ReachState } from './reach-state.ts'

const t0 = instant('2026-11-23T02:12:00Z')
const at = (seconds: number) => addSeconds(t0, seconds)
const mail = { id: 'account', channel: 'email', label: 'ana@example.test' }
const push = { id: 'mth_1', channel: 'web-push', label: 'Pixel' }
const facts: ReachFacts = {
  person: { name: 'Ana', disabled: false },
  methods: [mail, push],
  rules: [
    { afterSeconds: 0, methodId: 'account' },
    { afterSeconds: 300, methodId: 'mth_1' },
  ],
  unwanted: undefined,
  recent: [],
  inSummary: false,
}
const start = {
  type: 'start' as const,
  userId: 'usr_01k3v0v5b8e6w9d2m4q7r1s5t8' as const,
  about: { page: 'pag_1' },
  urgency: 'page' as const,
  title: 'Critical: x',
  body: 'y',
  path: '/pages/pag_1',
}

const begun = (with_: Partial<ReachFacts> = {}) => decideReach({ phase: 'new', key: 'k' }, start, t0, { ...facts, ...with_ })
const answer = (decision: Decision<ReachState>, n: number, outcome: object, seconds: number, with_: Partial<ReachFacts> = {}) =>
  decideReach(decision.state, { type: 'effect', result: { type: 'done', tag: String(n), outcome } }, at(seconds), { ...facts, ...with_ })
const woken = (decision: Decision<ReachState>, seconds: number, with_: Partial<ReachFacts> = {}) =>
  decideReach(decision.state, { type: 'woke' }, at(seconds), { ...facts, ...with_ })
const sent = (decision: Decision<ReachState>) => (decision.effects ?? []).map((effect) => (effect.input as { methodId: string }).methodId)
const failed = (changes: object = {}) => ({
  status: 'failed',
  canRetry: false,
  inDoubt: false,
  gone: false,
  reason: 'the mail server is dead',
  ...changes,
})

describe('reaching a person', () => {
  test('sends what the rules want now and wakes for the next', () => {
    const decision = begun()
    expect([sent(decision), decision.wakeAt, decision.reason]).toEqual([
      ['account'],
      at(300),
      'Ana: e-mail at once, then push after 5 min: by rule',
    ])
    expect(sent(woken(answer(decision, 0, { status: 'delivered', detail: '' }, 2), 300))).toEqual(['mth_1'])
  })

  test('is over when everything was delivered', () => {
    const second = woken(answer(begun(), 0, { status: 'delivered', detail: '' }, 2), 300)
    expect(answer(second, 1, { status: 'delivered', detail: '' }, 301)).toMatchObject({ ended: true, state: { reached: true } })
  })

  test('a method that failed for good makes the next one try at once', () => {
    const next = answer(begun(), 0, failed(), 2)
    expect(sent(next)).toEqual(['mth_1'])
    expect((next.state as { steps: { reason: string }[] }).steps[1]!.reason).toBe('at once: e-mail failed')
  })

  test('a dead provider makes the next one try at once, and is itself tried again', () => {
    const next = answer(begun(), 0, failed({ canRetry: true }), 2)
    expect([sent(next), next.wakeAt]).toEqual([['mth_1'], at(7)])
    expect(sent(woken(next, 7))).toEqual(['account'])
  })

  test.each([
    [1, 7],
    [30, 32],
    [3600, 122],
  ])(
    'a provider that wants its next try after %i s gets it at %i s, and nobody waits longer than two minutes',
    (retryAfterSeconds, due) => {
      expect(answer(begun(), 0, failed({ canRetry: true, retryAfterSeconds }), 2).wakeAt).toEqual(at(due))
    },
  )

  test('when no rule is left, every method that no rule names is tried', () => {
    const rules = [{ afterSeconds: 0, methodId: 'account' }]
    const next = answer(begun({ rules }), 0, failed(), 2, { rules })
    expect(sent(next)).toEqual(['mth_1'])
    expect((next.state as { steps: { reason: string }[] }).steps[1]!.reason).toBe('at once: e-mail failed, and no rule is left')
  })

  test('when every method failed it says so, with each reason', () => {
    const over = answer(answer(begun(), 0, failed(), 2), 1, failed({ reason: 'the browser has ended its subscription' }), 3)
    expect(over).toMatchObject({
      ended: true,
      state: { reached: false },
      reason: 'not reached, every method failed: e-mail (the mail server is dead); push (the browser has ended its subscription)',
    })
  })

  test('a delivery that may have arrived is repeated, and says so', () => {
    const again = woken(answer(begun(), 0, failed({ canRetry: true, inDoubt: true }), 2), 7)
    expect(again.effects![0]!.input).toMatchObject({ methodId: 'account', repeat: true })
  })

  test('gives up a delivery after five tries', () => {
    const only = { methods: [mail], rules: [] }
    let decision = begun(only)
    let seconds = 0
    for (let tries = 1; tries < 5; tries++) {
      decision = woken(answer(decision, 0, failed({ canRetry: true }), seconds, only), (seconds += 200), only)
      expect(sent(decision)).toEqual(['account'])
    }
    expect(answer(decision, 0, failed({ canRetry: true }), seconds + 1, only)).toMatchObject({ ended: true, state: { reached: false } })
  })

  test('a cancel takes back what has not gone out, and an outcome that still comes is believed', () => {
    const stopped = decideReach(begun().state, { type: 'cancel', reason: 'Ben has it' }, at(1), facts)
    expect((stopped.state as { steps: { status: string; reason: string }[] }).steps.map((step) => step.status)).toEqual([
      'withdrawn',
      'cancelled',
    ])
    expect(answer(stopped, 0, { status: 'delivered', detail: '' }, 2)).toMatchObject({
      ended: true,
      state: { steps: [{ status: 'delivered' }, { status: 'cancelled', reason: 'not sent: Ben has it' }] },
    })
    expect(answer(stopped, 0, failed({ canRetry: true }), 2)).toMatchObject({
      ended: true,
      state: { steps: [{ status: 'cancelled' }, { status: 'cancelled' }] },
    })
  })

  test.each([
    ['is not told when the alert was acknowledged before', { unwanted: 'acknowledged by then' }, 'not told: acknowledged by then'],
    ['is not told when disabled', { person: { name: 'Ana', disabled: true } }, 'Ana is disabled'],
    ['without a method cannot be', { methods: [], rules: [] }, 'Ana cannot be reached: there is no method that works'],
  ])('%s', (_, with_, reason) => expect(begun(with_)).toMatchObject({ ended: true, reason, state: { phase: 'over', steps: [] } }))

  test('what was acknowledged while the second method waited is not sent', () => {
    const decision = woken(answer(begun(), 0, { status: 'delivered', detail: '' }, 2), 300, { unwanted: 'acknowledged by then' })
    expect([sent(decision), decision.ended]).toEqual([[], true])
  })

  test.each([
    ['the fifth in a minute is told singly', [50, 40, 30, 20], 'reaching', ['account']],
    ['the sixth waits for a summary', [50, 40, 30, 20, 10], 'joined', []],
    ['a minute later it is told singly again', [70, 40, 30, 20, 10], 'reaching', ['account']],
  ] as const)('in a storm: %s', (_, ago, phase, expected) => {
    const decision = begun({ recent: ago.map((seconds) => at(-seconds)) })
    expect([decision.state.phase, sent(decision)]).toEqual([phase, expected])
  })

  test('in a storm whoever cannot be reached at all is not, at once', () => {
    const recent = [1, 2, 3, 4, 5].map(() => t0)
    expect(begun({ recent, methods: [], rules: [] })).toMatchObject({
      ended: true,
      reason: 'Ana cannot be reached: there is no method that works',
    })
  })

  test('a second start tells nobody twice', () => {
    expect(sent(decideReach(begun().state, start, at(1), facts))).toEqual([])
  })
})

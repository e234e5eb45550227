// Decides how one person is reached: what is due is sent, what failed makes the next method try at once, whoever answered is left alone.
// In prose: new → reaching (each delivery waits, is sent, is tried again, settles) → over; in a storm new → joined (a summary) → over. Pure.
import { call } from '#kernel/define.ts'
import type { EffectCall } from '#kernel/effect.ts'
import type { Decision, Ended, Woke } from '#kernel/process.ts'
import { addSeconds, earliest, type Instant } from '#kernel/time.ts'
import { decideJoined, join } from './joined-decision.ts'
import { channelName, planOf, type Plan, type Rule, type UsableMethod } from './plan.ts'
import { deliveryId, type Message, type ReachInput, type ReachState, type Step } from './reach-state.ts'
import { sendNotification, sendSummary, type SendOutcome } from './send.ts'
import { isStorm } from './storm.ts'
import type { WhatIsOver } from './still-wanted.ts'

/**
 * What is true at the moment of a decision. `unwanted` says why nobody should be told any more. `recent`: when the person was paged, the last few
 * times; empty for what never waits for a summary. `inSummary`: whether a summary has begun with it.
 */
export type ReachFacts = {
  person: { name: string; disabled: boolean } | undefined
  methods: UsableMethod[]
  rules: Rule[]
  unwanted: string | undefined
  recent: Instant[]
  inSummary: boolean
  /** Of a message that says that a page is over: by what its person was told of that page, when it was by summaries only. */
  over?: WhatIsOver | undefined
}

/** Tries of one delivery that may still succeed. */
const mostTries = 5

/** See the file's head. `facts` are read in the same transaction. */
export function decideReach(state: ReachState, input: ReachInput | Woke | Ended, now: Instant, facts: ReachFacts): Decision<ReachState> {
  if (state.phase === 'over') return { state, reason: 'it is over', ended: true }
  if (state.phase === 'new') {
    if (input.type !== 'start') return { state, reason: 'cancelled before it began', ended: true }
    const { type: _, ...message } = input
    return begin(state.key, message, now, facts)
  }
  if (state.phase === 'joined') return decideJoined(state, input, now, facts.inSummary)
  const { key, message } = state
  switch (input.type) {
    case 'start':
      return go(state, state.steps, now, 'told already')
    case 'news':
      return go(state, state.steps, now, 'it is told singly')
    case 'cancel':
      return go(state, cancelled(state.steps, input.reason, now), now, input.reason)
    case 'woke':
      if (facts.unwanted) return go(state, cancelled(state.steps, facts.unwanted, now), now, facts.unwanted)
      return go(state, state.steps, now, 'the next method is due')
    case 'effect': {
      const n = Number(input.result.tag)
      const step = state.steps[n]
      if (!step) return go(state, state.steps, now, 'an answer to nothing')
      const result = input.result
      const outcome: SendOutcome =
        result.type === 'done'
          ? (result.outcome as SendOutcome)
          : result.type === 'unknown'
            ? { status: 'failed', canRetry: true, inDoubt: true, gone: false, reason: result.reason }
            : { status: 'failed', canRetry: false, inDoubt: false, gone: false, reason: result.reason }
      return settle({ key, message, steps: state.steps }, n, outcome, now, facts)
    }
  }
}

type Reaching = { key: string; message: Message; steps: Step[] }

function begin(key: string, message: Message, now: Instant, facts: ReachFacts): Decision<ReachState> {
  const over = (reason: string, more: { unwanted?: true } = {}): Decision<ReachState> => ({
    state: { phase: 'over', key, message, steps: [], reached: false, ...more },
    reason,
    ended: true,
  })
  if (!facts.person) return over('there is no such person')
  if (facts.person.disabled) return over(`${facts.person.name} is disabled`)
  if (facts.unwanted) return over(`not told: ${facts.unwanted}`, { unwanted: true })
  if (facts.over) return over(facts.over.reason, { unwanted: true })
  const plan = message.onlyMethod === undefined ? planOf(facts.methods, facts.rules) : onlyMethod(facts.methods, message.onlyMethod)
  if (plan.steps.length === 0) return over(`${facts.person.name} ${plan.reason}`)
  const steps = plan.steps.map(({ method, afterSeconds, reason }) => stepOf(method, addSeconds(now, afterSeconds), reason))
  if (isStorm(facts.recent, now)) return join(key, message, steps)
  return go({ key, message }, steps, now, `${facts.person.name}: ${plan.reason}`)
}

function onlyMethod(methods: UsableMethod[], id: string): Plan {
  const method = methods.find((candidate) => candidate.id === id)
  return method
    ? { steps: [{ method, afterSeconds: 0, reason: 'at once: only this method' }], spare: [], reason: 'only this method' }
    : { steps: [], spare: [], reason: 'cannot be reached: this method does not work' }
}

function settle({ key, message, steps }: Reaching, n: number, outcome: SendOutcome, now: Instant, facts: ReachFacts): Decision<ReachState> {
  const step = steps[n]!
  const change = (changes: Partial<Step>) => steps.map((other, i) => (i === n ? { ...other, ...changes } : other))
  const name = channelName(step.channel)
  switch (outcome.status) {
    case 'delivered':
      return go(
        { key, message },
        change({
          status: 'delivered',
          reason: `${name} delivered${outcome.detail ? `, ${outcome.detail}` : ''}`,
          settledAt: now,
          ...(outcome.leftOut ? { leftOut: outcome.leftOut } : {}),
        }),
        now,
        `${name} delivered`,
      )
    case 'unwanted':
      return go(
        { key, message },
        cancelled(change({ status: 'cancelled', reason: outcome.reason, settledAt: now }), outcome.reason, now),
        now,
        outcome.reason,
      )
    case 'failed': {
      if (step.status === 'withdrawn') return go({ key, message }, change({ status: 'cancelled', settledAt: now }), now, step.reason)
      const again = outcome.canRetry && step.tries < mostTries
      const changed = again
        ? change({
            status: 'again',
            reason: outcome.reason,
            dueAt: addSeconds(now, pauseSeconds(step.tries, outcome.retryAfterSeconds)),
            inDoubt: step.inDoubt || outcome.inDoubt,
          })
        : change({ status: step.inDoubt || outcome.inDoubt ? 'unknown' : 'failed', reason: outcome.reason, settledAt: now })
      const firstFailure = step.tries === 1 || !again
      const next = firstFailure && message.onlyMethod === undefined ? nextAtOnce(changed, facts, now, `${name} failed`) : changed
      return go({ key, message }, next, now, `${name} failed: ${outcome.reason}`)
    }
  }
}

/** 5, 15, 45 s, 2 min, or when the provider wants it, if that is later: but never after more than 2 min, for somebody is waiting to be told. */
const pauseSeconds = (tries: number, wanted = 0): number => Math.min(120, Math.max(5 * 3 ** (tries - 1), wanted))

/** Brings the next planned method forward; when none is left, every method that no rule names. */
function nextAtOnce(steps: Step[], facts: ReachFacts, now: Instant, because: string): Step[] {
  const waiting = steps.filter((step) => step.status === 'waiting').sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))[0]
  if (waiting)
    return steps.map((step) => (step === waiting ? { ...step, dueAt: earliest(step.dueAt, now), reason: `at once: ${because}` } : step))
  const tried = new Set(steps.map((step) => step.methodId))
  const spare = facts.methods.filter((method) => !tried.has(method.id))
  return [...steps, ...spare.map((method) => stepOf(method, now, `at once: ${because}, and no rule is left`))]
}

const stepOf = (method: UsableMethod, dueAt: Instant, reason: string): Step => ({
  methodId: method.id,
  channel: method.channel,
  label: method.label,
  status: 'waiting',
  reason,
  dueAt,
  settledAt: null,
  tries: 0,
  inDoubt: false,
})

/** What has not gone out is cancelled; what is on its way is withdrawn: it looks once more right before it is sent. */
const cancelled = (steps: Step[], reason: string, now: Instant): Step[] =>
  steps.map((step) =>
    step.status === 'waiting' || step.status === 'again'
      ? { ...step, status: 'cancelled', reason: `not sent: ${reason}`, settledAt: now }
      : step.status === 'sending'
        ? { ...step, status: 'withdrawn', reason: `taken back: ${reason}` }
        : step,
  )

/** Sends what is due, sets the alarm for the rest, and ends when nothing is left. */
function go({ key, message }: Omit<Reaching, 'steps'>, steps: Step[], now: Instant, reason: string): Decision<ReachState> {
  const effects: EffectCall[] = []
  const next = steps.map((step, n): Step => {
    if ((step.status !== 'waiting' && step.status !== 'again') || step.dueAt > now) return step
    effects.push(
      call(
        message.summary ? sendSummary : sendNotification,
        { notificationId: deliveryId(key, n), methodId: step.methodId, channel: step.channel, repeat: step.inDoubt, message },
        String(n),
      ),
    )
    return { ...step, status: 'sending', tries: step.tries + 1 }
  })
  const later = next.filter((step) => step.status === 'waiting' || step.status === 'again').map((step) => step.dueAt)
  const open = later.length > 0 || next.some((step) => step.status === 'sending' || step.status === 'withdrawn')
  if (open)
    return {
      state: { phase: 'reaching', key, message, steps: next },
      reason,
      effects,
      wakeAt: later.length > 0 ? earliest(...later) : undefined,
    }
  const reached = next.some((step) => step.status === 'delivered')
  const nobody = !reached && next.every((step) => step.status !== 'cancelled')
  return {
    state: { phase: 'over', key, message, steps: next, reached },
    reason: nobody
      ? `not reached, every method failed: ${next.map((step) => `${channelName(step.channel)} (${step.reason})`).join('; ')}`
      : reason,
    ended: true,
  }
}

// Decides how a page stands that reaches its person in a summary: it waits, follows what becomes of the summary, and leaves it when it is answered.
// In prose: joined (waits for a summary, then is as the summary is) → over. Pure.
import type { Decision, Ended, Woke } from '#kernel/process.ts'
import type { Instant } from '#kernel/time.ts'
import type { Message, News, ReachInput, ReachState, Step } from './reach-state.ts'
import { becauseOfStorm } from './storm.ts'
import { toldSummaries } from './summaries-input.ts'

type Joined = Extract<ReachState, { phase: 'joined' }>

/** Begins to wait for the person's next summary. `steps` say by what they will be reached then. */
export function join(key: string, message: Message, steps: readonly Step[]): Decision<ReachState> {
  const reason = `waits for the next summary, ${becauseOfStorm}`
  return {
    state: { phase: 'joined', key, message, steps: steps.map((step) => ({ ...step, reason })) },
    reason,
    tell: [toldSummaries(message.userId, { type: 'joined' })],
  }
}

/** See the file's head. `inSummary`: whether a summary has begun with it, so that it may be on its way. */
export function decideJoined(state: Joined, input: ReachInput | Woke | Ended, now: Instant, inSummary: boolean): Decision<ReachState> {
  switch (input.type) {
    case 'cancel':
      return stand(state, leave(state.steps, input.reason, now, inSummary), input.reason)
    case 'news':
      return stand(state, follow(state.steps, input, now), input.reason)
    case 'start':
      return stand(state, state.steps, 'told already')
    case 'woke':
    case 'effect':
      return stand(state, state.steps, 'it waits for its summary')
  }
}

/** What may be on its way is withdrawn: how that ended is believed. */
const leave = (steps: readonly Step[], why: string, now: Instant, inSummary: boolean): Step[] =>
  steps.map((step) =>
    !isOpen(step)
      ? step
      : inSummary
        ? { ...step, status: 'withdrawn', reason: `taken back: ${why}` }
        : { ...step, status: 'cancelled', reason: `not sent: ${why}`, settledAt: now },
  )

/** Its deliveries are the summary's. A way that the summary does not have, for methods were changed meanwhile, has failed. */
function follow(mine: readonly Step[], { steps, pages, over, unwanted, reason }: News, now: Instant): Step[] {
  const together = `in a summary of ${pages === 1 ? '1 page' : `${pages} pages`}, ${becauseOfStorm}`
  const followed = steps.map((theirs, n): Step => {
    const own = mine[n]
    if (own?.status === 'cancelled') return own
    if (own?.status === 'withdrawn' && theirs.status !== 'delivered')
      return isOpen(theirs) ? own : { ...own, status: 'cancelled', settledAt: now }
    return theirs.status === 'cancelled' ? theirs : { ...theirs, reason: `${theirs.reason}, ${together}` }
  })
  const beyond = mine.slice(steps.length).map((step): Step => {
    if (!isOpen(step)) return step
    if (step.status === 'withdrawn') return { ...step, status: 'cancelled', settledAt: now }
    return { ...step, status: unwanted ? 'cancelled' : 'failed', reason: over ? reason : 'this method was removed', settledAt: now }
  })
  return [...followed, ...beyond]
}

function stand({ key, message }: Joined, steps: Step[], reason: string): Decision<ReachState> {
  if (steps.some(isOpen)) return { state: { phase: 'joined', key, message, steps }, reason }
  const reached = steps.some((step) => step.status === 'delivered')
  return { state: { phase: 'over', key, message, steps, reached }, reason, ended: true }
}

const isOpen = ({ status }: Step): boolean => ['waiting', 'sending', 'again', 'withdrawn'].includes(status)

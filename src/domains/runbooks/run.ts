// The life of a run: one step at a time, each decision with its reason. Pure. What must stay true: a step that changes something runs only as it
// was approved; what may have happened is not done again unasked; after the end nothing happens.
import type { Decision, Ended, Woke } from '#kernel/process.ts'
import { earliest, type Instant } from '#kernel/time.ts'
import { enter } from './entering.ts'
import { follow, findStep, firstOf } from './flow.ts'
import { finished, nameOf, settleCall } from './finishing.ts'
import { tagOf, type At, type Begun, type RunFacts, type RunInput, type RunState } from './run-state.ts'

type Next = Decision<RunState>
type Input = RunInput | Woke | Ended

/** What a run does with an input. An input that came too late changes nothing, and the reason says so. */
export function decide(state: RunState, input: Input, now: Instant, facts: RunFacts): Next {
  const moved = move(state, input, now, facts)
  const next = input.type === 'effect' ? goOn(moved, now, facts) : moved
  const wakeAt = next.ended ? undefined : wakeOf(next.state, now)
  return { ...next, ...(wakeAt === undefined ? {} : { wakeAt }) }
}

/** Goes on to the next step in the same decision, unless that has an ending of its own to be written down. */
function goOn(moved: Next, now: Instant, facts: RunFacts): Next {
  if (moved.state.phase !== 'moving') return moved
  const entered = enter(moved.state, now, facts)
  const isOne = entered.state.phase === 'calling' && entered.state.ended === moved.state.ended
  return isOne ? entered : moved
}

function move(state: RunState, input: Input, now: Instant, facts: RunFacts): Next {
  if (state.phase === 'not-begun') {
    if (input.type !== 'start') return { state, reason: 'it has not begun' }
    const first = firstOf(facts.runbook)
    return { state: { ...input.progress, phase: 'moving', ...first }, reason: 'started' }
  }
  switch (input.type) {
    case 'start':
      return { state, reason: 'it has begun already' }
    case 'woke':
      return wake(state, now, facts)
    case 'effect':
      return state.phase === 'calling' && input.result.tag === tagOf(state)
        ? settleCall(state, input.result, now, facts)
        : { state, reason: `an outcome of ${input.result.tag} came when nothing waited for it` }
    case 'answered':
      return answer(state, input, facts)
    case 'approved':
      return approve(state, input, facts)
    case 'refused':
      if (state.phase !== 'approving' || state.seq !== input.seq)
        return { state, reason: 'refused too late: nothing waits for that approval' }
      return leave(
        state,
        facts,
        { status: 'failed', reason: 'the approval was refused' },
        findStep(facts.runbook, state.step)!.step.approve!.refused,
      )
    case 'retry':
      return state.phase === 'stuck' && state.seq === input.seq
        ? { state: { ...base(state), phase: 'moving', to: state.step, through: state.through }, reason: 'a person has it tried again' }
        : { state, reason: 'tried again too late: the step does not stand as failed' }
    case 'skip':
      return skip(state, input, facts)
    case 'cancel':
      return cancel(state, facts)
  }
}

/** When a state wants to be looked at again; undefined: only an input moves it. */
function wakeOf(state: RunState, now: Instant): Instant | undefined {
  switch (state.phase) {
    case 'moving':
      return now
    case 'waiting':
      return state.until
    case 'asking':
    case 'approving':
    case 'doubt': {
      const times = [state.pending.alsoAt, state.pending.endsAt].filter((at): at is Instant => at !== null)
      return times.length === 0 ? undefined : earliest(...times)
    }
    default:
      return undefined
  }
}

function wake(state: Begun, now: Instant, facts: RunFacts): Next {
  switch (state.phase) {
    case 'moving':
      return enter(state, now, facts)
    case 'waiting':
      return now < state.until
        ? { state, reason: 'it waits on' }
        : leave(state, facts, { status: 'done', reason: 'the time has passed' }, 'next')
    case 'asking':
    case 'approving':
      return expire(state, now, facts)
    default:
      return { state, reason: 'nothing was due' }
  }
}

function expire(state: At<'asking'> | At<'approving'>, now: Instant, facts: RunFacts): Next {
  const { pending } = state
  if (facts.isAnswered)
    return { state: { ...state, pending: { ...pending, alsoAt: null, endsAt: null } }, reason: 'an answer has just come' }
  if (pending.endsAt !== null && pending.endsAt <= now) {
    const { step } = findStep(facts.runbook, state.step)!
    if (state.phase === 'approving')
      return leave(state, facts, { status: 'failed', reason: 'nobody approved it in time' }, step.approve!.timeout?.goto ?? 'end')
    return chosen(state, step.ask!.timeout!.answer, 'nobody answered in time, so it is taken to be', facts)
  }
  if (pending.alsoAt !== null && pending.alsoAt <= now)
    return {
      state: { ...state, pending: { ...pending, who: [...pending.who, ...pending.also], also: [], alsoAt: null } },
      reason: 'nobody has answered yet, so others are asked too',
    }
  return { state, reason: 'nothing was due' }
}

function answer(state: Begun, input: Extract<RunInput, { type: 'answered' }>, facts: RunFacts): Next {
  if (state.phase === 'asking' && state.seq === input.seq) return chosen(state, input.answer, 'the answer was', facts)
  if (state.phase !== 'doubt' || state.seq !== input.seq) return { state, reason: 'answered too late: nothing waits for that answer' }
  switch (input.answer) {
    case 'happened':
      return leave(state, facts, { status: 'done', reason: 'a person says that it happened' }, 'next')
    case 'again':
      return { state: { ...base(state), phase: 'moving', to: state.step, through: 'jump' }, reason: 'a person wants it done again' }
    default:
      return leave(state, facts, { status: 'skipped', reason: 'a person skips it' }, 'next')
  }
}

function chosen(state: At<'asking'>, id: string, words: string, facts: RunFacts): Next {
  const { step } = findStep(facts.runbook, state.step)!
  const picked = step.ask!.answers.find((candidate) => candidate.id === id)
  if (!picked) return { state, reason: `there is no answer ${id}` }
  const answers = { ...state.answers, [state.step]: id }
  return leave({ ...state, answers }, facts, { status: 'done', reason: `${words} ‘${picked.text}’: ${picked.consequence}` }, picked.goto)
}

function approve(state: Begun, input: Extract<RunInput, { type: 'approved' }>, facts: RunFacts): Next {
  if (state.phase !== 'approving' || state.seq !== input.seq) return { state, reason: 'approved too late: nothing waits for that approval' }
  const by = [...new Set([...state.by, input.by])]
  const what = nameOf(facts.runbook, state.target)
  if (by.length < state.quorum) return { state: { ...state, by }, reason: `${by.length} of ${state.quorum} approved ‘${what}’` }
  const approved = { ...state.approved, [state.target]: { hash: state.hash, by } }
  return leave({ ...state, approved }, facts, { status: 'done', reason: `‘${what}’ is approved, ${by.length} of ${state.quorum}` }, 'next')
}

function skip(state: Begun, input: Extract<RunInput, { type: 'skip' }>, facts: RunFacts): Next {
  const isSkippable =
    state.phase === 'stuck' ||
    state.phase === 'asking' ||
    state.phase === 'approving' ||
    state.phase === 'waiting' ||
    state.phase === 'doubt'
  if (!isSkippable || state.seq !== input.seq) return { state, reason: 'skipped too late: that step is over or under way' }
  return leave(state, facts, { status: 'skipped', reason: `skipped: ${input.reason}` }, 'next')
}

function cancel(state: Begun, facts: RunFacts): Next {
  if (state.phase === 'ended') return { state, reason: 'it is over already' }
  if (state.phase === 'calling')
    return { state: { ...state, stopping: true }, reason: `stops as soon as it is known how ‘${nameOf(facts.runbook, state.step)}’ ended` }
  const status = state.phase === 'doubt' ? 'unknown' : 'skipped'
  const ended =
    'step' in state
      ? { ...finished(state, facts.runbook, { status, reason: 'the run was stopped' }), phase: 'ended' as const }
      : { ...base(state), phase: 'ended' as const }
  return { state: { ...ended, outcome: 'cancelled' }, reason: 'stopped by a person', ended: true }
}

/** Ends the step where the run stands and goes on as it is written there. `ref` next: the step's own `next`. */
function leave(
  state: Begun & { step: string },
  facts: RunFacts,
  ending: { status: 'done' | 'failed' | 'skipped'; reason: string },
  ref: string,
): Next {
  const { step } = findStep(facts.runbook, state.step)!
  const target = follow(facts.runbook, state.step, ref === 'next' ? step.next : ref)
  return { state: { ...finished(state, facts.runbook, ending), phase: 'moving', ...target }, reason: ending.reason }
}

/** What a state knows, without where it stands. */
function base(state: Begun) {
  const { runId, runbookId, version, incidentId, starter, inputs, values, answers, approved, seq, ended } = state
  return { runId, runbookId, version, incidentId, starter, inputs, values, answers, approved, seq, ended }
}

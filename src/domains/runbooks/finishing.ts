// How a step of a run ends: what is kept of it, and what follows from a call's outcome. Pure.
import type { EffectOutcome } from '#kernel/effect.ts'
import type { Decision } from '#kernel/process.ts'
import type { Instant } from '#kernel/time.ts'
import type { Runbook } from './definition.ts'
import { CallOutcomeSchema, type CallOutcome } from './effects.ts'
import { findStep, follow } from './flow.ts'
import { doubtAnswers, type At, type Begun, type Ending, type Progress, type RunFacts, type RunState } from './run-state.ts'

/** The name of a step as its runbook has it; `the end` for the end. */
export const nameOf = (runbook: Runbook, id: string): string => findStep(runbook, id)?.step.name ?? 'the end'

/** What is known after a step ended: its status and values for later steps, its ending for the record. An approval is used up by what is done. */
export function finished(
  state: Begun & { step: string },
  runbook: Runbook,
  ending: Pick<Ending, 'status' | 'reason' | 'output' | 'extracted'>,
  code?: number | null,
): Progress {
  const { runId, runbookId, version, incidentId, starter, inputs, seq } = state
  const { step } = state
  const approved = Object.fromEntries(Object.entries(state.approved).filter(([id]) => id !== step || ending.status === 'failed'))
  const values = { ...state.values, [step]: { status: ending.status, ...(typeof code === 'number' ? { code } : {}), ...ending.extracted } }
  const ended = { seq, step, section: findStep(runbook, step)?.section ?? 0, ...ending }
  return { runId, runbookId, version, incidentId, starter, inputs, seq, values, answers: state.answers, approved, ended }
}

/** What follows from the outcome of the call that was under way. */
export function settleCall(state: At<'calling'>, result: EffectOutcome, now: Instant, facts: RunFacts): Decision<RunState> {
  const outcome = outcomeOf(result)
  if (outcome.result === 'in-doubt')
    return state.stopping ? stop(state, facts, { status: 'unknown', reason: outcome.reason }) : doubt(state, outcome.reason, facts)
  const details = outcome.result === 'answered' ? { output: outcome.output, extracted: outcome.extracted } : {}
  const isDone = outcome.result === 'answered' && outcome.ok
  const ending = { status: isDone ? ('done' as const) : ('failed' as const), reason: outcome.reason, ...details }
  if (state.stopping) return stop(state, facts, ending)
  const { step } = findStep(facts.runbook, state.step)!
  const code = outcome.result === 'answered' ? outcome.code : null
  const known = finished(state, facts.runbook, ending, code)
  if (isDone || step.failed !== undefined)
    return {
      state: { ...known, phase: 'moving', ...follow(facts.runbook, state.step, isDone ? step.next : step.failed!) },
      reason: `‘${step.name}’: ${outcome.reason}`,
    }
  return { state: { ...known, phase: 'stuck', step: state.step, through: 'jump' }, reason: `‘${step.name}’ failed: ${outcome.reason}` }
}

function outcomeOf(result: EffectOutcome): CallOutcome {
  switch (result.type) {
    case 'done':
      return CallOutcomeSchema.parse(result.outcome)
    case 'failed':
      return { result: 'refused', reason: result.reason }
    case 'unknown':
      return { result: 'in-doubt', reason: result.reason }
  }
}

function stop(state: At<'calling'>, facts: RunFacts, ending: Pick<Ending, 'status' | 'reason' | 'output'>): Decision<RunState> {
  return {
    state: { ...finished(state, facts.runbook, ending), phase: 'ended', outcome: 'cancelled' },
    reason: 'stopped by a person',
    ended: true,
  }
}

function doubt(state: At<'calling'>, reason: string, facts: RunFacts): Decision<RunState> {
  const name = nameOf(facts.runbook, state.step)
  const { stopping: _, ...known } = state
  const pending = {
    question: `Did ‘${name}’ happen?`,
    shown: [{ label: 'Why it is not known', value: reason }],
    answers: doubtAnswers.map((answer) => ({ ...answer })),
    who: [],
    also: [],
    alsoAt: null,
    endsAt: null,
    atEnd: null,
  }
  return { state: { ...known, phase: 'doubt', pending }, reason: `it is not known whether ‘${name}’ happened: ${reason}` }
}

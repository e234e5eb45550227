// Writes what a decision of a run means for others: its row, its steps, what it asks, and the events. In the decision's own transaction.
import type { ProcessContext } from '#kernel/process.ts'
import { findStep } from './flow.ts'
import * as events from './events.ts'
import * as store from './run-store.ts'
import type { Runbook } from './definition.ts'
import type { Begun, Ending, RunState } from './run-state.ts'
import { announce, withdraw } from './announcing.ts'
import { peopleOf } from './who.ts'

/** `reason` is the decision's sentence. Only what differs between the two states is written. */
export async function recordRun(
  context: ProcessContext,
  before: RunState,
  after: RunState,
  reason: string,
  runbook: Runbook,
): Promise<void> {
  if (after.phase === 'not-begun' || after === before) return
  const step = 'step' in after ? after.step : after.phase === 'moving' && after.to !== 'end' ? after.to : null
  const isOver = after.phase === 'ended'
  const progress = { id: after.runId, phase: phaseOf(after), step, reason, endedAt: isOver ? context.now : null }
  context.scope.last(store.saveRun(context.scope, progress))
  await recordSteps(context, before, after, reason, runbook)
  if (isOver) {
    const cause = after.outcome === 'cancelled' ? 'by a person' : reason
    await context.emit(events.runEnded, { ...refs(after), outcome: after.outcome, reason: cause })
  }
}

async function recordSteps(context: ProcessContext, before: RunState, after: Begun, reason: string, runbook: Runbook): Promise<void> {
  const leaves = before.phase !== 'not-begun' && isAsking(before) && (!isAsking(after) || after.seq !== before.seq)
  if (leaves) {
    await store.closeAsks(context.scope, after.runId)
    await withdraw(context, after.runId, before.seq)
    await recordTimeOut(context, before, after, runbook)
  }
  const endedBefore = before.phase === 'not-begun' ? null : before.ended
  if (after.ended !== null && JSON.stringify(after.ended) !== JSON.stringify(endedBefore))
    await recordEnding(context, after, after.ended, runbook)
  await recordPlace(context, before, after, runbook, reason)
}

/** The run's phase as its row shows it. */
const phaseOf = (state: Begun): string =>
  state.phase === 'calling' && state.stopping ? 'stopping' : state.phase === 'ended' ? state.outcome : state.phase

const isAsking = (state: RunState): state is Extract<Begun, { pending: unknown }> =>
  state.phase === 'asking' || state.phase === 'approving' || state.phase === 'doubt'

const refs = ({ runId, runbookId, incidentId }: Begun) => ({ runId, runbookId, incidentId })
const named = (state: Begun, step: string, runbook: Runbook) => ({ ...refs(state), step, name: findStep(runbook, step)?.step.name ?? step })

async function recordEnding(context: ProcessContext, state: Begun, ending: Ending, runbook: Runbook): Promise<void> {
  context.scope.last(store.closeStep(context.scope, { runId: state.runId, ...ending }))
  if (ending.step === null) return
  const calls = ['http', 'do', 'update'] as const
  const { step } = findStep(runbook, ending.step)!
  if (ending.status === 'failed' && step.approve === undefined)
    await context.emit(events.stepFailed, { ...named(state, ending.step, runbook), reason: ending.reason })
  else if (ending.status === 'done' && calls.some((kind) => step[kind] !== undefined))
    await context.emit(events.stepDone, named(state, ending.step, runbook))
}

async function recordPlace(context: ProcessContext, before: RunState, after: Begun, runbook: Runbook, reason: string): Promise<void> {
  if (!('step' in after) || after.phase === 'stuck') return
  const isNew = before.phase !== after.phase || before.seq !== after.seq
  if (isNew) {
    const status = after.phase === 'calling' ? ('running' as const) : ('waiting' as const)
    const section = findStep(runbook, after.step)?.section ?? 0
    context.scope.last(store.openStep(context.scope, { runId: after.runId, seq: after.seq, step: after.step, section, status, reason }))
    if (after.phase === 'calling' && runbookSays(runbook, after.step))
      await context.emit(events.stepStarted, named(after, after.step, runbook))
    if (isAsking(after)) await recordAsk(context, after, runbook)
    return
  }
  if (isAsking(after) && isAsking(before) && after.pending.who.length !== before.pending.who.length)
    await recordAlso(context, before, after)
}

/** Reads are quick and many: the timeline shows them when they are done. */
const runbookSays = (runbook: Runbook, id: string): boolean => {
  const step = findStep(runbook, id)?.step
  return step?.http !== undefined && step.http.danger !== 'reads'
}

async function recordAsk(context: ProcessContext, state: Extract<Begun, { pending: unknown }>, runbook: Runbook): Promise<void> {
  const { pending, runId, seq, step } = state
  const approval = state.phase === 'approving' ? state : undefined
  const kind = state.phase === 'asking' ? 'question' : approval ? 'approval' : 'doubt'
  await store.insertAsk(context.scope, {
    runId,
    seq,
    kind,
    step,
    pending,
    danger: approval?.danger ?? null,
    preview: approval?.preview ?? null,
    hash: approval?.hash ?? null,
    quorum: approval?.quorum ?? 1,
  })
  const userIds = await peopleOf(context.scope, pending.who, state.incidentId)
  const common = { ...named(state, step, runbook), seq, userIds }
  if (state.phase === 'doubt') await context.emit(events.stepInDoubt, named(state, step, runbook))
  else if (approval) await context.emit(events.approvalAsked, { ...common, hash: approval.hash })
  else await context.emit(events.questionAsked, common)
  await announce(
    context,
    { runId, seq, incidentId: state.incidentId, kind, question: pending.question, danger: approval?.danger ?? null },
    userIds,
  )
}

/** Others are asked too: those whom the question was handed to meanwhile stay asked. */
async function recordAlso(
  context: ProcessContext,
  before: Extract<Begun, { pending: unknown }>,
  after: Extract<Begun, { pending: unknown }>,
): Promise<void> {
  const row = await store.lockAsk(context.scope, after.runId, after.seq)
  if (!row) return
  await store.saveAsked(context.scope, {
    runId: after.runId,
    seq: after.seq,
    who: [...row.who, ...before.pending.also],
    also: [],
    alsoAt: null,
  })
  const userIds = await peopleOf(context.scope, before.pending.also, after.incidentId)
  const { runId, seq, incidentId, pending } = after
  await announce(context, { runId, seq, incidentId, kind: row.kind, question: pending.question, danger: row.danger }, userIds)
}

async function recordTimeOut(context: ProcessContext, before: RunState, after: Begun, runbook: Runbook): Promise<void> {
  if (!isAsking(before) || before.pending.endsAt === null || before.pending.endsAt > context.now || before.pending.atEnd === null) return
  const row = await store.lockAsk(context.scope, before.runId, before.seq)
  if (row === undefined || row.answer !== null || (await store.countApprovals(context.scope, before.runId, before.seq)) >= row.quorum)
    return
  await context.emit(events.questionTimedOut, { ...named(after, before.step, runbook), seq: before.seq, then: before.pending.atEnd })
}

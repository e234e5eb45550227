// The process `runbooks.run`: the pure decision, what it is told, and what is written of it.
import { defineProcess } from '#kernel/define.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { Ended, Woke } from '#kernel/process.ts'
import type { Scope } from '#kernel/scope.ts'
import { recordRun } from './record.ts'
import { decide } from './run.ts'
import { RunInput, RunState, type RunFacts } from './run-state.ts'
import { countApprovals, lockAsk } from './run-store.ts'
import { addressesFor, definitionAt } from './store.ts'
import { incidentData } from './surroundings.ts'

/** One process per run; its key is the run's id. */
export const runProcess = defineProcess<RunState, RunInput, RunFacts>({
  name: 'runbooks.run',
  version: 1,
  state: RunState,
  input: RunInput,
  initial: () => ({ phase: 'not-begun' }),
  facts: readFacts,
  decide,
  inTurn: (key) => key,
  record: (context, _key, before, decision, _input, { runbook }) => recordRun(context, before, decision.state, decision.reason, runbook),
})

async function readFacts(scope: Scope, state: RunState, input: RunInput | Woke | Ended): Promise<RunFacts> {
  const known = state.phase !== 'not-begun' ? state : input.type === 'start' ? input.progress : undefined
  if (!known) throw new Error('a run was told something before it started')
  const [runbook, incident, addresses, answered] = await allOfThem([
    definitionAt(scope, known.runbookId, known.version),
    known.incidentId === null ? undefined : incidentData(scope, known.incidentId),
    addressesFor(scope, known.runbookId),
    isAnswered(scope, state),
  ])
  if (!runbook) throw new Error(`version ${known.version} of ${known.runbookId} vanished`)
  return { runbook, incident: incident ?? null, addresses, isAnswered: answered }
}

async function isAnswered(scope: Scope, state: RunState): Promise<boolean> {
  if (state.phase !== 'asking' && state.phase !== 'approving') return false
  const ask = await lockAsk(scope, state.runId, state.seq)
  if (!ask) return false
  return ask.answer !== null || (state.phase === 'approving' && (await countApprovals(scope, state.runId, state.seq)) >= ask.quorum)
}

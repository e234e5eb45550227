// The process `runbooks.run`: the pure decision, what it is told, and what is written of it.
import { defineProcess } from '#kernel/define.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { Ended, Woke } from '#kernel/process.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Runbook } from './definition.ts'
import type { RunId } from './events.ts'
import { recordRun } from './record.ts'
import { decide } from './run.ts'
import { RunInput, RunState, type RunFacts } from './run-state.ts'
import { countApprovals, lockAsk } from './run-store.ts'
import { addressesForRun, definitionOfRun } from './store.ts'
import { incidentData } from './surroundings.ts'

/** What a run goes by, and where its calls lead. */
type Ahead = { runbook: Runbook | undefined; addresses: Record<string, string> }

/** One process per run; its key is the run's id. */
export const runProcess = defineProcess<RunState, RunInput, RunFacts, Ahead>({
  name: 'runbooks.run',
  version: 1,
  state: RunState,
  input: RunInput,
  initial: () => ({ phase: 'not-begun' }),
  ahead: async (scope, key) => {
    const [runbook, addresses] = await allOfThem([definitionOfRun(scope, key as RunId), addressesForRun(scope, key as RunId)])
    return { runbook, addresses }
  },
  facts: readFacts,
  decide,
  inTurn: (key) => key,
  record: (context, _key, before, decision, _input, { runbook }) => recordRun(context, before, decision.state, decision.reason, runbook),
})

async function readFacts(scope: Scope, state: RunState, input: RunInput | Woke | Ended, { runbook, addresses }: Ahead): Promise<RunFacts> {
  const known = state.phase !== 'not-begun' ? state : input.type === 'start' ? input.progress : undefined
  if (!known) throw new Error('a run was told something before it started')
  if (!runbook) throw new Error(`version ${known.version} of ${known.runbookId} vanished`)
  const [incident, answered] = await allOfThem([
    known.incidentId === null ? undefined : incidentData(scope, known.incidentId),
    isAnswered(scope, state),
  ])
  return { runbook, incident: incident ?? null, addresses, isAnswered: answered }
}

async function isAnswered(scope: Scope, state: RunState): Promise<boolean> {
  if (state.phase !== 'asking' && state.phase !== 'approving') return false
  const ask = await lockAsk(scope, state.runId, state.seq)
  if (!ask) return false
  return (
    ask.answer !== null ||
    ask.closedAt !== null ||
    (state.phase === 'approving' && (await countApprovals(scope, state.runId, state.seq)) >= ask.quorum)
  )
}

// Tells people that a run waits for them, and takes it back when it does not any more.
import type { UserId } from '#kernel/actor.ts'
import type { ProcessContext } from '#kernel/process.ts'
import type { Scope } from '#kernel/scope.ts'
import { reach } from '#domains/notifications/index.ts'
import { addTold, findRun, findRunAsSystem, takeTold, type Run, type RunAsk } from './run-store.ts'
import { seeing, thoseWho } from './surroundings.ts'
import { whoMayAnswer } from './who.ts'
import { findIncident } from '#domains/incidents/index.ts'
import type { RunId } from './events.ts'

type Told = Pick<ProcessContext, 'scope' | 'tell'>
/** What waits: the ask as it stands. */
export type Waiting = Pick<RunAsk, 'runId' | 'seq' | 'kind' | 'question' | 'danger'> & { incidentId: string | null }

const reachKey = (runId: RunId, seq: number, userId: UserId): string => `${runId}/${seq}/${userId}`

/**
 * Tells each of these people who may answer, and who see the incident, once, by their own rules; as urgently as a page when an incident waits with them that
 * is not closed.
 */
export async function announce({ scope, tell }: Told, waiting: Waiting, userIds: readonly UserId[]): Promise<void> {
  const { runId, seq, incidentId, kind, question, danger } = waiting
  if (userIds.length === 0) return
  const run = await findRunAsSystem(scope, runId)
  if (!run) return
  const told = await whoMayAnswer(scope, run, { kind }, await insideTeam(scope, run, userIds))
  const incident = incidentId === null ? undefined : await findIncident(scope, incidentId)
  const waits = incident?.stateKind === 'open' || incident?.stateKind === 'resolved'
  const who = incident ? `INC-${incident.number}` : `Run ${run.number}`
  const title = `${who} waits for you: ${question}`
  const body =
    kind === 'approval'
      ? `${run.name}. ${danger ?? ''} Look at the preview, then approve or refuse.`
      : `${run.name}${incident ? `. ${incident.title}` : ''}.`
  for (const userId of told) {
    await tell(reach, reachKey(runId, seq, userId), {
      type: 'start',
      userId,
      about: { run: runId, ...(incidentId === null ? {} : { incident: incidentId }) },
      urgency: waits ? 'page' : 'update',
      title: title.slice(0, 1000),
      body: body.slice(0, 4000),
      path: `/runs/${run.number}`,
    })
  }
  await addTold(scope, runId, seq, told)
}

/** Those of them who see the run: the walls of its incident, and of its runbook's team. */
export const whoSee = async (
  scope: Scope,
  run: Pick<Run, 'id' | 'teamId' | 'incidentId'>,
  userIds: readonly UserId[],
): Promise<readonly UserId[]> => insideTeam(scope, run, run.incidentId === null ? userIds : await seeing(scope, run.incidentId, userIds))

const insideTeam = async (
  scope: Scope,
  { id, teamId }: Pick<Run, 'id' | 'teamId'>,
  userIds: readonly UserId[],
): Promise<readonly UserId[]> =>
  teamId === null ? userIds : thoseWho(scope, userIds, async (theirs) => (await findRun(theirs, id)) !== undefined)

/** Whoever has not been reached yet is left alone. */
export async function withdraw({ scope, tell }: Told, runId: RunId, seq: number): Promise<void> {
  for (const userId of await takeTold(scope, runId, seq))
    await tell(reach, reachKey(runId, seq, userId), { type: 'cancel', reason: 'the run does not wait for it any more' })
}

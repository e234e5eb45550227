// What happened in runbooks and runs. The texts in them come from definitions; people are ids.
import { z } from 'zod'
import { defineEvent } from '#kernel/define.ts'
import type { NameOf } from '#kernel/event.ts'
import { idOf, type Id } from '#kernel/ids.ts'
import { UserIdSchema } from '#domains/directory/index.ts'

export { UserIdSchema }
export type RunbookId = Id<'rbk'>
export type RunId = Id<'run'>
export type ConnectionId = Id<'con'>
export const RunbookIdSchema = idOf('rbk') as z.ZodType<RunbookId, RunbookId>
export const RunIdSchema = idOf('run') as z.ZodType<RunId, RunId>
export const ConnectionIdSchema = idOf('con') as z.ZodType<ConnectionId, ConnectionId>

const run = { runId: RunIdSchema, runbookId: RunbookIdSchema, incidentId: z.string().nullable() }
const ofStep = { ...run, step: z.string(), name: z.string() }
type RunData = { runId: RunId; runbookId: RunbookId; incidentId: string | null }
const about = ({ runId, runbookId, incidentId }: RunData): Record<string, string> => ({
  run: runId,
  runbook: runbookId,
  ...(incidentId === null ? {} : { incident: incidentId }),
})

const namesOf = (userIds: readonly string[], name: NameOf): string =>
  userIds.length === 0 ? 'everybody' : userIds.map((id) => name(id)).join(', ')

export const runbookSaved = defineEvent({
  type: 'runbook.saved',
  version: 1,
  data: z.object({ runbookId: RunbookIdSchema, version: z.number() }),
  about: ({ runbookId }) => ({ runbook: runbookId }),
  sentence: (event, name) => `${name(event.actor)} saved version ${event.data.version} of the runbook ${name(event.data.runbookId)}`,
})
export const runbookRemoved = defineEvent({
  type: 'runbook.removed',
  version: 1,
  data: z.object({ runbookId: RunbookIdSchema }),
  about: ({ runbookId }) => ({ runbook: runbookId }),
  sentence: (event, name) => `${name(event.actor)} removed the runbook ${name(event.data.runbookId)}`,
})
export const connectionAdded = defineEvent({
  type: 'connection.added',
  version: 1,
  data: z.object({ connectionId: ConnectionIdSchema }),
  about: ({ connectionId }) => ({ connection: connectionId }),
  sentence: (event, name) => `${name(event.actor)} added the connection ${name(event.data.connectionId)}`,
})
export const connectionRotated = defineEvent({
  type: 'connection.rotated',
  version: 1,
  data: z.object({ connectionId: ConnectionIdSchema }),
  about: ({ connectionId }) => ({ connection: connectionId }),
  sentence: (event, name) => `${name(event.actor)} changed the credentials of the connection ${name(event.data.connectionId)}`,
})
export const connectionRemoved = defineEvent({
  type: 'connection.removed',
  version: 1,
  data: z.object({ connectionId: ConnectionIdSchema, slug: z.string() }),
  about: ({ connectionId }) => ({ connection: connectionId }),
  sentence: (event, name) => `${name(event.actor)} removed the connection ${event.data.slug}`,
})
export const runStarted = defineEvent({
  type: 'run.started',
  version: 1,
  data: z.object({ ...run, version: z.number(), cause: z.string().nullable() }),
  about,
  sentence: (event, name) =>
    event.data.cause === null
      ? `${name(event.actor)} started the runbook ${name(event.data.runbookId)}`
      : `Runbook ${name(event.data.runbookId)} started ${event.data.cause}`,
})
export const runNotStarted = defineEvent({
  type: 'run.not-started',
  version: 1,
  data: z.object({ incidentId: z.string(), slug: z.string(), reason: z.string() }),
  about: ({ incidentId }) => ({ incident: incidentId }),
  sentence: (event) => `The runbook ${event.data.slug} was not started: ${event.data.reason}`,
})
export const stepStarted = defineEvent({
  type: 'step.started',
  version: 1,
  data: z.object(ofStep),
  about,
  sentence: (event) => `Runbook: ‘${event.data.name}’ began`,
})
export const stepDone = defineEvent({
  type: 'step.done',
  version: 1,
  data: z.object(ofStep),
  about,
  sentence: (event) => `Runbook: ‘${event.data.name}’ is done`,
})
export const stepFailed = defineEvent({
  type: 'step.failed',
  version: 1,
  data: z.object({ ...ofStep, reason: z.string() }),
  about,
  sentence: (event) => `Runbook: ‘${event.data.name}’ failed: ${event.data.reason}`,
})
export const stepInDoubt = defineEvent({
  type: 'step.in-doubt',
  version: 1,
  data: z.object(ofStep),
  about,
  sentence: (event) => `Runbook: it is not known whether ‘${event.data.name}’ happened; a person is asked`,
})
export const stepSkipped = defineEvent({
  type: 'step.skipped',
  version: 1,
  data: z.object(ofStep),
  about,
  sentence: (event, name) => `${name(event.actor)} skipped ‘${event.data.name}’`,
})
export const stepRetried = defineEvent({
  type: 'step.retried',
  version: 1,
  data: z.object(ofStep),
  about,
  sentence: (event, name) => `${name(event.actor)} had ‘${event.data.name}’ tried again`,
})
export const questionAsked = defineEvent({
  type: 'question.asked',
  version: 1,
  data: z.object({ ...ofStep, seq: z.number(), userIds: z.array(UserIdSchema) }),
  about,
  sentence: (event, name) => `Runbook asks ${namesOf(event.data.userIds, name)}: ${event.data.name}`,
})
export const questionHandedOver = defineEvent({
  type: 'question.handed-over',
  version: 1,
  data: z.object({ ...ofStep, seq: z.number(), userId: UserIdSchema }),
  about,
  sentence: (event, name) => `${name(event.actor)} handed ‘${event.data.name}’ to ${name(event.data.userId)}`,
})
export const questionAnswered = defineEvent({
  type: 'question.answered',
  version: 1,
  data: z.object({ ...ofStep, seq: z.number(), answer: z.string() }),
  about,
  sentence: (event, name) => `${name(event.actor)} answered ‘${event.data.name}’: ${event.data.answer}`,
})
export const questionTimedOut = defineEvent({
  type: 'question.timed-out',
  version: 1,
  data: z.object({ ...ofStep, seq: z.number(), then: z.string() }),
  about,
  sentence: (event) => `Nobody answered ‘${event.data.name}’: ${event.data.then}`,
})
export const approvalAsked = defineEvent({
  type: 'approval.asked',
  version: 1,
  data: z.object({ ...ofStep, seq: z.number(), hash: z.string(), userIds: z.array(UserIdSchema) }),
  about,
  sentence: (event, name) => `Runbook asks ${namesOf(event.data.userIds, name)} for an approval: ${event.data.name}`,
})
export const approvalGiven = defineEvent({
  type: 'approval.given',
  version: 1,
  data: z.object({ ...ofStep, seq: z.number(), hash: z.string(), count: z.number(), quorum: z.number() }),
  about,
  sentence: (event, name) =>
    `${name(event.actor)} approved ‘${event.data.name}’, preview seen, ${event.data.count} of ${event.data.quorum}`,
})
export const approvalRefused = defineEvent({
  type: 'approval.refused',
  version: 1,
  data: z.object({ ...ofStep, seq: z.number() }),
  about,
  sentence: (event, name) => `${name(event.actor)} refused ‘${event.data.name}’`,
})
/** A person stops it; it ends as soon as it is known how its last call ended. */
export const runStopped = defineEvent({
  type: 'run.stopped',
  version: 1,
  data: z.object(run),
  about,
  sentence: (event, name) => `${name(event.actor)} stopped the runbook ${name(event.data.runbookId)}`,
})
export const runEnded = defineEvent({
  type: 'run.ended',
  version: 1,
  data: z.object({ ...run, outcome: z.enum(['done', 'cancelled', 'failed']), reason: z.string() }),
  about,
  sentence: (event, name) =>
    event.data.outcome === 'done'
      ? `Runbook ${name(event.data.runbookId)} is done`
      : `Runbook ${name(event.data.runbookId)} ${event.data.outcome === 'cancelled' ? 'was stopped' : 'failed'}: ${event.data.reason}`,
})

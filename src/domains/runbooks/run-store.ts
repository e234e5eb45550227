// Every statement on runs, their steps, what they ask and who approved. Kept here are the walls of the runbook's team; those of a run's incident, which may
// change while it runs, are asked of the incident by whoever reads a run for somebody (objects.ts, run-queries.ts).
import type { TeamId, UserId } from '#kernel/actor.ts'
import { gather, gatherByKey } from '#kernel/gather.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import { allOf, json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Who } from './definition.ts'
import type { RunId, RunbookId } from './events.ts'
import type { Ending, Pending } from './run-state.ts'

export type Run = {
  id: RunId
  number: number
  runbookId: RunbookId
  runbookSlug: string
  name: string
  version: number
  incidentId: string | null
  teamId: TeamId | null
  inputs: Record<string, unknown>
  phase: string
  step: string | null
  reason: string
  startedBy: string
  startedFor: string | null
  stopReason: string | null
  startedAt: Instant
  endedAt: Instant | null
}
export type RunStep = {
  seq: number
  step: string | null
  section: number
  status: 'running' | 'waiting' | Ending['status']
  reason: string
  startedAt: Instant
  endedAt: Instant | null
  output: string | null
  extracted: Record<string, unknown>
}
export type RunAsk = Omit<Pending, 'alsoAt' | 'endsAt'> & {
  runId: RunId
  seq: number
  kind: 'question' | 'approval' | 'doubt'
  step: string
  alsoAt: Instant | null
  endsAt: Instant | null
  danger: string | null
  preview: string | null
  hash: string | null
  quorum: number
  askedAt: Instant
  answer: string | null
  note: string | null
  answeredBy: string | null
  answeredAt: Instant | null
  closedAt: Instant | null
}

const runColumns = sql`r.id, r.number, r.runbook_id as "runbookId", b.slug as "runbookSlug", b.name, r.version, r.incident_id as "incidentId", r.team_id as "teamId",
  r.inputs, r.phase, r.step, r.reason, r.started_by as "startedBy", r.started_for as "startedFor", r.stop_reason as "stopReason", r.started_at as "startedAt", r.ended_at as "endedAt"`
const runTables = sql`runs r join runbooks b on b.id = r.runbook_id`
const seen = (scope: Scope) => visible(scope, sql`r.team_id`)

/** Answers its number. `incidentTeamId`: whose its incident is now, for a node of an older version beside this one. */
export const insertRun = async (
  scope: Scope,
  run: Pick<Run, 'id' | 'runbookId' | 'version' | 'incidentId' | 'teamId' | 'inputs' | 'startedBy' | 'startedFor'> & {
    incidentTeamId: TeamId | null
  },
): Promise<number> => {
  const [row] = await scope.query<{
    number: number
  }>(sql`insert into runs (id, runbook_id, version, incident_id, team_id, incident_team_id, inputs, phase, reason, started_by, started_for, started_at)
    values (${run.id}, ${run.runbookId}, ${run.version}, ${run.incidentId}, ${run.teamId}, ${run.incidentTeamId}, ${json(run.inputs)}::json, 'not-begun', 'about to start', ${run.startedBy}, ${run.startedFor}, ${scope.now})
    returning number`)
  return row!.number
}

/** By id or number. The walls of its incident itself are asked where it is located (objects.ts). */
export const findRun = (scope: Scope, key: string) =>
  scope.first<Run>(
    sql`select ${runColumns} from ${runTables} where ${/^\d{1,15}$/.test(key) ? sql`r.number = ${Number(key)}` : sql`r.id = ${key}`} and ${seen(scope)}`,
  )

/** For the run's own effects, which act before anybody looks. */
export const findRunAsSystem = gatherByKey(
  (scope: Scope, ids: string[]) => scope.query<Run>(sql`select ${runColumns} from ${runTables} where r.id = any(${ids}::text[])`),
  ({ id }) => id,
)

export const listRuns = (
  scope: Scope,
  filter: {
    incidentId?: string | undefined
    runbookId?: string | undefined
    open?: boolean | undefined
    before?: number | undefined
    limit: number
  },
) =>
  scope.query<Run>(
    sql`select ${runColumns} from ${runTables} where ${allOf([
      seen(scope),
      ...(filter.incidentId ? [sql`r.incident_id = ${filter.incidentId}`] : []),
      ...(filter.runbookId ? [sql`r.runbook_id = ${filter.runbookId}`] : []),
      ...(filter.open ? [sql`r.ended_at is null`] : []),
      ...(filter.before ? [sql`r.number < ${filter.before}`] : []),
    ])} order by r.number desc limit ${filter.limit}`,
  )

type RunProgress = { id: RunId; phase: string; step: string | null; reason: string; endedAt: Instant | null }
export const saveRun = gather(async (scope: Scope, runs: readonly RunProgress[]) => {
  await scope.query(sql`update runs set phase = case when stop_reason is not null and row."endedAt" is null then 'stopping' else row.phase end,
      step = row.step, reason = row.reason, ended_at = row."endedAt"
    from json_to_recordset(${json(runs)}::json) as row (id text, phase text, step text, reason text, "endedAt" timestamptz) where runs.id = row.id`)
  return runs
})

/** From here on nothing more is sent for it, whatever its process has not heard yet. False when it is over, or being stopped already. */
export const saveStopped = async (scope: Scope, id: RunId, reason: string): Promise<boolean> =>
  (
    await scope.query(
      sql`update runs set phase = 'stopping', stop_reason = ${reason} where id = ${id} and ended_at is null and stop_reason is null returning id`,
    )
  ).length === 1
/** From here on it stands at that step no more, though its process has not heard of it yet. False when it does not stand there as it was read. */
export const leaveStep = async (scope: Scope, { id, phase, step }: Pick<Run, 'id' | 'phase' | 'step'>): Promise<boolean> =>
  (await scope.query(sql`update runs set phase = 'moving' where id = ${id} and phase = ${phase} and step = ${step} returning id`))
    .length === 1

type OpenStep = { runId: RunId; seq: number; step: string; section: number; status: 'running' | 'waiting'; reason: string }
export const openStep = gather(async (scope: Scope, rows: readonly OpenStep[]) => {
  await scope.query(sql`insert into run_steps (run_id, seq, step, section, status, reason, started_at)
    select "runId", seq, step, section, status, reason, ${scope.now}
    from json_to_recordset(${json(rows)}::json) as row ("runId" text, seq int, step text, section int, status text, reason text)
    on conflict (run_id, seq) do update set status = excluded.status, reason = excluded.reason`)
  return rows
})

export const closeStep = gather(async (scope: Scope, rows: readonly (Ending & { runId: RunId })[]) => {
  const values = rows.map(({ extracted = {}, ...row }) => ({ ...row, extracted }))
  await scope.query(sql`insert into run_steps (run_id, seq, step, section, status, reason, started_at, ended_at, output, extracted)
    select "runId", seq, step, section, status, reason, ${scope.now}, ${scope.now}, output, extracted
    from json_to_recordset(${json(values)}::json) as row ("runId" text, seq int, step text, section int, status text, reason text, output text, extracted json)
    on conflict (run_id, seq) do update set status = excluded.status, reason = excluded.reason, ended_at = excluded.ended_at,
      output = coalesce(excluded.output, run_steps.output), extracted = excluded.extracted`)
  return rows
})

export const stepsOfRun = (scope: Scope, runId: RunId) =>
  scope.query<RunStep>(
    sql`select seq, step, section, status, reason, started_at as "startedAt", ended_at as "endedAt", output, extracted from run_steps where run_id = ${runId} order by seq`,
  )

const askColumns = sql`a.run_id as "runId", a.seq, a.kind, a.step, a.question, a.shown, a.answers, a.who, a.also, a.also_at as "alsoAt", a.ends_at as "endsAt", a.at_end as "atEnd",
  a.danger, a.preview, a.hash, a.quorum, a.asked_at as "askedAt", a.answer, a.note, a.answered_by as "answeredBy", a.answered_at as "answeredAt", a.closed_at as "closedAt"`

export const insertAsk = (
  scope: Scope,
  ask: Pick<RunAsk, 'runId' | 'seq' | 'kind' | 'step' | 'danger' | 'preview' | 'hash' | 'quorum'> & { pending: Pending },
) =>
  scope.query(sql`insert into run_asks (run_id, seq, kind, step, question, shown, answers, who, also, also_at, ends_at, at_end, danger, preview, hash, quorum, asked_at)
    values (${ask.runId}, ${ask.seq}, ${ask.kind}, ${ask.step}, ${ask.pending.question}, ${json(ask.pending.shown)}::json, ${json(ask.pending.answers)}::json,
      ${json(ask.pending.who)}::json, ${json(ask.pending.also)}::json, ${ask.pending.alsoAt}, ${ask.pending.endsAt}, ${ask.pending.atEnd},
      ${ask.danger}, ${ask.preview}, ${ask.hash}, ${ask.quorum}, ${scope.now})`)

/** What a run asks, locked until this transaction ends: an answer and a timer do not pass each other. */
export const lockAsk = (scope: Scope, runId: RunId, seq: number) =>
  scope.first<RunAsk>(sql`select ${askColumns} from run_asks a where a.run_id = ${runId} and a.seq = ${seq} for update`)
/** The one open ask of a run at this step, locked. */
export const lockOpenAsk = (scope: Scope, runId: RunId, step: string) =>
  scope.first<RunAsk>(
    sql`select ${askColumns} from run_asks a where a.run_id = ${runId} and a.step = ${step} and a.closed_at is null order by a.seq desc limit 1 for update`,
  )
export const asksOfRun = (scope: Scope, runId: RunId) =>
  scope.query<RunAsk>(sql`select ${askColumns} from run_asks a where a.run_id = ${runId} order by a.seq`)
export type OpenAsk = RunAsk & Pick<Run, 'incidentId' | 'teamId'>
/** What waits for somebody and belongs to a run that the scope sees, oldest first: so many behind that one. */
export const openAsks = (scope: Scope, after: OpenAsk | undefined, limit: number) =>
  scope.query<OpenAsk>(sql`select ${askColumns}, r.incident_id as "incidentId", r.team_id as "teamId" from run_asks a join runs r on r.id = a.run_id
    where ${allOf([
      sql`a.closed_at is null and a.answer is null`,
      seen(scope),
      ...(after ? [sql`(a.asked_at, a.run_id, a.seq) > (${after.askedAt}, ${after.runId}, ${after.seq})`] : []),
    ])} order by a.asked_at, a.run_id, a.seq limit ${limit}`)

export const saveAnswer = (scope: Scope, ask: Pick<RunAsk, 'runId' | 'seq' | 'answer' | 'note' | 'answeredBy'>) =>
  scope.query(sql`update run_asks set answer = ${ask.answer}, note = ${ask.note}, answered_by = ${ask.answeredBy}, answered_at = ${scope.now}
    where run_id = ${ask.runId} and seq = ${ask.seq}`)
export const saveAsked = (scope: Scope, ask: { runId: RunId; seq: number; who: Who[]; also: Who[]; alsoAt: Instant | null }) =>
  scope.query(
    sql`update run_asks set who = ${json(ask.who)}::json, also = ${json(ask.also)}::json, also_at = ${ask.alsoAt} where run_id = ${ask.runId} and seq = ${ask.seq}`,
  )
export const addTold = (scope: Scope, runId: RunId, seq: number, userIds: readonly UserId[]) =>
  scope.query(sql`update run_asks set told = (told::jsonb || ${json(userIds)}::jsonb)::json where run_id = ${runId} and seq = ${seq}`)
/** Everybody who was told of it. */
export const takeTold = async (scope: Scope, runId: RunId, seq: number): Promise<UserId[]> => [
  ...new Set((await scope.first<{ told: UserId[] }>(sql`select told from run_asks where run_id = ${runId} and seq = ${seq}`))?.told ?? []),
]
export const closeAsks = (scope: Scope, runId: RunId) =>
  scope.query(sql`update run_asks set closed_at = ${scope.now} where run_id = ${runId} and closed_at is null`)

/** False when this person has approved it already. */
export const insertApproval = async (scope: Scope, runId: RunId, seq: number, userId: UserId, note: string | null): Promise<boolean> =>
  (
    await scope.query(
      sql`insert into run_approvals (run_id, seq, user_id, at, note) values (${runId}, ${seq}, ${userId}, ${scope.now}, ${note}) on conflict do nothing returning user_id`,
    )
  ).length === 1
export const approvalsOfRun = (scope: Scope, runId: RunId) =>
  scope.query<{ seq: number; userId: UserId; at: Instant; note: string | null }>(
    sql`select seq, user_id as "userId", at, note from run_approvals where run_id = ${runId} order by at`,
  )
export const countApprovals = async (scope: Scope, runId: RunId, seq: number): Promise<number> =>
  (await scope.first<{ count: number }>(sql`select count(*) as count from run_approvals where run_id = ${runId} and seq = ${seq}`))!.count

export const runNames = async (scope: Scope, ids: string[]) =>
  scope.query<{ id: string; name: string }>(
    sql`select r.id, b.name || ', run ' || r.number as name from ${runTables} where r.id = any(${ids}::text[])`,
  )

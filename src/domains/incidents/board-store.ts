// Every statement on what stands on an incident's board: roles, responders, tasks, hypotheses, decisions, texts, alert groups, clocks. They are
// reached through their incident only, which the caller has found in its scope.
import type { UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { GroupId } from '#domains/alerts/index.ts'
import type { SlaClock } from './clocks.ts'
import type { DecisionId, HypothesisId, TaskId, TextId } from './events.ts'
import type { IncidentId } from './incident.ts'

export type Text = {
  id: TextId
  kind: string
  text: string | null
  detail: string | null
  salt: string | null
  hash: string
  writtenBy: string
  writtenAt: Instant
  erasedAt: Instant | null
}
const textColumns = sql`id, kind, text, detail, salt, hash, written_by as "writtenBy", written_at as "writtenAt", erased_at as "erasedAt"`

export const insertText = (scope: Scope, incidentId: IncidentId, text: Omit<Text, 'erasedAt' | 'writtenAt'>) =>
  scope.query(sql`insert into incident_texts (id, incident_id, kind, text, detail, salt, hash, written_by, written_at)
    values (${text.id}, ${incidentId}, ${text.kind}, ${text.text}, ${text.detail}, ${text.salt}, ${text.hash}, ${text.writtenBy}, ${scope.now})`)
export const textsOf = (scope: Scope, incidentId: IncidentId) =>
  scope.query<Text>(sql`select ${textColumns} from incident_texts where incident_id = ${incidentId} order by id`)
export const findText = (scope: Scope, incidentId: IncidentId, id: string) =>
  scope.first<Text>(sql`select ${textColumns} from incident_texts where incident_id = ${incidentId} and id = ${id}`)
export const eraseText = (scope: Scope, id: TextId) =>
  scope.query(sql`update incident_texts set text = null, detail = null, salt = null, erased_at = ${scope.now} where id = ${id}`)

export type RoleHolder = { role: string; userId: UserId; name: string; handle: string; assignedAt: Instant }
export const rolesOf = (scope: Scope, incidentId: IncidentId) =>
  scope.query<RoleHolder>(sql`select held.role, held.user_id as "userId", users.name, users.handle, held.assigned_at as "assignedAt" from incident_roles held join users on users.id = held.user_id
    where held.incident_id = ${incidentId} order by held.role`)
/** The same for many, for lists. */
export const rolesOfMany = (scope: Scope, incidentIds: readonly string[]) =>
  scope.query<
    RoleHolder & { incidentId: IncidentId }
  >(sql`select held.incident_id as "incidentId", held.role, held.user_id as "userId", users.name, users.handle, held.assigned_at as "assignedAt"
    from incident_roles held join users on users.id = held.user_id where held.incident_id = any(${[...incidentIds]}::text[]) order by held.role`)
export const setRole = (scope: Scope, incidentId: IncidentId, role: string, userId: UserId | null) =>
  userId === null
    ? scope.query(sql`delete from incident_roles where incident_id = ${incidentId} and role = ${role}`)
    : scope.query(sql`insert into incident_roles (incident_id, role, user_id, assigned_at) values (${incidentId}, ${role}, ${userId}, ${scope.now})
        on conflict (incident_id, role) do update set user_id = excluded.user_id, assigned_at = excluded.assigned_at`)

export type Responder = { userId: UserId; name: string; handle: string; joinedAt: Instant }
export const respondersOf = (scope: Scope, incidentId: IncidentId) =>
  scope.query<Responder>(sql`select here.user_id as "userId", users.name, users.handle, here.joined_at as "joinedAt" from incident_responders here join users on users.id = here.user_id
    where here.incident_id = ${incidentId} order by here.joined_at, users.name`)
/** True when the person was not there before. */
export const addResponder = async (scope: Scope, incidentId: IncidentId, userId: UserId) =>
  (
    await scope.query(
      sql`insert into incident_responders (incident_id, user_id, joined_at) values (${incidentId}, ${userId}, ${scope.now}) on conflict do nothing returning user_id`,
    )
  ).length === 1

export type Task = {
  id: TaskId
  textId: TextId
  title: string | null
  detail: string | null
  assigneeId: UserId | null
  assigneeName: string | null
  assigneeHandle: string | null
  dueAt: Instant | null
  doneAt: Instant | null
  doneBy: string | null
  addedAt: Instant
}
export const tasksOf = (scope: Scope, incidentId: IncidentId) =>
  scope.query<Task>(sql`select task.id, task.text_id as "textId", words.text as title, words.detail, task.assignee_id as "assigneeId", users.name as "assigneeName", users.handle as "assigneeHandle",
      task.due_at as "dueAt", task.done_at as "doneAt", task.done_by as "doneBy", task.added_at as "addedAt"
    from incident_tasks task join incident_texts words on words.id = task.text_id left join users on users.id = task.assignee_id
    where task.incident_id = ${incidentId} order by task.done_at is not null, task.due_at nulls last, task.id`)
export const insertTask = (scope: Scope, incidentId: IncidentId, task: Pick<Task, 'id' | 'textId' | 'assigneeId' | 'dueAt'>) =>
  scope.query(
    sql`insert into incident_tasks (id, incident_id, text_id, assignee_id, due_at, added_at) values (${task.id}, ${incidentId}, ${task.textId}, ${task.assigneeId}, ${task.dueAt}, ${scope.now})`,
  )
export const saveTask = (scope: Scope, task: Pick<Task, 'id' | 'textId' | 'assigneeId' | 'dueAt' | 'doneAt' | 'doneBy'>) =>
  scope.query(
    sql`update incident_tasks set text_id = ${task.textId}, assignee_id = ${task.assigneeId}, due_at = ${task.dueAt}, done_at = ${task.doneAt}, done_by = ${task.doneBy} where id = ${task.id}`,
  )

type HypothesisState = 'suspected' | 'testing' | 'confirmed' | 'refuted'
export type Hypothesis = {
  id: HypothesisId
  state: HypothesisState
  textId: TextId
  statement: string | null
  test: string | null
  outcome: string | null
  ownerId: UserId | null
  ownerName: string | null
  testTextId: TextId | null
  outcomeTextId: TextId | null
  addedBy: string
  addedAt: Instant
  changedAt: Instant
}
export const hypothesesOf = (scope: Scope, incidentId: IncidentId) =>
  scope.query<Hypothesis>(sql`select h.id, h.state, h.text_id as "textId", words.text as statement, test.text as test, outcome.text as outcome, h.owner_id as "ownerId", users.name as "ownerName",
      h.test_text_id as "testTextId", h.outcome_text_id as "outcomeTextId", h.added_by as "addedBy", h.added_at as "addedAt", h.changed_at as "changedAt"
    from incident_hypotheses h join incident_texts words on words.id = h.text_id left join incident_texts test on test.id = h.test_text_id
      left join incident_texts outcome on outcome.id = h.outcome_text_id left join users on users.id = h.owner_id
    where h.incident_id = ${incidentId} order by array_position(array['confirmed', 'testing', 'suspected', 'refuted'], h.state), h.id`)
export const insertHypothesis = (
  scope: Scope,
  incidentId: IncidentId,
  hypothesis: Pick<Hypothesis, 'id' | 'state' | 'textId' | 'testTextId' | 'ownerId' | 'addedBy'>,
) =>
  scope.query(sql`insert into incident_hypotheses (id, incident_id, text_id, state, owner_id, test_text_id, added_by, added_at, changed_at)
    values (${hypothesis.id}, ${incidentId}, ${hypothesis.textId}, ${hypothesis.state}, ${hypothesis.ownerId}, ${hypothesis.testTextId}, ${hypothesis.addedBy}, ${scope.now}, ${scope.now})`)
export const saveHypothesis = (scope: Scope, hypothesis: Pick<Hypothesis, 'id' | 'state' | 'testTextId' | 'outcomeTextId' | 'ownerId'>) =>
  scope.query(sql`update incident_hypotheses set state = ${hypothesis.state}, test_text_id = ${hypothesis.testTextId}, outcome_text_id = ${hypothesis.outcomeTextId}, owner_id = ${hypothesis.ownerId}, changed_at = ${scope.now}
    where id = ${hypothesis.id}`)

export type DecisionRow = {
  id: DecisionId
  textId: TextId
  title: string | null
  reason: string | null
  decidedBy: string
  decidedAt: Instant
}
export const decisionsOf = (scope: Scope, incidentId: IncidentId) =>
  scope.query<DecisionRow>(sql`select d.id, d.text_id as "textId", words.text as title, words.detail as reason, d.decided_by as "decidedBy", d.decided_at as "decidedAt"
    from incident_decisions d join incident_texts words on words.id = d.text_id where d.incident_id = ${incidentId} order by d.id`)
export const insertDecision = (scope: Scope, incidentId: IncidentId, decision: Pick<DecisionRow, 'id' | 'textId' | 'decidedBy'>) =>
  scope.query(
    sql`insert into incident_decisions (id, incident_id, text_id, decided_by, decided_at) values (${decision.id}, ${incidentId}, ${decision.textId}, ${decision.decidedBy}, ${scope.now})`,
  )

export type LinkedGroup = { groupId: GroupId; opened: boolean; linkedAt: Instant }
export const groupsOf = (scope: Scope, incidentId: IncidentId) =>
  scope.query<LinkedGroup>(
    sql`select group_id as "groupId", opened, linked_at as "linkedAt" from incident_groups where incident_id = ${incidentId} order by linked_at, group_id`,
  )
/** True when it was not linked before. */
export const linkGroup = async (scope: Scope, incidentId: IncidentId, groupId: GroupId, opened: boolean) =>
  (
    await scope.query(
      sql`insert into incident_groups (incident_id, group_id, opened, linked_at) values (${incidentId}, ${groupId}, ${opened}, ${scope.now}) on conflict do nothing returning group_id`,
    )
  ).length === 1
/** Every incident that a group is linked to. */
export const incidentsOfGroup = (scope: Scope, groupId: string) =>
  scope.query<{ incidentId: IncidentId; opened: boolean }>(
    sql`select incident_id as "incidentId", opened from incident_groups where group_id = ${groupId} order by opened desc, incident_id`,
  )
/** Holds off everybody else who wants to open an incident for this group, until this transaction ends. */
export const lockGroupLink = (scope: Scope, groupId: string) => scope.query(sql`select pg_advisory_xact_lock(7473, hashtext(${groupId}))`)

export const clocksOf = (scope: Scope, incidentId: IncidentId) =>
  scope.query<SlaClock>(sql`select sla, target_seconds as "targetSeconds", started_at as "startedAt", paused_at as "pausedAt", paused_seconds as "pausedSeconds", met_at as "metAt",
      warned_at as "warnedAt", breached_at as "breachedAt" from incident_clocks where incident_id = ${incidentId} order by sla`)
export const saveClocks = (scope: Scope, incidentId: IncidentId, clocks: readonly SlaClock[]) =>
  scope.query(sql`insert into incident_clocks (incident_id, sla, target_seconds, started_at, paused_at, paused_seconds, met_at, warned_at, breached_at)
    select ${incidentId}, sla, "targetSeconds", "startedAt", "pausedAt", "pausedSeconds", "metAt", "warnedAt", "breachedAt"
    from json_to_recordset(${json(clocks)}::json) as row (sla text, "targetSeconds" int, "startedAt" timestamptz, "pausedAt" timestamptz, "pausedSeconds" double precision, "metAt" timestamptz,
      "warnedAt" timestamptz, "breachedAt" timestamptz)
    on conflict (incident_id, sla) do update set target_seconds = excluded.target_seconds, started_at = excluded.started_at, paused_at = excluded.paused_at, paused_seconds = excluded.paused_seconds,
      met_at = excluded.met_at, warned_at = excluded.warned_at, breached_at = excluded.breached_at`)

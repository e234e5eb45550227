// Every statement on pages, their traces and whom they told. A page is seen by those who see its team, and by everybody whom it paged.
import { personOf, type TeamId, type UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import { allOf, json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { PageId } from './events.ts'

export type PageStateName = 'paging' | 'acknowledged' | 'exhausted' | 'ended'
export type PageRow = {
  id: PageId
  policy: string | null
  groupId: Id<'grp'> | null
  incidentId: Id<'inc'> | null
  teamId: TeamId | null
  severity: string | null
  title: string
  body: string
  state: PageStateName
  reason: string
  level: number
  round: number
  nextAt: Instant | null
  next: string | null
  startedBy: string
  startedAt: Instant
  acknowledgedAt: Instant | null
  acknowledgedBy: UserId | null
  acknowledgedByName: string | null
  endedAt: Instant | null
}
export type StepRow = { seq: number; at: Instant; kind: string; level: number; round: number; reason: string }
export type PersonRow = {
  userId: UserId
  name: string
  handle: string
  level: number
  round: number
  reachKey: string
  reason: string
  at: Instant
}

const columns = sql`p.id, p.policy, p.group_id as "groupId", p.incident as "incidentId", p.team_id as "teamId", p.severity, p.title, p.body, p.state, p.reason, p.level, p.round,
  p.next_at as "nextAt", p.next, p.started_by as "startedBy", p.started_at as "startedAt", p.acknowledged_at as "acknowledgedAt", p.acknowledged_by as "acknowledgedBy",
  ackers.name as "acknowledgedByName", p.ended_at as "endedAt"`
const tables = sql`pages p left join users ackers on ackers.id = p.acknowledged_by`
const seen = (scope: Scope): Sql =>
  sql`(${visible(scope, sql`p.team_id`)} or exists (select 1 from page_people told where told.page_id = p.id and told.user_id = ${personOf(scope.actor) ?? ''}))`

export const findPage = (scope: Scope, id: string): Promise<PageRow | undefined> =>
  scope.first<PageRow>(sql`select ${columns} from ${tables} where p.id = ${id} and ${seen(scope)}`)
/** Those of these pages that the scope sees, in no order. */
export const findPages = (scope: Scope, ids: readonly string[]): Promise<PageRow[]> =>
  scope.query<PageRow>(sql`select ${columns} from ${tables} where p.id = any(${[...ids]}::text[]) and ${seen(scope)}`)
/** One page, held until the transaction ends. */
export async function lockPage(scope: Scope, id: string): Promise<PageRow | undefined> {
  await scope.query(sql`select 1 from pages where id = ${id} for update`)
  return findPage(scope, id)
}
/** The pages of a group that are not over, held until the transaction ends. */
export async function lockPagesOfGroup(scope: Scope, groupId: string): Promise<PageRow[]> {
  await scope.query(sql`select 1 from pages where group_id = ${groupId} and state <> 'ended' order by id for update`)
  return scope.query<PageRow>(
    sql`select ${columns} from ${tables} where p.group_id = ${groupId} and p.state <> 'ended' and ${seen(scope)} order by p.id`,
  )
}
/** Pages that are not over and about this incident, whoever asks has shown that they may see the incident. */
export const openPagesOfIncident = (scope: Scope, incidentId: string): Promise<PageRow[]> =>
  scope.query<PageRow>(
    sql`select ${columns} from ${tables} where p.incident = ${incidentId} and p.state <> 'ended' and ${seen(scope)} order by p.id`,
  )

export type PageFilter = {
  state?: 'open' | PageStateName | undefined
  group?: string | undefined
  incident?: string | undefined
  user?: string | undefined
  after?: readonly (string | number)[] | undefined
  limit: number
}
export const listPages = (scope: Scope, filter: PageFilter): Promise<PageRow[]> =>
  scope.query<PageRow>(
    sql`select ${columns} from ${tables} where ${seen(scope)} and ${allOf([
      ...(filter.state === undefined
        ? []
        : filter.state === 'open'
          ? [sql`p.state in ('paging', 'acknowledged', 'exhausted')`]
          : [sql`p.state = ${filter.state}`]),
      ...(filter.group ? [sql`p.group_id = ${filter.group}`] : []),
      ...(filter.incident ? [sql`p.incident = ${filter.incident}`] : []),
      ...(filter.user ? [sql`exists (select 1 from page_people mine where mine.page_id = p.id and mine.user_id = ${filter.user})`] : []),
      ...(filter.after ? [sql`(p.started_at, p.id) < (${filter.after[0]}::timestamptz, ${filter.after[1]})`] : []),
    ])} order by p.started_at desc, p.id desc limit ${filter.limit}`,
  )

export const insertPage = (
  scope: Scope,
  page: Pick<PageRow, 'id' | 'policy' | 'groupId' | 'incidentId' | 'teamId' | 'severity' | 'title' | 'body' | 'startedBy'>,
): Promise<unknown[]> =>
  scope.query(sql`insert into pages (id, policy, group_id, incident, team_id, severity, title, body, state, reason, level, round, started_by, started_at)
    values (${page.id}, ${page.policy}, ${page.groupId}, ${page.incidentId}, ${page.teamId}, ${page.severity}, ${page.title}, ${page.body}, 'paging', 'begins', 0, 1, ${page.startedBy}, ${scope.now})`)

export const saveAcknowledged = (scope: Scope, id: PageId, by: UserId | null, reason: string): Promise<unknown[]> =>
  scope.query(
    sql`update pages set state = 'acknowledged', reason = ${reason}, acknowledged_at = ${scope.now}, acknowledged_by = ${by}, next_at = null, next = null where id = ${id}`,
  )
/** Nothing when it is not acknowledged. */
export const saveGivenBack = (scope: Scope, id: string, reason: string): Promise<unknown[]> =>
  scope.query(sql`update pages set state = 'paging', reason = ${reason}, acknowledged_at = null, acknowledged_by = null
    where id = ${id} and state = 'acknowledged' returning id`)
export const saveEnded = (scope: Scope, id: PageId, reason: string): Promise<unknown[]> =>
  scope.query(
    sql`update pages set state = 'ended', ended_at = ${scope.now}, next_at = null, next = null, reason = ${reason} where id = ${id}`,
  )

/** What the process decided; without a reason the one before stands. An answer or an end that a command wrote meanwhile stands: the process hears of it next. */
export const saveProgress = (
  scope: Scope,
  id: string,
  page: Pick<PageRow, 'level' | 'round' | 'nextAt' | 'next'> & { reason: string | null; exhausted: boolean },
): Promise<unknown[]> =>
  scope.query(sql`update pages set reason = coalesce(${page.reason}::text, reason), level = ${page.level}, round = ${page.round}, next_at = case when state = 'paging' then ${page.nextAt}::timestamptz end,
    next = case when state = 'paging' then ${page.next}::text end, state = case when ${page.exhausted} and state = 'paging' then 'exhausted' else state end where id = ${id} and state <> 'ended'`)

export async function insertSteps(scope: Scope, pageId: string, steps: readonly Omit<StepRow, 'seq' | 'at'>[]): Promise<void> {
  if (steps.length === 0) return
  const values = steps.map((step, n) => ({ n, ...step }))
  await scope.query(sql`insert into page_steps (page_id, seq, at, kind, level, round, reason)
    select ${pageId}, (select coalesce(max(seq), 0) from page_steps where page_id = ${pageId}) + n + 1, ${scope.now}, kind, level, round, reason
    from json_to_recordset(${json(values)}::json) as row (n int, kind text, level int, round int, reason text)`)
}

export async function insertPeople(
  scope: Scope,
  pageId: string,
  people: readonly { userId: UserId; level: number; round: number; reachKey: string; reason: string }[],
): Promise<void> {
  if (people.length === 0) return
  await scope.query(sql`insert into page_people (page_id, user_id, level, round, reach_key, reason, at)
    select ${pageId}, "userId", level, round, "reachKey", reason, ${scope.now}
    from json_to_recordset(${json(people)}::json) as row ("userId" text, level int, round int, "reachKey" text, reason text) on conflict do nothing`)
}

export const stepsOf = (scope: Scope, pageId: string): Promise<StepRow[]> =>
  scope.query(sql`select seq, at, kind, level, round, reason from page_steps where page_id = ${pageId} order by seq`)
export const peopleOf = (scope: Scope, pageId: string): Promise<PersonRow[]> =>
  scope.query(sql`select told.user_id as "userId", users.name, users.handle, told.level, told.round, told.reach_key as "reachKey", told.reason, told.at
    from page_people told join users on users.id = told.user_id where told.page_id = ${pageId} order by told.round, told.at, told.level, users.name`)
/** How often each of these people was paged since then. */
export const countPaged = (scope: Scope, userIds: readonly UserId[], since: Instant): Promise<{ userId: UserId; count: number }[]> =>
  scope.query(
    sql`select user_id as "userId", count(*) as count from page_people where user_id = any(${[...userIds]}::text[]) and at >= ${since} group by user_id`,
  )

// Every statement on pages, their traces and whom they told. A page is seen by those who see its team, and by everybody whom it paged.
import { personOf, type TeamId, type UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import { allOfThem, gather, gatherByKey } from '#kernel/gather.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import { allOf, json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import { erasedWords, says } from '#domains/notifications/index.ts'
import type { PageId } from './events.ts'

type PageStateName = 'paging' | 'acknowledged' | 'exhausted' | 'ended'
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

export const findPage = async (scope: Scope, id: string): Promise<PageRow | undefined> => (await findPages(scope, [id]))[0]
/** Those of these pages that the scope sees, in no order. */
export const findPages = (scope: Scope, ids: readonly string[]): Promise<PageRow[]> =>
  scope.query<PageRow>(sql`select ${columns} from ${tables} where p.id = any(${[...ids]}::text[]) and ${seen(scope)}`)
/** One page, held until the transaction ends. */
export const lockPage = gatherByKey(
  async (scope: Scope, ids: string[]) => {
    const locked = scope.query(sql`select 1 from pages where id = any(${ids}::text[]) order by id for update`)
    // A statement of its own, begun when the locks are held.
    const [, rows] = await allOfThem([locked, findPages(scope, ids)])
    return rows
  },
  ({ id }) => id,
)
/** The pages of a group that are not over, held until the transaction ends. */
export const lockPagesOfGroup = gather(async (scope: Scope, groupIds: readonly string[]): Promise<PageRow[][]> => {
  const ofThem = sql`group_id = any(${[...groupIds]}::text[]) and state <> 'ended'`
  const locked = await scope.query(sql`select 1 from pages where ${ofThem} order by id for update`)
  const rows =
    locked.length === 0
      ? []
      : await scope.query<PageRow>(
          sql`select ${columns} from ${tables} where p.group_id = any(${[...groupIds]}::text[]) and p.state <> 'ended' and ${seen(scope)} order by p.id`,
        )
  return groupIds.map((groupId) => rows.filter((row) => row.groupId === groupId))
})
/** The pages about alerts that somebody has, held until the transaction ends. */
export const lockPagesTakenBy = async (scope: Scope, userId: UserId): Promise<PageRow[]> => {
  const ofThem = sql`acknowledged_by = ${userId} and group_id is not null and state <> 'ended'`
  const locked = await scope.query<{ id: string }>(sql`select id from pages where ${ofThem} order by id for update`)
  const rows = await findPages(
    scope,
    locked.map(({ id }) => id),
  )
  return rows.filter((row) => row.state === 'acknowledged' && row.acknowledgedBy === userId).sort((a, b) => (a.id < b.id ? -1 : 1))
}
/** The pages about an incident that are not over, held until the transaction ends. */
export const lockPagesOfIncident = async (scope: Scope, incidentId: string): Promise<PageRow[]> => {
  const ofIt = sql`incident = ${incidentId} and state <> 'ended'`
  const locked = await scope.query<{ id: string }>(sql`select id from pages where ${ofIt} order by id for update`)
  const rows = await findPages(
    scope,
    locked.map(({ id }) => id),
  )
  return rows.filter((row) => row.state !== 'ended').sort((a, b) => (a.id < b.id ? -1 : 1))
}
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

type NewPageRow = Pick<PageRow, 'id' | 'policy' | 'groupId' | 'incidentId' | 'teamId' | 'severity' | 'title' | 'body' | 'startedBy'>
export const insertPage = gather(async (scope: Scope, pages: readonly NewPageRow[]) => {
  await scope.query(sql`insert into pages (id, policy, group_id, incident, team_id, severity, title, body, state, reason, level, round, started_by, started_at)
    select id, policy, "groupId", "incidentId", "teamId", severity, title, body, 'paging', 'begins', 0, 1, "startedBy", ${scope.now}
    from json_to_recordset(${json(pages)}::json) as row (id text, policy text, "groupId" text, "incidentId" text, "teamId" text, severity text, title text, body text, "startedBy" text)`)
  return pages
})

export const saveAcknowledged = (scope: Scope, id: PageId, by: UserId | null, reason: string): Promise<unknown[]> =>
  scope.query(
    sql`update pages set state = 'acknowledged', reason = ${reason}, acknowledged_at = ${scope.now}, acknowledged_by = ${by}, next_at = null, next = null where id = ${id}`,
  )
/** What it is about, and nothing else. */
export const saveTitle = (scope: Scope, id: PageId, title: string): Promise<unknown[]> =>
  scope.query(sql`update pages set title = ${title}, body = '' where id = ${id}`)
/** Nothing when it is not acknowledged. */
export const saveGivenBack = (scope: Scope, id: string, reason: string): Promise<unknown[]> =>
  scope.query(sql`update pages set state = 'paging', reason = ${reason}, acknowledged_at = null, acknowledged_by = null
    where id = ${id} and state = 'acknowledged' returning id`)
export const saveEnded = (scope: Scope, id: PageId, reason: string): Promise<unknown[]> =>
  scope.query(
    sql`update pages set state = 'ended', ended_at = ${scope.now}, next_at = null, next = null, reason = ${reason} where id = ${id}`,
  )

type Progress = Pick<PageRow, 'id' | 'level' | 'round' | 'nextAt' | 'next'> & { reason: string | null; exhausted: boolean }
/** What the process decided; without a reason the one before stands. An answer or an end that a command wrote meanwhile stands: the process hears of it next. */
export const saveProgress = gather(async (scope: Scope, pages: readonly Progress[]) => {
  await scope.query(sql`update pages p set reason = coalesce(row.reason, p.reason), level = row.level, round = row.round,
      next_at = case when p.state = 'paging' then row."nextAt" end, next = case when p.state = 'paging' then row.next end,
      state = case when row.exhausted and p.state = 'paging' then 'exhausted' else p.state end
    from json_to_recordset(${json(pages)}::json) as row (id text, reason text, level int, round int, "nextAt" timestamptz, next text, exhausted boolean)
    where p.id = row.id and p.state <> 'ended'`)
  return pages
})

type NewSteps = { pageId: string; steps: readonly Omit<StepRow, 'seq' | 'at'>[] }
export const insertSteps = gather(async (scope: Scope, all: readonly NewSteps[]) => {
  const rows = all.flatMap(({ pageId, steps }) => steps.map((step, n) => ({ pageId, n, ...step })))
  if (rows.length > 0)
    await scope.query(sql`insert into page_steps (page_id, seq, at, kind, level, round, reason)
      select "pageId", (select coalesce(max(seq), 0) from page_steps where page_id = "pageId") + n + 1, ${scope.now}, kind, level, round, reason
      from json_to_recordset(${json(rows)}::json) as row ("pageId" text, n int, kind text, level int, round int, reason text)`)
  return all
})

type NewPeople = { pageId: string; people: readonly { userId: UserId; level: number; round: number; reachKey: string; reason: string }[] }
export const insertPeople = gather(async (scope: Scope, all: readonly NewPeople[]) => {
  const rows = all.flatMap(({ pageId, people }) => people.map((one) => ({ pageId, ...one })))
  if (rows.length > 0)
    await scope.query(sql`insert into page_people (page_id, user_id, level, round, reach_key, reason, at)
      select "pageId", "userId", level, round, "reachKey", reason, ${scope.now}
      from json_to_recordset(${json(rows)}::json) as row ("pageId" text, "userId" text, level int, round int, "reachKey" text, reason text) on conflict do nothing`)
  return all
})

export const stepsOf = (scope: Scope, pageId: string): Promise<StepRow[]> =>
  scope.query(sql`select seq, at, kind, level, round, reason from page_steps where page_id = ${pageId} order by seq`)
/** Which of these pages told that person. */
export const toldOf = async (scope: Scope, pageIds: readonly string[], userId: string): Promise<string[]> =>
  (
    await scope.query<{ id: string }>(
      sql`select distinct page_id as id from page_people where page_id = any(${[...pageIds]}::text[]) and user_id = ${userId}`,
    )
  ).map(({ id }) => id)
export const peopleOf = (scope: Scope, pageId: string): Promise<PersonRow[]> =>
  scope.query(sql`select told.user_id as "userId", users.name, users.handle, told.level, told.round, told.reach_key as "reachKey", told.reason, told.at
    from page_people told join users on users.id = told.user_id where told.page_id = ${pageId} order by told.round, told.at, told.level, users.name`)
/** Takes an erased text out of the pages about an incident. Their ids. */
export const eraseFromPages = async (scope: Scope, incidentId: string, text: string): Promise<string[]> => {
  const without = (column: Sql) => sql`case when ${says(column, text)} then ${erasedWords} else ${column} end`
  const rows = await scope.query<{ id: string }>(
    sql`update pages set title = ${without(sql`title`)}, body = ${without(sql`body`)} where incident = ${incidentId} returning id`,
  )
  return rows.map(({ id }) => id)
}
export const reachKeysOf = async (scope: Scope, pageIds: readonly string[]): Promise<string[]> =>
  (await scope.query<{ key: string }>(sql`select reach_key as key from page_people where page_id = any(${[...pageIds]}::text[])`)).map(
    ({ key }) => key,
  )

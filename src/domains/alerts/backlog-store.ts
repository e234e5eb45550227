// Every statement on the backlog: signals that were taken in and not yet read.
import { allOfThem } from '#kernel/gather.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Signal } from '#kernel/signal.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import type { IntegrationId } from './events.ts'

/** A request as it came, about how many signals are in it, and when it came if that was long before now. */
export type Unread = { subpath: string; body: Uint8Array; count: number; lateFrom?: Instant | undefined }
export type Kept = { id: number; receivedAt: Instant } & (
  { signals: Signal[] } | { signals: null; subpath: string; body: Uint8Array | null; done: number; isLate: boolean }
)

/** Keeps a request unread. */
export const insertUnread = (scope: Scope, integrationId: IntegrationId, { subpath, body, count, lateFrom }: Unread) =>
  scope.query(sql`insert into unread_requests (integration_id, subpath, body, count, received_at, is_late)
    values (${integrationId}, ${subpath}, ${body}, ${count}, ${lateFrom ?? scope.now}, ${lateFrom !== undefined})`)

/** Keeps requests in the order given: one row each. */
export const insertKept = (scope: Scope, kept: readonly { integrationId: IntegrationId; signals: readonly Signal[] }[]) =>
  scope.query(sql`insert into backlog (integration_id, signals, count, received_at)
    select "integrationId", signals, json_array_length(signals), ${scope.now}
    from rows from (json_to_recordset(${json(kept)}::json) as ("integrationId" text, signals json)) with ordinality as given ("integrationId", signals, place)
    order by place`)

/** Which of these, or of all, have something that was not read yet. */
export const integrationsBehind = async (scope: Scope, among?: readonly IntegrationId[]): Promise<IntegrationId[]> =>
  (
    await scope.query<{ id: IntegrationId }>(
      among === undefined
        ? sql`select id from integrations where ${hasKept(sql`integrations.id`)} order by id`
        : sql`select wanted.id from unnest(${among}::text[]) as wanted (id) where ${hasKept(sql`wanted.id`)}`,
    )
  ).map(({ id }) => id)

// One row of each is looked for. What only asks whether there is one, the database may answer from all that there are.
const hasKept = (id: Sql): Sql => sql`((select true from backlog where integration_id = ${id} limit 1)
  or (select true from unread_requests where integration_id = ${id} limit 1))`

/** Whether something of the integration was not read yet. */
export const isBehind = (id: Sql): Sql => sql`coalesce(${hasKept(id)}, false)`

/** Lets one transaction at a time read an integration's backlog: false while another does. */
export const mayReadBacklog = async (scope: Scope, integrationId: IntegrationId): Promise<boolean> =>
  (await scope.first<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(7470, hashtext(${integrationId})) as mine`))!.mine

/** The oldest requests, as many as hold about `most` signals and at least one. `known`: one whose body is not fetched again. */
export const oldestKept = (scope: Scope, integrationId: IntegrationId, most: number, known = -1): Promise<Kept[]> =>
  scope.query<Kept>(sql`with first as ((select id, count from backlog where integration_id = ${integrationId} order by id limit ${most})
      union all (select id, greatest(1, count - done) from unread_requests where integration_id = ${integrationId} order by id limit ${most})),
    oldest as (select id from (select id, sum(count) over (order by id) - count as before from first) as counted where before < ${most})
    select id, signals, null as subpath, null::bytea as body, 0 as done, received_at as "receivedAt", false as "isLate" from backlog where id in (select id from oldest)
    union all select id, null, subpath, case when id = ${known} then null else body end, done, received_at, is_late from unread_requests where id in (select id from oldest) order by id`)

/** Takes requests out, which were read. */
export const dropKept = (scope: Scope, ids: readonly number[]) =>
  allOfThem([
    scope.query(sql`delete from backlog where id = any(${ids as number[]}::bigint[])`),
    scope.query(sql`delete from unread_requests where id = any(${ids as number[]}::bigint[])`),
  ])

/** Of an unread request so many signals are read now. */
export const setDone = (scope: Scope, id: number, done: number) =>
  scope.query(sql`update unread_requests set done = ${done} where id = ${id}`)

export const countKept = async (scope: Scope, integrationId?: IntegrationId): Promise<number> =>
  Number(
    (await scope.first<{ count: number }>(
      sql`select coalesce(sum(count), 0) as count from (select integration_id, count from backlog union all select integration_id, greatest(1, count - done) from unread_requests) as kept
        where ${integrationId === undefined ? sql`true` : sql`integration_id = ${integrationId}`}`,
    ))!.count,
  )

/** How many lines of a node's file were read; nobody else reads it until the transaction ends. */
export async function lockSpool(scope: Scope, name: string): Promise<number> {
  await scope.query(sql`insert into spools (name, read, read_at) values (${name}, 0, ${scope.now}) on conflict do nothing`)
  return (await scope.first<{ read: number }>(sql`select read from spools where name = ${name} for update`))!.read
}

/** False when it was taken in from a file. Waits for whoever takes the same in at this moment. */
export const noteCommit = async (scope: Scope, id: string): Promise<boolean> =>
  (await scope.first(
    sql`insert into intake_commits (id, from_file, at) values (${id}, false, ${scope.now}) on conflict do nothing returning id`,
  )) !== undefined

/** Which of these commits never were and, from now on, never will be: what a file says of them is to be taken in. Waits for those that are under way. */
export const commitsThatFailed = async (scope: Scope, ids: readonly string[]): Promise<Set<string>> =>
  new Set(
    (
      await scope.query<{ id: string; fromFile: boolean }>(
        sql`insert into intake_commits (id, from_file, at) select id, true, ${scope.now} from unnest(${ids as string[]}::text[]) as id order by id
          on conflict (id) do update set id = excluded.id returning id, from_file as "fromFile"`,
      )
    ).flatMap(({ id, fromFile }) => (fromFile ? [id] : [])),
  )

/** Which of these commits there are not. */
export const commitsMissing = async (scope: Scope, ids: readonly string[]): Promise<Set<string>> =>
  new Set(
    (
      await scope.query<{ id: string }>(sql`select id from unnest(${ids as string[]}::text[]) as named (id)
        where not exists (select 1 from intake_commits where intake_commits.id = named.id)`)
    ).map(({ id }) => id),
  )

export const forgetCommits = (scope: Scope, before: Instant) => scope.query(sql`delete from intake_commits where at < ${before}`)

const spoolsKeptSeconds = 30 * 86_400

/** Files are removed once they are read; their rows are kept for a month, in case that one comes back with a copy of its disk. */
export async function saveSpool(scope: Scope, name: string, read: number): Promise<void> {
  await scope.query(sql`update spools set read = greatest(read, ${read}), read_at = ${scope.now} where name = ${name}`)
  await scope.query(sql`delete from spools where read_at < ${addSeconds(scope.now, -spoolsKeptSeconds)}`)
}

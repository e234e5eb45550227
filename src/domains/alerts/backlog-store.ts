// Every statement on the backlog: signals that were taken in and not yet read.
import type { Scope } from '#kernel/scope.ts'
import type { Signal } from '#kernel/signal.ts'
import { json, sql } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import type { IntegrationId } from './events.ts'

export type Kept = { id: number; signals: Signal[]; receivedAt: Instant }

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
        ? sql`select distinct integration_id as id from backlog order by id`
        : sql`select wanted.id from unnest(${among}::text[]) as wanted (id) where exists (select 1 from backlog where integration_id = wanted.id)`,
    )
  ).map(({ id }) => id)

/** Lets one transaction at a time read an integration's backlog: false while another does. */
export const mayReadBacklog = async (scope: Scope, integrationId: IntegrationId): Promise<boolean> =>
  (await scope.first<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(7470, hashtext(${integrationId})) as mine`))!.mine

/** Takes the oldest requests out, as many as hold about `most` signals and at least one. */
export const takeOldest = (scope: Scope, integrationId: IntegrationId, most: number): Promise<Kept[]> =>
  scope.query<Kept>(sql`with oldest as (select id, sum(count) over (order by id) - count as before from
      (select id, count from backlog where integration_id = ${integrationId} order by id limit ${most}) as first),
    gone as (delete from backlog where id in (select id from oldest where before < ${most}) returning id, signals, received_at)
    select id, signals, received_at as "receivedAt" from gone order by id`)

export const countKept = async (scope: Scope, integrationId?: IntegrationId): Promise<number> =>
  Number(
    (await scope.first<{ count: number }>(
      sql`select coalesce(sum(count), 0) as count from backlog where ${integrationId === undefined ? sql`true` : sql`integration_id = ${integrationId}`}`,
    ))!.count,
  )

/** How many lines of a node's file were read; nobody else reads it until the transaction ends. */
export async function lockSpool(scope: Scope, name: string): Promise<number> {
  await scope.query(sql`insert into spools (name, read, read_at) values (${name}, 0, ${scope.now}) on conflict do nothing`)
  return (await scope.first<{ read: number }>(sql`select read from spools where name = ${name} for update`))!.read
}

const spoolsKeptSeconds = 30 * 86_400

/** Files are removed once they are read; their rows are kept for a month, in case that one comes back with a copy of its disk. */
export async function saveSpool(scope: Scope, name: string, read: number): Promise<void> {
  await scope.query(sql`update spools set read = greatest(read, ${read}), read_at = ${scope.now} where name = ${name}`)
  await scope.query(sql`delete from spools where read_at < ${addSeconds(scope.now, -spoolsKeptSeconds)}`)
}

// Every statement on how alerts of a key have ended: for what is read late, and may have been over before it is read.
import { allOfThem } from '#kernel/gather.ts'
import type { Scope } from '#kernel/scope.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { AlertId, IntegrationId } from './events.ts'
import { lockOpen } from './store.ts'

export type Place = { integrationId: IntegrationId; dedupKey: string }
/**
 * The newest end of a key. `id`: the alert that ended so; none when no alert was open then. `endsAt`, `heardAt`: the end that its source had named for it, and
 * when its source had said last that it fires.
 */
export type End = Place & { resolvedAt: Instant; id?: AlertId; endsAt?: Instant | null; heardAt?: Instant | null }

/**
 * How the alerts of these keys have ended; until this transaction ends nobody else hears an end of one that has no open alert. Ask it behind whatever
 * locks the open ones, so that it sees how those have ended for which that has waited.
 */
export async function endsOf(scope: Scope, places: readonly Place[]): Promise<End[]> {
  const wanted = ordered(places)
  const early = scope.query<Place & { heardAt: Instant | null }>(sql`insert into early_ends (integration_id, dedup_key)
      select "integrationId", "dedupKey" from ${rowsOf(wanted)}
    on conflict (integration_id, dedup_key) do update set heard_at = early_ends.heard_at
      returning integration_id as "integrationId", dedup_key as "dedupKey", nullif(heard_at, '-infinity') as "heardAt"`)
  const resolved = scope.query<
    Place & { id: AlertId; resolvedAt: Instant; endsAt: Instant | null; heardAt: Instant | null }
  >(sql`select wanted."integrationId", wanted."dedupKey", found.id, found.resolved_at as "resolvedAt", found.ends_at as "endsAt", found.heard_at as "heardAt"
    from ${rowsOf(wanted)} cross join lateral (select id, resolved_at, ends_at, heard_at from alerts
      where integration_id = wanted."integrationId" and dedup_key = wanted."dedupKey" and state = 'resolved' order by resolved_at desc limit 1) as found`)
  const [withoutAlert, ofAlerts] = await allOfThem([early, resolved])
  return [...withoutAlert.flatMap(({ heardAt, ...place }) => (heardAt === null ? [] : [{ ...place, resolvedAt: heardAt }])), ...ofAlerts]
}

/** Ends of keys that had no open alert. Answers, locked, the alerts that others have opened meanwhile. */
export async function noteEarlyEnds(scope: Scope, ends: readonly (Place & { heardAt: Instant })[]): ReturnType<typeof lockOpen> {
  const noted = ordered(ends)
  const [, open] = await allOfThem([
    scope.query(sql`insert into early_ends (integration_id, dedup_key, heard_at) select "integrationId", "dedupKey", "heardAt" from ${rowsOf(noted)}
      on conflict (integration_id, dedup_key) do update set heard_at = greatest(early_ends.heard_at, excluded.heard_at)`),
    lockOpen(
      scope,
      noted.map(({ integrationId }) => integrationId),
      noted.map(({ dedupKey }) => dedupKey),
    ),
  ])
  return open
}

export const forgetEarlyEnds = (scope: Scope, before: Instant) => scope.query(sql`delete from early_ends where heard_at < ${before}`)

const rowsOf = (places: readonly (Place & { heardAt?: Instant })[]) =>
  sql`json_to_recordset(${json(places)}::json) as wanted ("integrationId" text, "dedupKey" text, "heardAt" timestamptz)`

/** So that two of these never wait for each other. */
const ordered = <One extends Place>(places: readonly One[]): One[] => [...places].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))

/** An alert by integration and key; no id holds a space. */
export const placeOf = ({ integrationId, dedupKey }: Place): string => `${integrationId} ${dedupKey}`

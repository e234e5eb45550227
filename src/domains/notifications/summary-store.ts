// Every statement on bursts (when each person was paged last) and on the entries of summaries (which pages reach whom in which).
import type { UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { SummaryId } from './events.ts'
import { mostSingly } from './storm.ts'

/** A page that reaches its person in a summary. `summaryId` is null while it waits for the next one. `leftWhy`: why it need not be told any more. */
export type Entry = {
  reachKey: string
  userId: UserId
  pageId: Id<'pag'>
  groupId: Id<'grp'> | null
  severity: string | null
  title: string
  service: string
  summaryId: SummaryId | null
  leftWhy: string | null
}

const columns = sql`reach_key as "reachKey", user_id as "userId", page_id as "pageId", group_id as "groupId", severity, title, service, summary_id as "summaryId", left_why as "leftWhy"`

/** When this person was paged, the last few times, oldest first. */
export const recentPages = async (scope: Scope, userId: UserId): Promise<Instant[]> =>
  (await scope.first<{ at: Instant[] }>(sql`select at from bursts where user_id = ${userId}`))?.at ?? []

/** The same, and nobody else begins to page this person before the transaction ends: each page knows of all before it. */
export const lockRecentPages = async (scope: Scope, userId: UserId): Promise<Instant[]> =>
  (
    await scope.query<{ at: Instant[] }>(sql`insert into bursts (user_id, at) values (${userId}, '[]') on conflict (user_id)
      do update set user_id = excluded.user_id returning at`)
  )[0]!.at

/** Notes that this person is paged now. Only after `lockRecentPages`. */
export const notePage = (scope: Scope, userId: UserId): Promise<unknown[]> =>
  scope.query(sql`update bursts set at = jsonb_path_query_array(at || to_jsonb(${scope.now}::text), '$[last - $before to last]', ${json({ before: mostSingly - 1 })}::jsonb)
    where user_id = ${userId}`)

export const insertEntry = (scope: Scope, entry: Omit<Entry, 'summaryId' | 'leftWhy'>): Promise<unknown[]> =>
  scope.query(sql`insert into summary_entries (reach_key, user_id, page_id, group_id, severity, title, service, joined_at)
    values (${entry.reachKey}, ${entry.userId}, ${entry.pageId}, ${entry.groupId}, ${entry.severity}, ${entry.title}, ${entry.service}, ${scope.now})
    on conflict do nothing`)

/** One entry, held until the transaction ends. */
export const lockEntry = (scope: Scope, reachKey: string): Promise<Entry | undefined> =>
  scope.first<Entry>(sql`select ${columns} from summary_entries where reach_key = ${reachKey} for update`)

/** From now on it is left out of whatever is sent. */
export const leaveSummary = (scope: Scope, reachKey: string, why: string): Promise<unknown[]> =>
  scope.query(sql`update summary_entries set left_why = ${why} where reach_key = ${reachKey} and left_why is null`)

/** What waits for this person's next summary, in the order in which it came, held until the transaction ends. */
export const lockWaitingEntries = (scope: Scope, userId: UserId): Promise<Entry[]> =>
  scope.query<Entry>(sql`select ${columns} from summary_entries where user_id = ${userId} and summary_id is null and left_why is null
    order by joined_at, reach_key for update`)

/** Puts everything that waits for this person into a summary, also what has joined meanwhile. Answers the keys. */
export const assignWaiting = async (scope: Scope, userId: UserId, id: SummaryId): Promise<string[]> =>
  (
    await scope.query<{ reachKey: string }>(sql`update summary_entries set summary_id = ${id}
      where user_id = ${userId} and summary_id is null and left_why is null returning reach_key as "reachKey"`)
  )
    .map(({ reachKey }) => reachKey)
    .sort()

/** Everything that a summary was made of, in the order in which it came. */
export const entriesOf = (scope: Scope, id: SummaryId): Promise<Entry[]> =>
  scope.query<Entry>(sql`select ${columns} from summary_entries where summary_id = ${id} order by joined_at, reach_key`)

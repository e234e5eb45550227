// Every statement on bursts (when each person was paged last) and on the entries of summaries (which pages reach whom in which).
import type { UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import { gather, gatherByKey, gatherRows } from '#kernel/gather.ts'
import type { Scope } from '#kernel/scope.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { SummaryId } from './events.ts'
import { mostSingly } from './storm.ts'
import { erasedWords, says } from './store.ts'

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

/**
 * The same, and no other transaction begins to page this person before this one ends: each page knows of all before it. Nothing for who is not there.
 */
export const lockRecentPages = gather(async (scope: Scope, userIds: readonly UserId[]): Promise<Instant[][]> => {
  const rows = await scope.query<{ userId: UserId; at: Instant[] }>(sql`insert into bursts (user_id, at)
    select id, '[]' from users where id = any(${[...userIds]}::text[]) order by id
    on conflict (user_id) do update set user_id = excluded.user_id returning user_id as "userId", at`)
  const recent = new Map(rows.map(({ userId, at }) => [userId, at]))
  return userIds.map((userId) => recent.get(userId) ?? [])
})

/** Notes that a person is paged now. Only after `lockRecentPages`, and of one transaction's pages to a person one after the other. */
export const notePage = gather(async (scope: Scope, userIds: readonly UserId[]) => {
  await scope.query(sql`update bursts set at = jsonb_path_query_array(at || to_jsonb(${scope.now}::text), '$[last - $before to last]', ${json({ before: mostSingly - 1 })}::jsonb)
    where user_id = any(${[...userIds]}::text[])`)
  return userIds
})

export const insertEntry = gather(async (scope: Scope, entries: readonly Omit<Entry, 'summaryId' | 'leftWhy'>[]) => {
  await scope.query(sql`insert into summary_entries (reach_key, user_id, page_id, group_id, severity, title, service, joined_at)
    select "reachKey", "userId", "pageId", "groupId", severity, title, service, ${scope.now}
    from json_to_recordset(${json(entries)}::json) as row ("reachKey" text, "userId" text, "pageId" text, "groupId" text, severity text, title text, service text)
    on conflict do nothing`)
  return entries
})

/** One entry, held until the transaction ends. */
export const lockEntry = gatherByKey(
  (scope: Scope, reachKeys: string[]) =>
    scope.query<Entry>(
      sql`select ${columns} from summary_entries where reach_key = any(${reachKeys}::text[]) order by reach_key for update`,
    ),
  ({ reachKey }) => reachKey,
)

/** Those of these pages that were to reach their person in a summary. */
export const entriesWith = (scope: Scope, reachKeys: readonly string[]): Promise<Entry[]> =>
  scope.query<Entry>(
    sql`select ${columns} from summary_entries where reach_key = any(${[...reachKeys]}::text[]) order by joined_at, reach_key`,
  )

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
export const entriesOf = async (scope: Scope, id: SummaryId): Promise<Entry[]> => entriesOfAll(scope, [id])
const entriesOfAll = gatherRows(
  (scope: Scope, ids: string[]) =>
    scope.query<Entry>(sql`select ${columns} from summary_entries where summary_id = any(${ids}::text[]) order by joined_at, reach_key`),
  ({ summaryId }) => summaryId!,
)
/** Takes an erased text out of what summaries say, or are about to say, of these pages. */
export const eraseFromEntries = (scope: Scope, reachKeys: readonly string[], text: string) =>
  scope.query(
    sql`update summary_entries set title = ${erasedWords} where reach_key = any(${[...reachKeys]}::text[]) and ${says(sql`title`, text)}`,
  )

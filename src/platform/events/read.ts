// Reads the record: by subject, by stream, or all of it in order. Content is what was written, byte for byte.
import type { EventRecord } from '#kernel/event.ts'
import type { Scope } from '#kernel/scope.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { linkHash, verifyChain, type ChainVerdict, type Link } from './chain.ts'

/** The newest events that `where` selects (columns of `events`), older than `before`, newest first. The caller's where keeps the walls. */
export const readEvents = (scope: Scope, where: Sql, limit: number, before?: number): Promise<EventRecord[]> =>
  scope.query<EventRecord>(sql`
    select position, stream, sequence, type, version, at, actor, about, data, encode(hash, 'hex') as hash
    from events where ${where} and ${before === undefined ? sql`true` : sql`position < ${before}`}
    order by position desc limit ${limit}`)

/** By so much an event may say that it was earlier than one that was written before it: a transaction has one time, and nodes' clocks differ. */
const unorderedSeconds = 3600
/** Nearer is not looked: so many more are read in vain. */
const nearEnough = 1000

/** A position up to which every event was earlier than this moment: the record is in the order in which it was written, and has no index by time. */
export async function positionBefore(scope: Scope, moment: Instant): Promise<number> {
  const bound = addSeconds(moment, -unorderedSeconds)
  const last = await scope.first<{ position: number }>(sql`select position from events order by position desc limit 1`)
  let [before, behind] = [0, last?.position ?? 0]
  while (behind - before > nearEnough) {
    const middle = Math.floor((before + behind) / 2)
    const row = await scope.first<{ position: number; at: Instant }>(
      sql`select position, at from events where position >= ${middle} order by position limit 1`,
    )
    if (row && row.at < bound) before = row.position
    else behind = middle
  }
  return before
}

/** How many events `where` selects (columns of `events`), by what `key` says and by the quarter of an hour in which they were. The caller's where keeps the walls. */
export const countByQuarter = (scope: Scope, where: Sql, key: Sql): Promise<{ at: Instant; key: string | null; count: number }[]> =>
  scope.query(sql`select date_bin('15 minutes', at, '2000-01-01T00:00:00Z'::timestamptz) as at, ${key} as key, count(*) as count
    from events where ${where} group by 1, 2`)

/** The name of every stream. */
export const listStreams = async (scope: Scope): Promise<string[]> =>
  (await scope.query<{ stream: string }>(sql`select distinct stream from events order by stream`)).map((row) => row.stream)

type Row = Link & { hash: Uint8Array }
const linkColumns = sql`sequence, type, version, at, actor, about::text as "aboutText", data::text as "dataText", salt, hash`

/** Verifies one stream from its first entry to its head. */
export async function verifyStream(scope: Scope, stream: string): Promise<ChainVerdict> {
  return verifyChain(await scope.query<Row>(sql`select ${linkColumns} from events where stream = ${stream} order by sequence`))
}

/** How many of the newest entries a quick look takes its streams from. */
const newestEntries = 2000

/** A quick look: whether the last entry of each stream that was written lately follows from the one before it, and none is missing. */
export async function readNewestHeads(scope: Scope): Promise<{ looked: number; broken: { stream: string; reason: string }[] }> {
  const streams = await scope.query<{ stream: string; count: number }>(sql`
    select stream, (select count(*) from events counted where counted.stream = recent.stream) as count
    from (select distinct stream from (select stream from events order by position desc limit ${newestEntries}) newest) recent order by stream`)
  const broken: { stream: string; reason: string }[] = []
  for (const { stream, count } of streams) {
    const rows = await scope.query<Row>(sql`select ${linkColumns} from events where stream = ${stream} order by sequence desc limit 2`)
    const [head, before] = rows
    if (head!.sequence !== count) broken.push({ stream, reason: `it has ${count} entries, and its last is number ${head!.sequence}` })
    else if (!linkHash(before?.hash ?? new Uint8Array(), head!).equals(head!.hash))
      broken.push({ stream, reason: `its last entry, number ${head!.sequence}, was altered, or does not belong after the one before` })
  }
  return { looked: streams.length, broken }
}

/** How many events `where` selects (columns of `events`). The caller's where keeps the walls. */
export const countEvents = async (scope: Scope, where: Sql): Promise<number> =>
  (await scope.first<{ count: number }>(sql`select count(*) as count from events where ${where}`))!.count

// Reads the record: by subject, by stream, or all of it in order. Content is what was written, byte for byte.
import type { EventRecord } from '#kernel/event.ts'
import type { Scope } from '#kernel/scope.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { linkHash, verifyChain, type ChainVerdict, type Link } from './chain.ts'

/** The newest events that `where` selects (columns of `events`), older than `before`, newest first. The caller's where keeps the walls. */
export const readEvents = (scope: Scope, where: Sql, limit: number, before?: number): Promise<EventRecord[]> =>
  scope.query<EventRecord>(sql`
    select position, stream, sequence, type, version, at, actor, about, data, encode(hash, 'hex') as hash
    from events where ${where} and ${before === undefined ? sql`true` : sql`position < ${before}`}
    order by position desc limit ${limit}`)

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

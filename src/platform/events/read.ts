// Reads the record: by subject, by stream, or all of it in order. Content is what was written, byte for byte.
import type { EventRecord } from '#kernel/event.ts'
import type { Scope } from '#kernel/scope.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { verifyChain, type ChainVerdict } from './chain.ts'
import type { Instant } from '#kernel/time.ts'

/** The newest events that `where` selects (columns of `events`), older than `before`, newest first. The caller's where keeps the walls. */
export const readEvents = (scope: Scope, where: Sql, limit: number, before?: number): Promise<EventRecord[]> =>
  scope.query<EventRecord>(sql`
    select position, stream, sequence, type, version, at, actor, about, data, encode(hash, 'hex') as hash
    from events where ${where} and ${before === undefined ? sql`true` : sql`position < ${before}`}
    order by position desc limit ${limit}`)

/** The name of every stream. */
export const listStreams = async (scope: Scope): Promise<string[]> =>
  (await scope.query<{ stream: string }>(sql`select distinct stream from events order by stream`)).map((row) => row.stream)

/** Verifies one stream from its first entry to its head. */
export async function verifyStream(scope: Scope, stream: string): Promise<ChainVerdict> {
  const rows = await scope.query<{
    sequence: number
    type: string
    version: number
    at: Instant
    actor: string
    aboutText: string
    dataText: string
    salt: Uint8Array
    hash: Uint8Array
  }>(sql`
    select sequence, type, version, at, actor, about::text as "aboutText", data::text as "dataText", salt, hash
    from events where stream = ${stream} order by sequence`)
  return verifyChain(rows)
}

/** How many events `where` selects (columns of `events`). The caller's where keeps the walls. */
export const countEvents = async (scope: Scope, where: Sql): Promise<number> =>
  (await scope.first<{ count: number }>(sql`select count(*) as count from events where ${where}`))!.count

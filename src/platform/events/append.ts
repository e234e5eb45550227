// Writes events behind the last one of their streams. The database links them: it knows which one that is when it writes, and who would have to be told
// first would hold the stream for longer, and wait for one answer more.
import { allOfThem } from '#kernel/gather.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'
import { contentHash } from './chain.ts'

export type NewEvent = {
  stream: string
  type: string
  version: number
  at: Instant
  actor: string
  about: Record<string, string>
  data: unknown
  /** 16 random bytes. */
  salt: Uint8Array
}

/** Writes them in their order, which `position` and, within a stream, `sequence` keep. */
export async function appendEvents(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  const streams = [...new Set(events.map(({ stream }) => stream))]
  // The insert is a statement of its own, begun when the locks are held: it sees what whoever held them before has committed.
  const locked = tx.query(
    sql`select pg_advisory_xact_lock(7469, hashtext(stream)) from (select stream from unnest(${streams}::text[]) as stream order by hashtext(stream)) as ordered`,
  )
  const written = tx.query(sql`
    insert into events (stream, sequence, type, version, at, actor, subject, about, data, salt, hash)
    select stream, sequence, type, version, at::timestamptz, actor, subject, about, data, decode(salt, 'base64'), hash_chain(link) over stream
    from (
      select *, coalesce(before, '') || convert_to(concat_ws(E'\\n', '', sequence, type, at, actor, ''), 'UTF8') || decode(content, 'base64') as link
      from (
        select row.*, coalesce(first_value(head.sequence) over stream, 0) + place as sequence, head.hash as before
        from json_to_recordset(${rowsOf(events)}::json) as row (nth int, stream text, place int, type text, version int, at text, actor text, subject text,
          about json, data json, salt text, content text)
        left join lateral (select sequence, hash from events where events.stream = row.stream and row.place = 1 order by sequence desc limit 1) head on true
        window stream as (partition by stream order by nth)
      ) placed
    ) linked
    window stream as (partition by stream order by nth)
    order by nth`)
  await allOfThem([locked, written])
}

/** `place`: how many of its stream there are up to this one. */
function rowsOf(events: readonly NewEvent[]): string {
  const places = new Map<string, number>()
  const rows = events.map(({ stream, type, version, at, actor, about, data, salt }, nth) => {
    const place = (places.get(stream) ?? 0) + 1
    places.set(stream, place)
    const link = { version, aboutText: json(about), dataText: json(data), salt }
    const row = json({
      nth,
      stream,
      place,
      type,
      version,
      at,
      actor,
      subject: Object.values(about)[0]!,
      salt: Buffer.from(salt).toString('base64'),
      content: contentHash(link).toString('base64'),
    })
    // Spliced in as they are: a json column keeps every byte, and it is these bytes that were hashed.
    return `${row.slice(0, -1)},"about":${link.aboutText},"data":${link.dataText}}`
  })
  return `[${rows.join(',')}]`
}

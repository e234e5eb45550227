// The signed heads in the database, and the heads as they are now.
import type { Scope } from '#kernel/scope.ts'
import { json, sql } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { HeadListSchema, type Head, type HeadList, type Now, type SignedHeads } from './heads.ts'

const daysOfLists = 7
const daysOfDigests = 400

/** The head of every stream now. */
export const readHeads = (scope: Scope): Promise<Head[]> =>
  scope.query<Head>(sql`
    select distinct on (stream) stream, sequence as count, encode(hash, 'hex') as hash, position, at from events order by stream, sequence desc`)

/** For each stream of the list: how many entries it has now, and which hash stands where its head was. */
export async function readNow(scope: Scope, list: HeadList): Promise<Map<string, Now>> {
  const rows = await scope.query<{ stream: string; count: number; hashThen: string | null }>(sql`
    select then_.stream, coalesce((select max(sequence) from events where events.stream = then_.stream), 0) as count,
      (select encode(hash, 'hex') from events where events.stream = then_.stream and sequence = then_.count) as "hashThen"
    from unnest(${list.heads.map(({ stream }) => stream)}::text[], ${list.heads.map(({ count }) => count)}::integer[]) as then_ (stream, count)`)
  return new Map(rows.map(({ stream, count, hashThen }) => [stream, { count, hashThen: hashThen ?? undefined }]))
}

/** Keeps a list; whole ones for a week, digests for thirteen months. */
export async function keepHeads(scope: Scope, { heads, ...signed }: HeadList): Promise<void> {
  const { at, streams, entries, position, digest, signature } = signed
  await scope.query(sql`
    insert into record_heads (at, streams, entries, position, digest, signature, heads)
    values (${at}, ${streams}, ${entries}, ${position}, ${digest}, ${signature}, ${json(heads)}::json)`)
  await scope.query(sql`update record_heads set heads = null where heads is not null and at < ${daysBefore(at, daysOfLists)}`)
  await scope.query(sql`delete from record_heads where at < ${daysBefore(at, daysOfDigests)}`)
}

/** Digests with their signatures, newest first. */
export const listSigned = (scope: Scope, limit: number): Promise<SignedHeads[]> =>
  scope.query<SignedHeads>(sql`select at, streams, entries, position, digest, signature from record_heads order by id desc limit ${limit}`)

/** The newest digest. */
export const lastSignedHead = async (scope: Scope): Promise<SignedHeads | undefined> => (await listSigned(scope, 1))[0]

/** The whole lists that are kept, newest first. One that was made unreadable counts as altered: its digest does not fit. */
export async function keptLists(scope: Scope): Promise<HeadList[]> {
  const rows = await scope.query<SignedHeads & { heads: unknown }>(
    sql`select at, streams, entries, position, digest, signature, heads from record_heads where heads is not null order by id desc`,
  )
  return rows.map((row) => {
    const read = HeadListSchema.safeParse(row)
    return read.success ? read.data : { ...row, heads: [] }
  })
}

const daysBefore = (at: Instant, days: number): Instant => addSeconds(at, -days * 86_400)

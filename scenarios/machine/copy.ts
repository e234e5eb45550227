// A copy of the database as it is at a moment, beside its tables, and the database as it was then: what a server is that follows another one and lags behind,
// and takes over.
import { sql } from '#kernel/sql.ts'
import type { Database } from '#platform/database/database.ts'

type Sequence = { name: string; last: number | null }
export type Copy = { sequences: Sequence[] }

const tables = async (database: Database): Promise<string[]> =>
  (
    await database.transaction((tx) =>
      tx.query<{ name: string }>(
        sql`select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'migrations' order by 1`,
      ),
    )
  ).map(({ name }) => `"${name}"`)

/** Copies every row, and how far each sequence has come. An earlier copy is gone. */
export async function takeCopy(database: Database): Promise<Copy> {
  const sequences = await database.transaction((tx) =>
    tx.query<Sequence>(
      sql`select quote_ident(sequencename) as name, last_value as last from pg_sequences where schemaname = 'public' order by 1`,
    ),
  )
  const all = await tables(database)
  await database.script(
    [
      'create schema if not exists copy',
      ...all.flatMap((name) => [`drop table if exists copy.${name}`, `create table copy.${name} as table public.${name}`]),
    ].join(';\n'),
  )
  return { sequences }
}

/** Everything that was written since then is gone. */
export async function returnTo({ sequences }: Copy, database: Database): Promise<void> {
  const all = await tables(database)
  await database.script(
    [
      'begin',
      // As a server does that replays what another one has written: no trigger and no foreign key is asked.
      'set local session_replication_role = replica',
      `truncate ${all.join(', ')}`,
      ...all.map((name) => `insert into public.${name} overriding system value table copy.${name}`),
      ...sequences.map(({ name, last }) => `select setval('public.${name}', ${last ?? 1}, ${last !== null})`),
      'commit',
    ].join(';\n'),
  )
}

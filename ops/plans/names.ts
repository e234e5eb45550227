// Before a row may go the database looks by itself whether something still names it, or goes with it: in every table that has a foreign key to the row's.
// No statement says so, and `explain` shows nothing of it.
import type pg from 'pg'

/** A table that is looked through for what names a removed row, for no index holds its column. */
export type Unfound = { table: string; column: string; names: string }

const removed = /\bdelete from ([a-z_]+)/gi

/** The tables from which these statements remove rows. */
export const removedFrom = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(removed)].map(([, table]) => table!))),
]

/** In which tables is looked in vain for an index, when rows of these are removed and whatever goes with them. */
export async function unfoundNames(client: pg.Client, tables: readonly string[]): Promise<Unfound[]> {
  const { rows } = await client.query<Unfound>(
    `with recursive going as (
       select oid from pg_class where relname = any($1::text[]) and relnamespace = current_schema()::regnamespace
       union select conrelid from pg_constraint join going on confrelid = going.oid where contype = 'f' and confdeltype = 'c'
     )
     select conrelid::regclass::text as table, attname as column, confrelid::regclass::text as names
     from pg_constraint join going on confrelid = going.oid join pg_attribute on attrelid = conrelid and attnum = conkey[1]
     where contype = 'f' and not exists (
       select 1 from pg_index where indrelid = conrelid and indkey[0] = conkey[1]
         and (indpred is null or pg_get_expr(indpred, indrelid) = format('(%I IS NOT NULL)', attname))
     ) order by 1, 2`,
    [tables],
  )
  return rows
}

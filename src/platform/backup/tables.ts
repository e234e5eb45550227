// What a back-up holds of the database, from the database's own catalogue: the tables that the migrations made, their columns, sequences, foreign keys.
import { sql, type Sql } from '#kernel/sql.ts'
import type { Transaction } from '../database/database.ts'
import { tablesIn, type Migration } from '../database/migrate.ts'

export type Column = { name: string; type: string }
export type Table = { name: string; columns: Column[] }

/** Left out: who runs now, and whether this installation is quiet, is about this one and not about a copy of it. */
const leftOut = new Set(['nodes', 'quiet'])

/** The tables that belong in a back-up, by name, as they are now. */
export const backedUpTables = (tx: Transaction, migrations: readonly Migration[]): Promise<Table[]> =>
  tx.query<Table>(sql`
    select c.relname as name, json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = current_schema()
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r' and c.relname = any(${tablesIn(migrations).filter((name) => !leftOut.has(name))}::text[])
    group by c.relname order by c.relname`)

/** The last number that each sequence of these tables gave; null when it gave none. */
export const sequencesOf = (tx: Transaction, tables: readonly Table[]): Promise<{ name: string; last: number | null }[]> =>
  tx.query(sql`
    select s.relname as name, pg_sequence_last_value(s.oid) as last
    from pg_class s join pg_namespace n on n.oid = s.relnamespace and n.nspname = current_schema()
    join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i') join pg_class t on t.oid = d.refobjid
    where s.relkind = 'S' and t.relname = any(${tables.map(({ name }) => name)}::text[]) order by s.relname`)

export type ForeignKey = { table: string; name: string; definition: string }

export const foreignKeysOf = (tx: Transaction, tables: readonly Table[]): Promise<ForeignKey[]> =>
  tx.query(sql`
    select t.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_namespace n on n.oid = t.relnamespace and n.nspname = current_schema()
    where k.contype = 'f' and t.relname = any(${tables.map(({ name }) => name)}::text[]) order by t.relname, k.conname`)

/** Ids of the master keys that the sealed texts in the database need. A column that holds some is called `…_sealed`. */
export async function sealedWith(tx: Pick<Transaction, 'query'>): Promise<string[]> {
  const columns = await tx.query<{ table: string; column: string }>(sql`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = current_schema() and column_name like '%\\_sealed' order by 1, 2`)
  const ids = new Set<string>()
  for (const { table, column } of columns) {
    const text = `select distinct split_part(${quoted(column)}, '.', 2) as id from ${quoted(table)} where ${quoted(column)} is not null`
    for (const { id } of await tx.query<{ id: string }>(statement(text))) ids.add(id)
  }
  return [...ids].sort()
}

export const countRows = async (tx: Transaction, table: string): Promise<number> =>
  (await tx.query<{ count: number }>(statement(`select count(*) as count from ${quoted(table)}`)))[0]!.count

/** A statement whose names come out of the database's own catalogue, or out of the migrations: never out of a file. */
export const statement = (text: string): Sql => sql([text])
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

// Migrations: numbered SQL files, forward only, each applied once and in order, under a lock so that several nodes may start at once.
import { readdirSync, readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { AppError } from '#kernel/errors.ts'
import { sql } from '#kernel/sql.ts'
import type { Database, Transaction } from './database.ts'

export type Migration = { number: number; name: string; text: string; hash: string }

/** The migrations in a folder, in order. Throws when a number is missing or doubled. */
export function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
  return files.map((name, index) => {
    const number = Number(name.slice(0, 4))
    if (number !== index + 1) throw new Error(`migrations are numbered without holes: ${name} is number ${index + 1}`)
    const text = readFileSync(join(folder, name), 'utf8')
    return { number, name, text, hash: createHash('sha256').update(text).digest('hex') }
  })
}

/** A large table is changed for minutes, and the other nodes that start meanwhile wait for it. */
const takesItsTime = { silentMs: Infinity }

/**
 * Brings the database to the newest version. Returns the names of what was applied. Throws AppError 'refused', and changes nothing, when another program
 * has something there by a name that a migration needs.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  await database.transaction((tx) => begin(tx, migrations), takesItsTime)
  const applied: string[] = []
  for (const migration of migrations) {
    const fresh = await database.transaction(async (tx) => {
      await lock(tx)
      return apply(tx, migration)
    }, takesItsTime)
    if (fresh) applied.push(migration.name)
  }
  return applied
}

/** The same inside a transaction that does more: all of these or none. */
export async function migrateWithin(tx: Transaction, migrations: readonly Migration[]): Promise<void> {
  await begin(tx, migrations)
  for (const migration of migrations) await apply(tx, migration)
}

/** What was applied to the database, in order; nothing when it was never migrated. */
export async function appliedMigrations(tx: Transaction): Promise<Pick<Migration, 'number' | 'name' | 'hash'>[]> {
  const [found] = await tx.query<{ place: string | null }>(sql`select to_regclass('migrations')::text as place`)
  return found!.place === null ? [] : tx.query(sql`select number, name, hash from migrations order by number`)
}

/** The tables that these migrations make, in the order of the files. */
export const tablesIn = (migrations: readonly Migration[]): string[] => [
  ...new Set(migrations.flatMap(({ text }) => [...text.matchAll(/^create table (?:if not exists )?([a-z_]+)/gm)].map(([, name]) => name!))),
]

/** The functions and aggregates that these migrations make, each with the types of what it takes: others may have one by its name that takes something else. */
export const routinesIn = (migrations: readonly Migration[]): string[] => [
  ...new Set(
    migrations.flatMap(({ text }) =>
      [...text.matchAll(/^create (?:function|aggregate) ([a-z_]+)\((.*?)\)/gm)].map(([, name, given]) => `${name}(${typesOf(given!)})`),
    ),
  ),
]

/** What another program has by a name that migrations need which were not applied yet: `function hash_chain(bytea)`. */
export async function notOursIn(tx: Transaction, migrations: readonly Migration[]): Promise<string | undefined> {
  const [found] = await tx.query<{ ours: boolean }>(sql`
    select count(*) filter (where attname in ('number', 'name', 'hash')) = 3 as ours from pg_attribute
    where attrelid = to_regclass(quote_ident(current_schema()) || '.migrations') having count(*) > 0`)
  if (found?.ours === false) return 'table migrations'
  const applied = new Set((await appliedMigrations(tx)).map(({ number }) => number))
  const waiting = migrations.filter(({ number }) => !applied.has(number))
  const [other] = await tx.query<{ what: string }>(sql`
    select 'table ' || name as what from unnest(${tablesIn(waiting)}::text[]) as name
      where to_regclass(quote_ident(current_schema()) || '.' || name) is not null
    union all select 'function ' || name from unnest(${routinesIn(waiting)}::text[]) as name
      where to_regprocedure(quote_ident(current_schema()) || '.' || name) is not null
    limit 1`)
  return other?.what
}

/** Throws AppError 'refused' when there is such a thing. */
export async function refuseOthers(tx: Transaction, migrations: readonly Migration[]): Promise<void> {
  const other = await notOursIn(tx, migrations)
  if (other !== undefined)
    throw new AppError(
      'refused',
      `Nothing was changed: this database holds a ${other} that is not Tocsin's. Give Tocsin a database of its own, or rename what is there.`,
    )
}

const typesOf = (parameters: string): string =>
  parameters
    .split(', ')
    .map((parameter) => parameter.split(' ').at(-1))
    .join(', ')

const lock = (tx: Transaction) => tx.query(sql`select pg_advisory_xact_lock(7468, 0)`)

async function begin(tx: Transaction, migrations: readonly Migration[]): Promise<void> {
  await lock(tx)
  await refuseOthers(tx, migrations)
  await tx.query(sql`create table if not exists migrations (number integer primary key, name text not null, hash text not null)`)
}

/** False when it had been applied before. */
async function apply(tx: Transaction, migration: Migration): Promise<boolean> {
  const [known] = await tx.query<{ hash: string }>(sql`select hash from migrations where number = ${migration.number}`)
  if (known) {
    if (known.hash !== migration.hash)
      throw new Error(`migration ${migration.name} was changed after it had been applied; write a new one instead`)
    return false
  }
  for (const statement of statementsOf(migration.text)) await tx.query(statement)
  await tx.query(sql`insert into migrations (number, name, hash) values (${migration.number}, ${migration.name}, ${migration.hash})`)
  return true
}

// A migration file holds plain statements, each ending with `;` at the end of a line, and none with a body of its own.
function statementsOf(text: string) {
  return text
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
    .map((statement) => sql([statement]))
}

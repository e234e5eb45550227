// Migrations: numbered SQL files, forward only, each applied once and in order, under a lock so that several nodes may start at once.
import { readdirSync, readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
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

/** Brings the database to the newest version. Returns the names of what was applied. */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  await database.script(migrationsTable)
  const applied: string[] = []
  for (const migration of migrations) {
    const fresh = await database.transaction(async (tx) => {
      await tx.query(sql`select pg_advisory_xact_lock(7468, 0)`)
      return apply(tx, migration)
    })
    if (fresh) applied.push(migration.name)
  }
  return applied
}

/** The same inside a transaction that does more: all of these or none. */
export async function migrateWithin(tx: Transaction, migrations: readonly Migration[]): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(7468, 0)`)
  await tx.query(sql([migrationsTable]))
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

/** The functions and aggregates that these migrations make. */
export const routinesIn = (migrations: readonly Migration[]): string[] => [
  ...new Set(migrations.flatMap(({ text }) => [...text.matchAll(/^create (?:function|aggregate) ([a-z_]+)/gm)].map(([, name]) => name!))),
]

const migrationsTable = 'create table if not exists migrations (number integer primary key, name text not null, hash text not null)'

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

// Writes a back-up: everything as one transaction sees it, row by row, in bounded memory. Secrets stay sealed.
import { createHash } from 'node:crypto'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { AppError } from '#kernel/errors.ts'
import { sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Database, Transaction } from '../database/database.ts'
import { appliedMigrations, type Migration } from '../database/migrate.ts'
import { formatNumber, type Header } from './format.ts'
import { backedUpTables, countRows, quoted, sealedWith, sequencesOf, statement, type Table } from './tables.ts'

const rowsAtOnce = 200

/**
 * Writes the database into `sink` and ends it. Answers the header. Throws AppError 'refused' when there is nothing to back up, or when the database is of
 * a newer version than `migrations`.
 */
export async function writeBackup(
  database: Database,
  migrations: readonly Migration[],
  { version, now }: { version: string; now: Instant },
  sink: Writable,
): Promise<Header> {
  return database.transaction(async (tx) => {
    await tx.query(sql`set transaction isolation level repeatable read, read only`)
    // As texts, values must read the same wherever they are read again; and whoever takes the file may be slow.
    await tx.query(sql`set local timezone to 'UTC'`)
    await tx.query(sql`set local datestyle to 'ISO, YMD'`)
    await tx.query(sql`set local idle_in_transaction_session_timeout to 0`)
    const applied = await appliedMigrations(tx)
    if (applied.length === 0) throw new AppError('refused', 'There is nothing to back up: this database was never used by Tocsin.')
    if (applied.length > migrations.length)
      throw new AppError(
        'refused',
        `The database is of a newer version than this one, ${version}. Back it up with the version that it belongs to.`,
      )
    const tables = await backedUpTables(tx, migrations)
    const rows: Record<string, number> = {}
    for (const { name } of tables) rows[name] = await countRows(tx, name)
    const header: Header = {
      tocsin: 'backup',
      format: formatNumber,
      version,
      at: now,
      database: database.kind,
      migrations: applied,
      keys: await sealedWith(tx),
      rows,
    }
    await pipeline(Readable.from(linesOf(tx, header, tables)), createGzip({ level: 6 }), sink)
    return header
  })
}

async function* linesOf(tx: Transaction, header: Header, tables: readonly Table[]): AsyncGenerator<string> {
  const seen = createHash('sha256')
  const counted = (text: string): string => {
    seen.update(text)
    return text
  }
  yield counted(`${JSON.stringify(header)}\n`)
  const rows: Record<string, number> = {}
  for (const table of tables) {
    yield counted(`${JSON.stringify({ table: table.name, columns: table.columns.map(({ name }) => name) })}\n`)
    rows[table.name] = 0
    for await (const lines of rowsOf(tx, table)) {
      rows[table.name]! += lines.length
      yield counted(`${lines.join('\n')}\n`)
    }
  }
  // Last: a sequence goes on while the snapshot stands still, and may be ahead of the rows but never behind.
  const sequences = Object.fromEntries((await sequencesOf(tx, tables)).map(({ name, last }) => [name, last]))
  yield counted(`${JSON.stringify({ sequences })}\n`)
  yield `${JSON.stringify({ end: { rows, sha256: seen.digest('hex') } })}\n`
}

async function* rowsOf(tx: Transaction, { name, columns }: Table): AsyncGenerator<string[]> {
  const texts = columns.map((column) => `${quoted(column.name)}::text`).join(', ')
  await tx.query(statement(`declare backed_up no scroll cursor for select json_build_array(${texts})::text as line from ${quoted(name)}`))
  for (;;) {
    const rows = await tx.query<{ line: string }>(statement(`fetch ${rowsAtOnce} from backed_up`))
    if (rows.length > 0) yield rows.map(({ line }) => line)
    if (rows.length < rowsAtOnce) break
  }
  await tx.query(statement('close backed_up'))
}

// Loads a back-up into an empty database, in one transaction: the schema as it was then, the rows, then every migration since. Afterwards it is quiet.
import { AppError } from '#kernel/errors.ts'
import { join, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import { sqlState, type Database, type Transaction } from '../database/database.ts'
import { appliedMigrations, migrateWithin, refuseOthers, routinesIn, tablesIn, type Migration } from '../database/migrate.ts'
import { beginQuiet } from '../installation/quiet.ts'
import { freeEverything, livingNodes } from '../jobs/store.ts'
import type { Header } from './format.ts'
import { damaged, type OpenedBackup, type Part } from './read.ts'
import { backedUpTables, countRows, foreignKeysOf, quoted, statement, type Column } from './tables.ts'

/** Throws AppError 'refused' when a backup is of a newer version, or its secrets need a key that is not among `keys` (ids; undefined: not asked). */
export function judgeHeader(header: Header, migrations: readonly Migration[], version: string, keys: readonly string[] | undefined): void {
  const made = `This back-up was made by Tocsin ${header.version}`
  if (header.migrations.length > migrations.length)
    throw new AppError('refused', `${made}, which is newer than this one, ${version}. Install ${header.version} or newer, then restore it.`)
  const other = header.migrations.find(({ hash }, index) => migrations[index]!.hash !== hash)
  if (other)
    throw new AppError(
      'refused',
      `${made}, whose migration ${other.name} is not the one of this build. Restore it with the build that made it.`,
    )
  const missing = header.keys.filter((id) => keys !== undefined && !keys.includes(id))
  if (missing.length > 0)
    throw new AppError(
      'refused',
      `The secrets in this back-up were sealed with the master key ${missing.join(' and ')}, ${
        keys!.length === 0 ? 'and there is no key here' : `and the key here is ${keys!.join(', ')}`
      }. Put the file secret-key of that installation into the data folder, or set TOCSIN_SECRET_KEY.`,
    )
}

/**
 * Loads everything, or nothing when it throws. AppError 'refused': another restore is at work, there are people here and `replace` is not said, a node runs on
 * the database, the tables are not Tocsin's, or the file turns out to be cut or damaged. Answers how many rows it loaded.
 */
export async function loadBackup(
  database: Database,
  { header, parts }: OpenedBackup,
  { migrations, replace, now }: { migrations: readonly Migration[]; replace: boolean; now: Instant },
): Promise<number> {
  const then = migrations.slice(0, header.migrations.length)
  try {
    return await database.transaction(async (tx) => {
      await tx.query(sql`set local idle_in_transaction_session_timeout to 0`)
      await beTheOnlyOne(tx)
      await makeRoom(tx, migrations, replace)
      await migrateWithin(tx, then)
      const tables = await backedUpTables(tx, then)
      // Rows come table by table; what they point to may come later.
      const foreignKeys = await foreignKeysOf(tx, tables)
      for (const { table, name } of foreignKeys) await tx.query(statement(`alter table ${quoted(table)} drop constraint ${quoted(name)}`))
      for await (const part of parts) {
        const columns = part.kind === 'rows' ? tables.find(({ name }) => name === part.table)?.columns : undefined
        await loadPart(tx, part, columns)
      }
      for (const { table, name, definition } of foreignKeys)
        await tx.query(statement(`alter table ${quoted(table)} add constraint ${quoted(name)} ${definition}`))
      let loaded = 0
      for (const { name } of tables) {
        const count = await countRows(tx, name)
        if (count !== (header.rows[name] ?? 0))
          throw new AppError('refused', `Of ${header.rows[name] ?? 0} rows of ${name} ${count} could be loaded.`)
        loaded += count
      }
      await freeEverything(tx)
      await migrateWithin(tx, migrations)
      await beginQuiet(tx, { since: now, backupAt: header.at, backupVersion: header.version })
      return loaded
    })
  } finally {
    await parts.return(undefined)
  }
}

/** A second one would wait for what this one has made, and find its own rows there already. Held until the transaction ends, also with its process. */
async function beTheOnlyOne(tx: Transaction): Promise<void> {
  const [lock] = await tx.query<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(7478, hashtext(current_schema())) as mine`)
  if (!lock!.mine)
    throw new AppError('refused', 'Another restore is at work in this database. Wait until it has ended: this one has changed nothing.')
}

/** Takes away every table and function of ours; those of others in the same database stay. */
async function makeRoom(tx: Transaction, migrations: readonly Migration[], replace: boolean): Promise<void> {
  await refuseOthers(tx, migrations)
  const ours = tablesIn(migrations)
  const there = (
    await tx.query<{ name: string }>(sql`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = current_schema() and c.relkind = 'r' and c.relname in (${join(ours)})`)
  ).map(({ name }) => name)
  const applied = await appliedMigrations(tx)
  if (applied.length > migrations.length)
    throw new AppError(
      'refused',
      'This database belongs to a newer version of Tocsin. Restore with that version, or into another database.',
    )
  const people = there.includes('users') ? await countRows(tx, 'users') : 0
  if (people > 0 && !replace)
    throw new AppError(
      'refused',
      `This installation is in use: it has ${people} ${people === 1 ? 'person' : 'people'}. Restore into an empty one; or back it up and say --replace, which throws away what is here.`,
    )
  const living = there.includes('nodes') ? await livingNodes(tx) : []
  if (living.length > 0)
    throw new AppError(
      'refused',
      `${living.length === 1 ? 'A node runs' : `${living.length} nodes run`} on this database. Stop every node, then restore.`,
    )
  for (const name of [...there, 'migrations']) await tx.query(statement(`drop table if exists ${quoted(name)} cascade`))
  for (const routine of routinesIn(migrations.slice(0, applied.length)))
    await tx.query(statement(`drop routine if exists ${routine} cascade`))
}

async function loadPart(tx: Transaction, part: Part, columns: Column[] | undefined): Promise<void> {
  if (part.kind === 'sequences') {
    for (const [name, last] of Object.entries(part.sequences))
      await tx.query(sql`select setval(quote_ident(${name})::regclass, ${last ?? 1}::bigint, ${last !== null})`)
    return
  }
  const types = part.columns.map((name) => columns?.find((column) => column.name === name)?.type)
  if (types.includes(undefined)) throw new AppError('refused', `This back-up holds a table ${part.table} that its version does not have.`)
  const names = part.columns.map(quoted).join(', ')
  const values = types.map((type, index) => `(row ->> ${index})::${type}`).join(', ')
  // jsonb, for it is parsed once and then looked up by place.
  const before = `insert into ${quoted(part.table)} (${names}) overriding system value select ${values} from jsonb_array_elements(`
  await tx.query(sql([before, '::text::jsonb) as row'], `[${part.rows.join(',')}]`)).catch((error: unknown) => {
    // Values that are none of their types: what was written cannot have been so.
    throw /^2[23]/.test(sqlState(error) ?? '') ? damaged(error) : error
  })
}

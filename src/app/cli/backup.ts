// `tocsin backup`: this installation's database as one file, which appears under its name only when it is whole and on the disk.
import { closeSync, createWriteStream, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { PassThrough, type Writable } from 'node:stream'
import { AppError } from '#kernel/errors.ts'
import type { Instant } from '#kernel/time.ts'
import type { Header } from '#platform/backup/format.ts'
import { writeBackup } from '#platform/backup/write.ts'
import { readConfig } from '#platform/config/config.ts'
import { readMigrations } from '#platform/database/migrate.ts'
import { silentLog } from '#platform/log.ts'
import { clock, migrationsFolder, openAsItIs } from '../node.ts'
import { version } from '../version.ts'
import { write } from './show.ts'

/** Writes to `file`, `-` for standard output. Throws AppError 'unavailable' while a node has the embedded database. */
export async function backUp(environment: Record<string, string | undefined>, file: string | undefined): Promise<void> {
  const now = clock.now()
  const database = await openAsItIs(readConfig(environment), silentLog()).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error
    throw new AppError(
      'unavailable',
      `${error.message} The embedded database is backed up while its node is stopped; one on PostgreSQL (DATABASE_URL) also while nodes run.`,
    )
  })
  try {
    const into = (sink: Writable) => writeBackup(database, readMigrations(migrationsFolder), { version, now }, sink)
    if (file === '-') {
      const through = new PassThrough()
      through.pipe(process.stdout, { end: false })
      process.stderr.write(`${spoken('standard output', await into(through))}\n`)
    } else {
      const path = file ?? nameAt(now)
      write(spoken(path, await writeWhole(path, into)))
    }
  } finally {
    await database.close()
  }
}

/** Writes under another name, waits for the disk, then gives it its own. Only its owner may read it. */
export async function writeWhole<T>(path: string, work: (sink: Writable) => Promise<T>): Promise<T> {
  const unfinished = `${path}.unfinished`
  rmSync(unfinished, { force: true })
  try {
    const result = await work(createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }))
    renameSync(unfinished, path)
    const folder = openSync(dirname(resolve(path)), 'r')
    fsyncSync(folder)
    closeSync(folder)
    return result
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

const nameAt = (now: Instant): string => `tocsin-${now.slice(0, 19).replaceAll(':', '-')}Z.backup`

function spoken(place: string, { rows, keys }: Header): string {
  const count = Object.values(rows).reduce((sum, rowsOfTable) => sum + rowsOfTable, 0)
  const key =
    keys.length === 0
      ? 'No secret is in it.'
      : `Its secrets open with the master key ${keys.join(', ')}, which is not in it: keep that elsewhere.`
  return `${count} rows of ${Object.keys(rows).length} tables are in ${place}. ${key}`
}

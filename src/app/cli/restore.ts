// `tocsin restore`: a back-up into an empty installation, which is quiet afterwards; or only looked at, with --verify.
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError } from '#kernel/errors.ts'
import type { Clock } from '#kernel/time.ts'
import { judgeHeader, loadBackup } from '#platform/backup/load.ts'
import { openBackup } from '#platform/backup/read.ts'
import { readConfig } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import { openEmbedded } from '#platform/database/embedded.ts'
import { readMigrations } from '#platform/database/migrate.ts'
import { silentLog } from '#platform/log.ts'
import { keyIds, presentKeys } from '#platform/secrets/vault.ts'
import { clock, migrationsFolder, openAsItIs } from '../node.ts'
import { knownFileName } from '../outage/known-file.ts'
import { version } from '../version.ts'
import { exitCodes, Usage } from './exit.ts'
import { paint, write } from './show.ts'
import { verifyChains } from './verify.ts'

/** Throws AppError 'refused' with what is wrong with the file or the installation; then nothing was changed. */
export async function restore(
  environment: Record<string, string | undefined>,
  file: string,
  options: { verify: boolean; replace: boolean },
): Promise<void> {
  if (file !== '-' && !existsSync(file)) throw new Usage(`There is no file ${file}.`)
  const config = readConfig(environment)
  const source = file === '-' ? process.stdin : createReadStream(file)
  const present = presentKeys(config.secretKey, config.secretKeyFile)
  if (options.verify) {
    const { sentences, broken } = await verdictOn(source, present && keyIds(present), clock)
    for (const sentence of sentences) write(sentence)
    if (broken) process.exitCode = exitCodes.refused
    return
  }
  const migrations = readMigrations(migrationsFolder)
  const backup = await openBackup(source)
  judgeHeader(backup.header, migrations, version, present ? keyIds(present) : [])
  const database = await openAsItIs(config, silentLog())
  try {
    const rows = await loadBackup(database, backup, { migrations, replace: options.replace, now: clock.now() })
    // What was known before says nothing of what is here now, and not that it is quiet.
    rmSync(join(config.dataFolder, knownFileName), { force: true })
    write(`${rows} rows of the back-up of ${backup.header.at} are here.`)
    write('This copy is quiet: it takes in alerts and shows everything, and pages nobody. `tocsin serve` starts it;')
    write('`tocsin installation show` says what is due, and an administrator ends it on any page or by `tocsin installation go`.')
  } finally {
    await database.close()
  }
}

/**
 * Restores into a database that is thrown away, and verifies every chain of the record. `keys`: ids of the master keys here; undefined when there is none,
 * so that this is not asked. `openEmpty`: an empty database that is gone when it is closed. `sentences`: what was found, the verdict last.
 */
export async function verdictOn(
  source: Readable,
  keys: readonly string[] | undefined,
  time: Clock,
  openEmpty: () => Promise<Database> = openThrownAway,
): Promise<{ sentences: string[]; broken: boolean }> {
  const database = await openEmpty()
  try {
    const migrations = readMigrations(migrationsFolder)
    const backup = await openBackup(source)
    const { header } = backup
    judgeHeader(header, migrations, version, keys)
    const rows = await loadBackup(database, backup, { migrations, replace: false, now: time.now() })
    const { chains, entries, broken } = await verifyChains(database, time)
    return {
      sentences: [
        `Made ${header.at} by Tocsin ${header.version} on ${header.database === 'postgres' ? 'PostgreSQL' : 'the embedded database'}.`,
        `${rows} rows of ${Object.keys(header.rows).length} tables, as many as were written.`,
        keysWords(header.keys, keys),
        ...broken.map(({ stream, reason }) => `${paint('red', stream)}: ${reason}`),
        broken.length === 0
          ? `The record is intact: ${chains} chains with ${entries} entries. This back-up can be restored.`
          : `${broken.length} of ${chains} chains of the record are broken: it was altered before this back-up was made, or in it.`,
      ],
      broken: broken.length > 0,
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { sentences: [error.message, 'This back-up can not be restored.'], broken: true }
  } finally {
    source.destroy()
    await database.close()
  }
}

/** On the disk, for a back-up may be larger than the memory; readable by its owner alone. */
async function openThrownAway(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-verify-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const database = await openEmbedded(folder, { durable: false })
  return {
    ...database,
    async close() {
      await database.close().finally(remove)
      process.removeListener('exit', remove)
    },
  }
}

function keysWords(needed: readonly string[], keys: readonly string[] | undefined): string {
  if (needed.length === 0) return 'It needs no master key: no secret is in it.'
  return keys === undefined
    ? `There is no master key here. To restore it, the key ${needed.join(' and ')} is needed.`
    : `Its secrets open with the master key that is here, ${needed.join(' and ')}.`
}

// `tocsin verify`: walks every chain of the record in this installation's database, holds it against signed heads, and names what was touched. It only reads:
// what it judges, it does not bring up to date, and it makes neither a database nor a master key.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { system } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Clock } from '#kernel/time.ts'
import { readConfig, type Config } from '#platform/config/config.ts'
import { askClock } from '#platform/database/clock.ts'
import type { Database } from '#platform/database/database.ts'
import { appliedMigrations, readMigrations } from '#platform/database/migrate.ts'
import { scopeOf } from '#platform/database/scope.ts'
import { silentLog } from '#platform/log.ts'
import { readHeads } from '#platform/record/heads-store.ts'
import { HeadListSchema, signHeads, type HeadList } from '#platform/record/heads.ts'
import { verifyWholeRecord, type RecordVerdict } from '#platform/record/verify.ts'
import { createSigner, presentKeys } from '#platform/secrets/vault.ts'
import { clock, migrationsFolder, openAsItIs } from '../node.ts'
import { version } from '../version.ts'
import { exitCodes } from './exit.ts'
import { paint, write, writeJson } from './show.ts'

export type VerifyOptions = { json: boolean; heads: boolean; against?: string }

/**
 * Exit code 1 when a chain is broken. With `heads` it writes the signed list of heads instead, to be saved elsewhere. Without a master key it signs nothing, and
 * asks no list whether it was signed here.
 */
export async function verifyRecord(environment: Record<string, string | undefined>, options: VerifyOptions): Promise<void> {
  const saved = options.against === undefined ? undefined : listIn(options.against)
  const config = readConfig(environment)
  const keys = presentKeys(config.secretKey, config.secretKeyFile)
  const signer = keys && createSigner(keys)
  const database = await openWhatIsThere(config)
  try {
    const read = reading(database, clock)
    if (options.heads) {
      if (!signer)
        throw new AppError(
          'refused',
          `There is no master key here to sign with: set TOCSIN_SECRET_KEY, or put it at ${config.secretKeyFile}.`,
        )
      return writeJson(signHeads(await read(readHeads), clock.now(), signer))
    }
    const { chains, entries, lists, broken } = await verifyWholeRecord(read, signer, saved)
    if (broken.length > 0) process.exitCode = exitCodes.refused
    if (options.json) return writeJson({ chains, entries, lists, broken })
    for (const { stream, reason } of broken) write(`${paint('red', stream)}: ${reason}`)
    write(
      broken.length === 0
        ? `${chains} chains with ${entries} entries are intact${lists === 0 ? '' : `, and fit ${lists} signed lists of heads`}.`
        : `${broken.length} chains are broken, of ${chains} with what is left of them.`,
    )
    if (!signer && lists > 0)
      write('There is no master key here, so that nobody asked whether these lists were signed by this installation.')
  } finally {
    await database.close()
  }
}

/** Walks every chain in `database`, where no master key is at hand: the lists of heads in it are taken as they are. */
export const verifyChains = (database: Database, time: Clock): Promise<RecordVerdict> =>
  verifyWholeRecord(reading(database, time), undefined)

const reading =
  (database: Database, time: Clock) =>
  <T>(work: (scope: Scope) => Promise<T>): Promise<T> =>
    database.transaction((tx) => work(scopeOf(tx, system('verify'), time.now())), { durable: false, looksThrough: true })

/** Throws AppError 'unavailable' when there is none, or one of another version's schema: that is no verdict. */
async function openWhatIsThere(config: Config): Promise<Database> {
  if (!config.databaseUrl && !existsSync(join(config.dataFolder, 'database')))
    throw new AppError(
      'unavailable',
      `There is no database in ${config.dataFolder}. Set TOCSIN_DATA_DIR, or DATABASE_URL, to that of the installation.`,
    )
  const database = await openAsItIs(config, silentLog())
  try {
    await askClock(database, clock)
    const waiting = readMigrations(migrationsFolder).length - (await database.transaction(appliedMigrations)).length
    if (waiting === 0) return database
    throw new AppError(
      'unavailable',
      waiting > 0
        ? `The database is of an older version than this one, ${version}: verify it with that version, or after the next start, which brings it up to date.`
        : `The database is of a newer version than this one, ${version}: verify it with that version.`,
    )
  } catch (error) {
    await database.close()
    throw error
  }
}

function listIn(file: string): HeadList {
  try {
    return HeadListSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new AppError('invalid-input', `${file} is no list of heads as \`tocsin verify --heads\` writes it.`, { cause })
  }
}

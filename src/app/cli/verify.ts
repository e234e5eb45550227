// `tocsin verify`: walks every chain of the record in this installation's database, holds it against signed heads, and names what was touched.
import { readFileSync } from 'node:fs'
import { system } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import type { Clock } from '#kernel/time.ts'
import { readConfig } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import { scopeOf } from '#platform/database/scope.ts'
import { silentLog } from '#platform/log.ts'
import { readHeads } from '#platform/record/heads-store.ts'
import { HeadListSchema, signHeads, type HeadList } from '#platform/record/heads.ts'
import { verifyWholeRecord, type RecordVerdict } from '#platform/record/verify.ts'
import { assembleEngine, clock, openDatabase } from '../node.ts'
import { exitCodes } from './exit.ts'
import { paint, write, writeJson } from './show.ts'

export type VerifyOptions = { json: boolean; heads: boolean; against?: string }

/** Exit code 1 when a chain is broken. With `heads` it writes the signed list of heads instead, to be saved elsewhere. */
export async function verifyRecord(environment: Record<string, string | undefined>, options: VerifyOptions): Promise<void> {
  const saved = options.against === undefined ? undefined : listIn(options.against)
  const config = readConfig(environment)
  const database = await openDatabase(config, silentLog())
  try {
    const engine = assembleEngine(config, database)
    const read = <T>(work: (scope: Parameters<typeof readHeads>[0]) => Promise<T>) =>
      engine.transact<T>(system('verify'), ({ scope }) => work(scope), { durable: false, looksThrough: true })
    if (options.heads) return writeJson(signHeads(await read(readHeads), clock.now(), engine.signer))
    const { chains, entries, lists, broken } = await verifyWholeRecord(read, engine.signer, saved)
    if (broken.length > 0) process.exitCode = exitCodes.refused
    if (options.json) return writeJson({ chains, entries, lists, broken })
    for (const { stream, reason } of broken) write(`${paint('red', stream)}: ${reason}`)
    write(
      broken.length === 0
        ? `${chains} chains with ${entries} entries are intact${lists === 0 ? '' : `, and fit ${lists} signed lists of heads`}.`
        : `${broken.length} chains are broken, of ${chains} with what is left of them.`,
    )
  } finally {
    await database.close()
  }
}

/** Walks every chain in `database`, where no master key is at hand: the lists of heads in it are taken as they are. */
export const verifyChains = (database: Database, time: Clock): Promise<RecordVerdict> =>
  verifyWholeRecord(
    (work) => database.transaction((tx) => work(scopeOf(tx, system('verify'), time.now())), { looksThrough: true }),
    undefined,
  )

function listIn(file: string): HeadList {
  try {
    return HeadListSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new AppError('invalid-input', `${file} is no list of heads as \`tocsin verify --heads\` writes it.`, { cause })
  }
}

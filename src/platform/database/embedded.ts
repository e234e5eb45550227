// The embedded database: PGlite in the data folder, with fsync on, so that what was committed is there after a power cut.
// One process owns the folder; a second one is told who has it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { sql } from '#kernel/sql.ts'
import { makeCluster, openFolder, openInMemory } from './cluster.ts'
import type { Database } from './database.ts'
import { lockFolder } from './folder-lock.ts'
import { InProcessConnection } from './in-process.ts'
import { types } from './moment.ts'
import { findByKey, planForValues, transactionsOn, type Dialect } from './protocol.ts'
import { keepTidy } from './tidying.ts'

const tidyEveryMs = 60_000

/**
 * Opens the database in `folder`, or in memory when there is none (tests). Throws AppError 'unavailable' when another process has it.
 * `durable: false` may lose everything when the power fails: for filling a folder that is thrown away when that does not succeed.
 */
export async function openEmbedded(folder: string | undefined, { durable = true }: { durable?: boolean } = {}): Promise<Database> {
  if (folder === undefined) return embedded(await openInMemory(), () => {})
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const release = await lockFolder(folder)
  try {
    const place = join(folder, 'database')
    await makeCluster(place)
    const database = embedded(await openFolder(place, durable), release)
    const stopTidying = keepTidy(database, tidyEveryMs)
    return { ...database, close: () => stopTidying().then(database.close) }
  } catch (error) {
    release()
    throw error
  }
}

/** The same over a PGlite that is there already: a pool of the one connection that it has. */
export function embedded(pglite: PGlite, release: () => void): Database {
  const stream = () => new InProcessConnection(pglite)
  const pool = new pg.Pool({
    types,
    stream,
    pipeline: true,
    max: 1,
    idleTimeoutMillis: 0,
    user: 'postgres',
    database: 'postgres',
  } as pg.PoolConfig)
  // Whoever uses it hears of it.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
    findByKey(client)
  })
  return {
    kind: 'embedded',
    transaction: transactionsOn(pool, inProcess),
    script: async (text) => void (await pool.query(text)),
    listen: async () => {},
    onAway: () => {},
    holdNodeLock: async () => {},
    async close() {
      await pool.end()
      await pglite.close()
      release()
    },
  }
}

/** Nothing can stop a statement, every commit waits for the disk, and there is no other node: this one hears of its commits in its own process. */
const inProcess: Dialect = {
  begin: ({ looksThrough = false }) => [sql`begin`, ...(looksThrough ? [sql`select ${planForValues}`] : [])],
  becomeDurable: undefined,
  notify: undefined,
  silentMs: () => Infinity,
}

// The embedded database: PGlite in the data folder, with fsync on, so that what was committed is there after a power cut.
// One process owns the folder; a second one is told who has it.
import { fsyncSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { AppError } from '#kernel/errors.ts'
import { parsers, type Database, type Transaction } from './database.ts'

// PGlite starts PostgreSQL with -F (no fsync). The file system's own hook makes it durable: one fsync a commit.
class DurableFS extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>) {
    const { emscriptenOpts } = await super.init(...args)
    const fsyncEveryFile = (module: unknown) => {
      const nodefs = (module as { NODEFS: { stream_ops: Record<string, unknown> } }).NODEFS
      nodefs.stream_ops['fsync'] = (stream: { nfd: number }) => {
        fsyncSync(stream.nfd)
        return 0
      }
    }
    const before = emscriptenOpts.preRun
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(Array.isArray(before) ? before : before ? [before] : []), fsyncEveryFile] } }
  }
}

const memory = ['-c', 'shared_buffers=16MB']
const durableStart = [
  ...PGlite.defaultStartParams.filter((flag) => flag !== '-F'),
  '-c',
  'fsync=on',
  '-c',
  'wal_sync_method=fsync',
  ...memory,
]

/**
 * Opens the database in `folder`, or in memory when there is none (tests). Throws AppError 'unavailable' when another process has it.
 * `durable: false` may lose everything when the power fails: for filling a folder that is thrown away when that does not succeed.
 */
export async function openEmbedded(folder: string | undefined, { durable = true }: { durable?: boolean } = {}): Promise<Database> {
  if (folder === undefined) {
    const pglite = await PGlite.create({ parsers, startParams: [...PGlite.defaultStartParams, ...memory] } as never)
    return embedded(pglite, () => {})
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const release = lockFolder(folder)
  try {
    const place = join(folder, 'database')
    const options = durable
      ? { fs: new DurableFS(place), startParams: durableStart }
      : { fs: new NodeFS(place), startParams: [...PGlite.defaultStartParams, ...memory] }
    const pglite = await PGlite.create({ ...options, parsers } as never)
    return embedded(pglite, release)
  } catch (error) {
    release()
    throw error
  }
}

/** The same over a PGlite that is there already. */
export function embedded(pglite: PGlite, release: () => void): Database {
  return {
    kind: 'embedded',
    async transaction(work) {
      const afterCommit: (() => void)[] = []
      const result = await pglite.transaction(async (inner) => {
        const tx: Transaction = {
          query: async (statement) => (await inner.query(statement.text, statement.values)).rows as never,
          afterCommit: (done) => void afterCommit.push(done),
          notify: async (channel, payload) => void (await inner.query('select pg_notify($1, $2)', [channel, payload])),
        }
        return work(tx)
      })
      for (const done of afterCommit) done()
      return result
    },
    script: async (text) => void (await pglite.exec(text)),
    listen: async (channel, heard) => void (await pglite.listen(channel, heard)),
    holdNodeLock: async () => {},
    async close() {
      await pglite.close()
      release()
    },
  }
}

function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock')
  for (;;) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const owner = Number(readFileSync(path, 'utf8'))
      if (owner !== process.pid && isRunning(owner)) {
        throw new AppError(
          'unavailable',
          `The data folder ${folder} is in use by process ${owner}. Stop it, or set TOCSIN_DATA_DIR to another folder.`,
        )
      }
      rmSync(path, { force: true })
    }
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.ts')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

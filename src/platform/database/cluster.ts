// The files of the embedded database: PGlite in a folder, with fsync on. Run as a program it makes an empty cluster: that takes hundreds of MiB,
// which the operating system gets back only when a process ends, so a process of its own does it.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

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
const startParams = [...PGlite.defaultStartParams, ...memory]
const durableStartParams = [
  ...PGlite.defaultStartParams.filter((flag) => flag !== '-F'),
  '-c',
  'fsync=on',
  '-c',
  'wal_sync_method=fsync',
  ...memory,
]

/** A database in memory, gone with the process. */
export const openInMemory = (): Promise<PGlite> => PGlite.create({ startParams } as never)

/** The database in a folder, which `makeCluster` has made. `durable: false` may lose everything when the power fails. */
export const openFolder = (folder: string, durable: boolean): Promise<PGlite> =>
  PGlite.create({
    fs: durable ? new DurableFS(folder) : new NodeFS(folder),
    startParams: durable ? durableStartParams : startParams,
  } as never)

/** Makes an empty cluster in `folder` unless one is there. It appears under its name when it is complete, and never half made. */
export async function makeCluster(folder: string): Promise<void> {
  if (existsSync(folder)) return
  const unfinished = `${folder}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  await inProcessOfItsOwn(unfinished)
  renameSync(unfinished, folder)
  const parent = openSync(dirname(folder), 'r')
  fsyncSync(parent)
  closeSync(parent)
}

function inProcessOfItsOwn(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), folder], { stdio: ['ignore', 'ignore', 'pipe'] })
    const ended = () => void child.kill('SIGKILL')
    process.once('exit', ended)
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (said = `${said}${text}`.slice(-2000)))
    child.once('error', reject)
    child.once('close', (code) => {
      process.removeListener('exit', ended)
      if (code === 0) resolve()
      else reject(new Error(`the embedded database could not be made in ${folder}: ${said.trim() || `its process ended with ${code}`}`))
    })
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pglite = await openFolder(process.argv[2]!, true)
  await pglite.close()
}

// The files of the embedded database: PGlite in a folder, with fsync on. Run as a program it makes an empty cluster: that takes hundreds of MiB,
// which the operating system gets back only when a process ends, so a process of its own does it. `npm ci` makes one for first starts to copy.
import { spawn } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
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

/** The empty cluster that `npm ci` has made, of this version of PGlite. */
function templateFolder(): string {
  const modules = join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules')
  const { version } = JSON.parse(readFileSync(join(modules, '@electric-sql/pglite/package.json'), 'utf8')) as { version: string }
  return join(modules, '.cache/tocsin', `cluster-${version}`)
}

/**
 * Makes an empty cluster in `folder` unless one is there, from the one that `npm ci` has made where there is one. It appears under its name when
 * it is complete, and never half made.
 */
export async function makeCluster(folder: string, template = templateFolder()): Promise<void> {
  if (existsSync(folder)) return
  await appear(folder, async (unfinished) => {
    if (!existsSync(template)) return inProcessOfItsOwn(unfinished)
    cpSync(template, unfinished, { recursive: true })
    for (const path of everythingIn(unfinished)) {
      chmodSync(path.name, path.isFolder ? 0o700 : 0o600)
      sync(path.name)
    }
  })
}

/** Nobody may change what every first start trusts. */
async function makeTemplate(): Promise<void> {
  const template = templateFolder()
  if (existsSync(template)) return
  mkdirSync(dirname(template), { recursive: true })
  await appear(template, async (unfinished) => {
    await makeEmpty(unfinished)
    for (const path of everythingIn(unfinished)) chmodSync(path.name, path.isFolder ? 0o755 : 0o444)
  })
}

async function appear(folder: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = `${folder}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  await make(unfinished)
  renameSync(unfinished, folder)
  sync(dirname(folder))
}

const everythingIn = (folder: string): { name: string; isFolder: boolean }[] => [
  { name: folder, isFolder: true },
  ...readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => ({
    name: join(entry.parentPath, entry.name),
    isFolder: entry.isDirectory(),
  })),
]

function sync(path: string): void {
  const opened = openSync(path, 'r')
  fsyncSync(opened)
  closeSync(opened)
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

async function makeEmpty(folder: string): Promise<void> {
  const pglite = await openFolder(folder, true)
  await pglite.close()
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await (process.argv[2] === 'template' ? makeTemplate() : makeEmpty(process.argv[2]!))

// Who has a data folder: two processes in it would write over each other's database. A lock names its process, and a socket beside it tells whether that
// one lives: in two containers that share the folder both may have the same number. Of several that find a lock of one that is gone, one gets it.
import { createHash, randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#kernel/errors.ts'
import { heldName, holdFolder, isHeld } from '../outbound/held-folder.ts'

/** Answers what gives it back. Throws AppError 'unavailable' while another process has it. */
export async function lockFolder(folder: string): Promise<() => void> {
  const mark = randomBytes(6).toString('hex')
  // Before anybody can read whose the lock is, so that it never seems to be of one that is gone.
  const letGo = await holdFolder(folder, socketOf(mark))
  try {
    await take(folder, join(folder, 'lock'), `${process.pid} ${mark}\n`)
  } catch (error) {
    letGo()
    throw error
  }
  // Where versions before this one look.
  const letGoToo = await holdFolder(folder, heldName)
  return () => {
    // First: what is gone and still there could be another's by the time it is removed.
    rmSync(join(folder, 'lock'), { force: true })
    letGoToo()
    letGo()
  }
}

/** The lock under which a lock that says this is cleared away. */
export const clearingLock = (folder: string, path: string, theirs: string): string =>
  join(folder, `lock.${createHash('sha256').update(`${path} ${theirs}`).digest('hex').slice(0, 12)}`)

const socketOf = (mark: string): string => `${heldName}.${mark}`

/**
 * A lock of one that is gone is cleared away under a lock of its own, which is of this one lock and no other: whoever comes late, and would clear away what
 * was taken meanwhile, finds that it says something else.
 */
async function take(folder: string, path: string, mine: string): Promise<void> {
  while (!appears(path, mine)) {
    const theirs = read(path)
    if (theirs === undefined) continue
    await refuseWhileAlive(folder, theirs)
    const clearing = clearingLock(folder, path, theirs)
    await take(folder, clearing, mine)
    if (read(path) === theirs) {
      rmSync(path, { force: true })
      const mark = markIn(theirs)
      if (mark !== undefined) rmSync(join(folder, socketOf(mark)), { force: true })
    }
    rmSync(clearing, { force: true })
  }
}

/** Makes the file with all that is in it at once; false when there is one. */
function appears(path: string, text: string): boolean {
  const draft = `${path}.${markIn(text)}`
  try {
    writeFileSync(draft, text)
    linkSync(draft, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    // Not every file system has links.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS' || code === 'EOPNOTSUPP') return appearsWithoutLink(path, text)
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function appearsWithoutLink(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** None in a lock of a version before this one. */
const markIn = (text: string): string | undefined => /^\d+ ([0-9a-f]{12})\n$/.exec(text)?.[1]

async function refuseWhileAlive(folder: string, theirs: string): Promise<void> {
  const owner = Number.parseInt(theirs, 10)
  const mark = markIn(theirs)
  const runs = owner === process.pid ? undefined : verbOf(owner)
  if (runs === undefined && !(await isHeld(folder, mark === undefined ? heldName : socketOf(mark)))) return
  throw new AppError(
    'unavailable',
    runs === 'restore'
      ? `Another restore is at work in the data folder ${folder}, process ${owner}. Wait until it has ended, or set TOCSIN_DATA_DIR to another folder.`
      : `The data folder ${folder} is in use by ${runs === undefined ? 'another process, perhaps in another container' : `process ${owner}`}. Stop it, or set TOCSIN_DATA_DIR to another folder.`,
  )
}

/** What a process of Tocsin on this machine does: `serve`; empty where that cannot be read. Undefined: there is none of this number. */
function verbOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  try {
    process.kill(pid, 0)
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    const program = words.findIndex((word) => word.includes('main.ts'))
    return program === -1 ? undefined : (words[program + 1] ?? '')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? '' : undefined
  }
}

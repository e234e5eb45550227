// A folder of files that only grow, as the spool needs it: on a real disk here, in memory in a simulation.
import { createReadStream, mkdirSync, readdirSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** What is behind the name of a file that was set aside. */
export const asideSuffix = '.aside'

/** What throws says what the disk says. */
export type Folder = {
  /** The files in it whose names end so, sorted. */
  names(suffix: string): string[]
  /** Makes a file. The folder is made when it is first needed. `begun` is called as soon as there is one; it resolves when no power cut takes it away. */
  create(name: string, begun: () => void): Promise<GrowingFile>
  /** The lines of a file, each with its end; the last one as far as it was written. */
  lines(name: string): AsyncIterable<string>
  /** Nothing happens when it is gone. */
  remove(name: string): Promise<void>
  /** It is kept for a person to look at, under a name that nobody reads from. Nothing happens when it is gone. */
  setAside(name: string): Promise<void>
}

export type GrowingFile = {
  /** Writes at its end. What throws may have written a part. */
  append(text: string): Promise<void>
  /** Resolves when what was written is on the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

export const folderOnDisk = (folder: string): Folder => ({
  names(suffix) {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith(suffix))
        .sort()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  },
  async create(name, begun) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const handle = await open(join(folder, name), 'wx', 0o600)
    begun()
    const parent = await open(folder)
    try {
      await parent.sync()
    } finally {
      await parent.close()
    }
    return growing(handle)
  },
  lines: (name) => linesOf(join(folder, name)),
  remove: (name) => rm(join(folder, name), { force: true }),
  setAside: (name) =>
    rename(join(folder, name), join(folder, `${name}${asideSuffix}`)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }),
})

const growing = (handle: FileHandle): GrowingFile => ({
  append: (text) => handle.writeFile(text),
  sync: () => handle.datasync(),
  close: () => handle.close(),
})

/** A line ends at \n and nowhere else: `node:readline` ends one at U+2028 and U+2029 too, which JSON leaves as they are. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let begun: string[] = []
  for await (const text of createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>) {
    const [first = '', ...others] = text.split('\n')
    begun.push(first)
    for (const next of others) {
      yield `${begun.join('')}\n`
      begun = [next]
    }
  }
  const last = begun.join('')
  if (last !== '') yield last
}

// Where a node keeps what comes in while its database is away: files of lines, each with its check sum, on the disk before anybody hears a yes. They are
// handed out in order when the database is back, also by the next process when this one dies.
import { createHash } from 'node:crypto'
import { AppError } from '#kernel/errors.ts'
import type { SpoolLine, SpoolPiece } from '#domains/alerts/index.ts'
import type { Folder, GrowingFile } from './folder.ts'

export type Spool = {
  /** Resolves when the lines are on the disk. Throws AppError 'too-many' when no more may be kept, and what the disk says when it cannot take them. */
  append(lines: readonly SpoolLine[]): Promise<void>
  /** Whether everything that was kept has been handed out. */
  isEmpty(): boolean
  /** Hands out what is kept, the oldest first; a piece is gone once `read` has resolved. Throws what `read` throws; then it is still kept. */
  drain(read: (piece: SpoolPiece) => Promise<void>): Promise<void>
  /** Hands out, and keeps, what an earlier process has left and nobody has read since. */
  readLeft(read: (line: SpoolLine) => void): Promise<void>
  close(): Promise<void>
}

const suffix = '.spool'
const signalsPerPiece = 1000

/** `newName` gives names that sort by their time. */
export function openSpool(folder: Folder, newName: () => string, { maxBytes = 256 * 1024 * 1024 } = {}): Spool {
  const files = folder.names(suffix)
  const left = [...files]
  const waiting: { text: string; resolve: () => void; reject: (error: unknown) => void }[] = []
  let current: { name: string; file: GrowingFile } | undefined
  let bytes = 0
  let writing: Promise<void> | undefined

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const taken = waiting.splice(0)
      try {
        current ??= await begin()
        await current.file.append(taken.map(({ text }) => text).join(''))
        await current.file.sync()
        for (const { resolve } of taken) resolve()
      } catch (error) {
        // What is half written ends this file: a reader stops there, and nobody was told yes.
        await endCurrent()
        for (const { reject } of taken) reject(error)
      }
    }
    writing = undefined
  }

  async function begin() {
    const name = `${nameBehind(files.at(-1)?.slice(0, -suffix.length), newName())}${suffix}`
    return { name, file: await folder.create(name, () => void files.push(name)) }
  }

  async function endCurrent(): Promise<void> {
    const ending = current
    current = undefined
    await ending?.file.close().catch(() => undefined)
  }

  return {
    isEmpty: () => files.length === 0 && waiting.length === 0 && writing === undefined,

    append(lines) {
      const text = lines.map(lineOf).join('')
      const size = Buffer.byteLength(text)
      if (bytes + size > maxBytes)
        throw new AppError('too-many', 'The database is away, and no more can be kept until it is back. Send it again in a moment.', {
          retryAfterSeconds: 10,
        })
      bytes += size
      return new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject })
        writing ??= writeWaiting()
      })
    },

    async drain(read) {
      for (let name = files[0]; name !== undefined; name = files[0]) {
        // What comes in meanwhile goes into a file of its own.
        await writing
        if (current?.name === name) await endCurrent()
        await readFile(folder, name, read)
        await folder.remove(name)
        files.shift()
      }
      bytes = 0
    },

    async readLeft(read) {
      for (const name of left) if (files.includes(name)) await readFile(folder, name, async ({ lines }) => lines.forEach(read))
    },

    async close() {
      await writing
      await endCurrent()
    },
  }
}

/** The next process reads the files as they sort, and a node that begins while its database is away goes by a clock that may be behind the one before. */
function nameBehind(last: string | undefined, fresh: string): string {
  if (last === undefined || fresh > last) return fresh
  const [, first, count = '0'] = /^(.*?)(?:~(\d+))?$/.exec(last)!
  return `${first}~${String(Number(count) + 1).padStart(6, '0')}`
}

async function readFile(folder: Folder, name: string, read: (piece: SpoolPiece) => Promise<void>): Promise<void> {
  let piece: SpoolPiece = { file: name, from: 0, lines: [] }
  let signals = 0
  const hand = async () => {
    if (piece.lines.length > 0) await read(piece)
    piece = { file: name, from: piece.from + piece.lines.length, lines: [] }
    signals = 0
  }
  for await (const text of folder.lines(name)) {
    const line = readLine(text)
    if (line === undefined) break
    piece.lines.push(line)
    signals += line.kind === 'signals' ? line.signals.length : 1
    if (signals >= signalsPerPiece) await hand()
  }
  await hand()
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

function lineOf(line: SpoolLine): string {
  const text = JSON.stringify(line)
  return `${sumOf(text)} ${text}\n`
}

/** Undefined for a line that was not written whole. */
function readLine(text: string): SpoolLine | undefined {
  const content = text.slice(17)
  return sumOf(content) === text.slice(0, 16) ? (JSON.parse(content) as SpoolLine) : undefined
}

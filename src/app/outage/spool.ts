// Where a node keeps what comes in while its database is away: files of lines, each with its check sum, on the disk before anybody hears a yes. They are
// handed out in order when the database is back, also by the next process when this one dies. A line that the disk has damaged is handed out as one that
// cannot be read, and costs none behind it.
import { createHash } from 'node:crypto'
import { AppError } from '#kernel/errors.ts'
import type { IntegrationId, SpoolLine, SpoolPiece, UnreadLine } from '#domains/alerts/index.ts'
import type { Folder, GrowingFile } from './folder.ts'

/** Whether all of a piece was taken in; nothing says yes. */
type Handed = boolean | void

export type Spool = {
  /** Resolves when the lines are on the disk. Throws AppError 'too-many' when no more may be kept, and what the disk says when it cannot take them. */
  append(lines: readonly SpoolLine[]): Promise<void>
  /** Whether everything that was kept has been handed out. */
  isEmpty(): boolean
  /**
   * Hands out what is kept, the oldest first; a piece is gone once `read` has resolved, and its file is set aside when that says that not all of it could be
   * taken in. Throws what `read` throws; then it is still kept.
   */
  drain(read: (piece: SpoolPiece) => Promise<Handed>): Promise<void>
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
        const isWhole = await readFile(folder, name, read)
        await (isWhole ? folder.remove(name) : folder.setAside(name))
        files.shift()
      }
      bytes = 0
    },

    async readLeft(read) {
      for (const name of left)
        if (files.includes(name))
          await readFile(folder, name, async ({ lines }) => {
            for (const line of lines) if (line.kind !== 'unread') read(line)
          })
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

/** Says whether all of it could be read and was taken in. */
async function readFile(folder: Folder, name: string, read: (piece: SpoolPiece) => Promise<Handed>): Promise<boolean> {
  let piece: SpoolPiece = { file: name, from: 0, lines: [] }
  let signals = 0
  let isWhole = true
  const hand = async () => {
    if (piece.lines.length > 0 && (await read(piece)) === false) isWhole = false
    piece = { file: name, from: piece.from + piece.lines.length, lines: [] }
    signals = 0
  }
  for await (const text of folder.lines(name)) {
    if (isTorn(text)) break
    const line = readLine(text)
    if (line.kind === 'unread') isWhole = false
    piece.lines.push(line)
    signals += line.kind === 'signals' ? line.signals.length : 1
    if (signals >= signalsPerPiece) await hand()
  }
  await hand()
  return isWhole
}

/** Of a line that was not written whole nobody was told yes. */
const isTorn = (text: string): boolean => /^(?:[0-9a-f]{0,16}|[0-9a-f]{16} (?:\{[^\n]*)?)$/.test(text)

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

function lineOf(line: SpoolLine): string {
  const text = JSON.stringify(line)
  return `${sumOf(text)} ${text}\n`
}

function readLine(text: string): SpoolLine | UnreadLine {
  const content = text.slice(17, -1)
  if (sumOf(content) === text.slice(0, 16)) return JSON.parse(content) as SpoolLine
  return { kind: 'unread', reason: 'it was damaged on the disk', text, integrationId: namedIn(text) }
}

/** The integration that is named in what is left of a line. */
const namedIn = (text: string): IntegrationId | undefined => /"(int_[0-9a-z]+)"/.exec(text)?.[1] as IntegrationId | undefined

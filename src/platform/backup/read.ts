// Reads a back-up file part by part, and says in a sentence what is wrong with it: no back-up, cut off, damaged, or of a newer version.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { z } from 'zod'
import { AppError } from '#kernel/errors.ts'
import { EndLine, formatNumber, Header, SequencesLine, TableLine } from './format.ts'

/** A few rows of one table, each still the text of a JSON array; or where the sequences stand. */
export type Part =
  { kind: 'rows'; table: string; columns: string[]; rows: string[] } | { kind: 'sequences'; sequences: Record<string, number | null> }

/** `parts` can be gone through once; when it ends without throwing, the file is whole. */
export type OpenedBackup = { header: Header; parts: AsyncGenerator<Part> }

const mostRowsAtOnce = 200
const mostCharactersAtOnce = 1024 * 1024
const mostBytesOfALine = 256 * 1024 * 1024

/** Reads the header. Throws AppError 'refused' when this is no back-up, or one that this program cannot read. */
export async function openBackup(source: Readable): Promise<OpenedBackup> {
  const lines = linesOf(source)
  try {
    const first = await nextLine(lines)
    const header = Header.safeParse(parsed(first))
    if (!header.success) throw noBackup()
    if (header.data.format > formatNumber)
      throw new AppError(
        'refused',
        `This back-up was made by Tocsin ${header.data.version} in a form that this version cannot read. Install ${header.data.version} or newer.`,
      )
    return { header: header.data, parts: partsOf(lines, first, header.data) }
  } catch (error) {
    await lines.return(undefined)
    throw error
  }
}

async function* partsOf(lines: AsyncGenerator<Buffer>, first: Buffer, header: Header): AsyncGenerator<Part> {
  try {
    const seen = createHash('sha256').update(first).update('\n')
    const counted: Record<string, number> = {}
    let table: z.output<typeof TableLine> | undefined
    let rows: string[] = []
    let characters = 0
    for (;;) {
      const line = await nextLine(lines)
      const isRow = line[0] === 0x5b
      if (rows.length > 0 && (!isRow || rows.length === mostRowsAtOnce || characters > mostCharactersAtOnce)) {
        yield { kind: 'rows', table: table!.table, columns: table!.columns, rows }
        rows = []
        characters = 0
      }
      if (isRow) {
        if (!table) throw damaged()
        const text = line.toString('utf8')
        rows.push(text)
        characters += text.length
        counted[table.table]!++
      } else {
        const other = parsed(line)
        const end = EndLine.safeParse(other)
        if (end.success) return judgeEnd(end.data.end, counted, header, seen.digest('hex'))
        const sequences = SequencesLine.safeParse(other)
        if (sequences.success) yield { kind: 'sequences', sequences: sequences.data.sequences }
        else {
          table = TableLine.safeParse(other).data
          if (!table) throw damaged()
          counted[table.table] ??= 0
        }
      }
      seen.update(line).update('\n')
    }
  } finally {
    await lines.return(undefined)
  }
}

function judgeEnd(end: z.output<typeof EndLine>['end'], counted: Record<string, number>, header: Header, sha256: string): void {
  if (end.sha256 !== sha256) throw damaged()
  for (const rows of [end.rows, header.rows])
    if (Object.keys({ ...rows, ...counted }).some((table) => rows[table] !== counted[table])) throw damaged()
}

async function nextLine(lines: AsyncGenerator<Buffer>): Promise<Buffer> {
  const { value, done } = await lines.next().catch((error: unknown) => {
    throw sentenceOf(error)
  })
  if (done) throw cut()
  return value
}

/** The unpacked lines, without their ends. What follows the last end of a line is none. */
async function* linesOf(source: Readable): AsyncGenerator<Buffer> {
  const unpacked = createGunzip()
  source.on('error', (error) => unpacked.destroy(error))
  try {
    let begun: Buffer[] = []
    let bytes = 0
    for await (const chunk of source.pipe(unpacked) as AsyncIterable<Buffer>) {
      let from = 0
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
        yield Buffer.concat([...begun, chunk.subarray(from, end)])
        begun = []
        bytes = 0
        from = end + 1
      }
      if (from < chunk.length) begun.push(chunk.subarray(from))
      bytes += chunk.length - from
      if (bytes > mostBytesOfALine) throw damaged()
    }
  } finally {
    source.destroy()
    unpacked.destroy()
  }
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8')) as unknown
  } catch {
    throw damaged()
  }
}

function sentenceOf(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string }
  if (code === 'Z_BUF_ERROR') return cut()
  if (code === 'Z_DATA_ERROR') return message === 'incorrect header check' ? noBackup() : damaged()
  return error
}

const noBackup = () => new AppError('refused', 'This is no back-up of Tocsin. `tocsin backup` writes one.')
const cut = () =>
  new AppError('refused', 'This back-up is cut off: its end is missing. Take another one; nothing of it can be trusted to be whole.')
/** For whoever finds it out only while loading. */
export const damaged = (cause?: unknown): AppError =>
  new AppError(
    'refused',
    'This back-up is damaged: what is in it is not what was written, by its checksum. Take another one, or another copy of it.',
    { cause },
  )

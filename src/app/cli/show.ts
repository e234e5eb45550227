// Answers as people read them in a terminal: a table for a list, lines for one thing. Plain text where nobody watches.
import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]
/** Styled only for a terminal that wants colours (NO_COLOR, no TTY: plain). */
export const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })
export const write = (text: string): void => void process.stdout.write(`${text}\n`)
export const writeJson = (value: unknown): void => write(JSON.stringify(value, null, 2))

/** Writes an operation's answer. */
export function showAnswer(answer: unknown): void {
  if (!isObject(answer)) return write(cell(answer))
  const { items, nextCursor } = answer
  if (Array.isArray(items)) {
    write(items.length === 0 ? 'Nothing.' : tableOf(items.filter(isObject), process.stdout.isTTY ? process.stdout.columns : undefined))
    if (typeof nextCursor === 'string') write(paint('dim', `More: --cursor ${nextCursor}`))
    return
  }
  write(linesOf(answer))
}

/** Rows under a head of their fields. Cut to `width` when given; fields that hold objects are left to --json. */
export function tableOf(rows: readonly Record<string, unknown>[], width: number | undefined): string {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row).filter((name) => isPlain(row[name]))))]
  const texts = [fields, ...rows.map((row) => fields.map((field) => cell(row[field])))]
  const widths = fields.map((_, column) => Math.min(48, Math.max(...texts.map((row) => row[column]!.length))))
  const lines = texts.map((row) =>
    row
      .map((text, column) => fitted(text, widths[column]!))
      .join('  ')
      .trimEnd(),
  )
  const cut = width === undefined ? lines : lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line))
  return [paint('bold', cut[0]!), ...cut.slice(1)].join('\n')
}

/** One line a field, what is inside of it indented. */
export function linesOf(value: Record<string, unknown>, indent = ''): string {
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => {
      const label = `${indent}${paint('dim', `${name}:`)}`
      if (isObject(inner) && Object.keys(inner).length > 0) return `${label}\n${linesOf(inner, `${indent}  `)}`
      if (Array.isArray(inner) && inner.some(isObject))
        return `${label}\n${inner.map((item) => (isObject(item) ? `${indent}  -\n${linesOf(item, `${indent}    `)}` : `${indent}  - ${cell(item)}`)).join('\n')}`
      return `${label} ${cell(inner)}`
    })
    .join('\n')
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPlain = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
const fitted = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width))
// What comes from outside may hold control characters, which a terminal would obey.
const cell = (value: unknown): string =>
  (value === null || value === undefined
    ? '–'
    : Array.isArray(value)
      ? value.map(cell).join(', ')
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value as string)
  ).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')

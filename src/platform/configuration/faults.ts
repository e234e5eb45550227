// What is wrong with a written document, in sentences that say the fix, each with its place.
import type { z } from 'zod'
import type { Fault } from '#kernel/errors.ts'
import { didYouMean } from './nearest.ts'
import { fieldNamesAt, type JsonSchema } from './schemas.ts'

/** Where something is written. Line and column from 1. */
export type Place = { file: string; line: number; column: number }
/** `unreadable`: the file is no YAML that is taken here, so that nothing can be said of what it means. */
export type PlacedFault = { place: Place; message: string; unreadable?: true }

/** `teams.yaml:3:9`, as editors and compilers write it. */
export const spokenPlace = ({ file, line, column }: Place): string => `${file}:${line}:${column}`
export const asFault = ({ place, message }: PlacedFault): Fault => ({ path: spokenPlace(place), message })
export const byPlace = (a: PlacedFault, b: PlacedFault): number =>
  a.place.file < b.place.file ? -1 : a.place.file > b.place.file ? 1 : a.place.line - b.place.line || a.place.column - b.place.column

type Path = readonly PropertyKey[]
type Issue = z.core.$ZodIssue

/** What was read, and how a word of it was written. */
export type Read = { value: unknown; wordAt: (path: Path) => string | undefined }

/** The faults of a parse: paths into what was read, sentences about it. `schema` is the JSON Schema of the same. */
export const sentencesOf = (error: z.ZodError, read: Read, schema: JsonSchema): { path: Path; message: string }[] =>
  error.issues.flatMap((issue) => sentences(issue, [], read, schema))

function sentences(issue: Issue, around: Path, read: Read, schema: JsonSchema): { path: Path; message: string }[] {
  const path = [...around, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const known = fieldNamesAt(schema, path)
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `there is no field ${key} here${didYouMean(key, known) || listOf('; there are', known)}`,
    }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = [...issue.errors].sort((a, b) => distance(a) - distance(b))[0]!
    if (nearest.length > 0) return nearest.flatMap((inner) => sentences(inner, path, read, schema))
  }
  const value = valueAt(read.value, path)
  const word = typeof value === 'number' || typeof value === 'boolean' ? read.wordAt(path) : undefined
  if (value === undefined && path.length > 0) return [{ path: path.slice(0, -1), message: `the field ${String(path.at(-1))} is missing` }]
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String)
    const hint = typeof value === 'string' ? didYouMean(value, allowed) : ''
    return [{ path, message: `${fieldOf(path)}${spoken(value, word)} is not one of ${allowed.join(', ')}${hint}` }]
  }
  if (issue.code === 'invalid_type')
    return [
      {
        path,
        message: `${fieldOf(path)}${spoken(value, word)} is not ${article(issue.expected)}${issue.expected === 'string' && word !== undefined ? `; write it in quotes: "${word}"` : ''}`,
      },
    ]
  if (issue.code === 'invalid_key') return [{ path, message: `${String(path.at(-1))}: ${issue.issues[0]?.message ?? issue.message}` }]
  return [{ path, message: `${fieldOf(path)}${plainly(issue.message)}` }]
}

/** How far a union's branch is from what was written: a fault near the top weighs more than many further down. */
const distance = (issues: readonly Issue[]): number =>
  issues.reduce(
    (sum, issue) =>
      sum + (issue.code === 'unrecognized_keys' ? 2 * issue.keys.length * 4 ** -(issue.path.length + 1) : 4 ** -issue.path.length),
    0,
  )

const fieldOf = (path: Path): string => {
  const name = path.findLast((step) => typeof step === 'string')
  return name === undefined ? '' : `${String(name)}: `
}
export const spoken = (value: unknown, word?: string): string =>
  value === null
    ? 'nothing'
    : typeof value === 'object'
      ? Array.isArray(value)
        ? 'a list'
        : 'an object'
      : (word ?? JSON.stringify(value)).slice(0, 80)
const articles: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'nothing',
}
const article = (expected: string): string => articles[expected] ?? expected
const plainly = (message: string): string =>
  message
    .replace(/^Invalid input: /, '')
    .replace(/^Too (small|big): expected \w+ to (be|have) /, 'must $2 ')
    .replace(/^Invalid (\w+)$/, 'is not a valid $1')
const listOf = (before: string, names: readonly string[]): string =>
  names.length === 0 ? '' : `${before} ${names.slice(0, 20).join(', ')}`

function valueAt(written: unknown, path: Path): unknown {
  let at = written
  for (const step of path) at = typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined
  return at
}

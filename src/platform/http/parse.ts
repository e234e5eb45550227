// The one way from bytes to a value. Size, depth, keys and strings are checked in a linear scan before a parser sees the body, so that no
// body, however it is built, costs more than its bytes.
import { isUtf8 } from 'node:buffer'
import { AppError, never } from '#kernel/errors.ts'
import { parseForm } from './form.ts'
import { scanJson } from './json-scan.ts'
import { spokenBytes, type ParseLimits } from './parse-limits.ts'
import { invalidAt } from './place.ts'
import { readYaml } from './yaml.ts'

export { ingestLimits, largeLimits, ordinaryLimits, type ParseLimits } from './parse-limits.ts'

/** `yaml` is exactly one document, `yaml-documents` a list of up to 200. */
export type BodyKind = 'json' | 'form' | 'yaml' | 'yaml-documents'

/**
 * Plain data: objects, lists, texts, numbers, booleans, null; no object has a key `__proto__`, `constructor` or `prototype`.
 * A form is a flat record of texts. Throws AppError 'invalid-input' (400) or 'too-large' (413), with a sentence that says what and where.
 */
export function parse(kind: BodyKind, bytes: Uint8Array, limits: ParseLimits): unknown {
  if (bytes.length > limits.bytes)
    throw new AppError('too-large', `The body is larger than ${spokenBytes(limits.bytes)}: send it in parts.`)
  if (!isUtf8(bytes)) throw new AppError('invalid-input', 'The body is not UTF-8 text.')
  switch (kind) {
    case 'json':
      return parseJson(withoutMark(bytes), limits)
    case 'form':
      return parseForm(bytes, limits)
    case 'yaml': {
      const [first, second] = readYaml(withoutMark(bytes), limits)
      if (second !== undefined)
        throw new AppError('invalid-input', `There is more than one YAML document: a second begins on line ${second.line}.`)
      if (first === undefined) throw new AppError('invalid-input', 'The body is empty; YAML was expected.')
      return first.value
    }
    case 'yaml-documents':
      return readYaml(withoutMark(bytes), limits).map((document) => document.value)
    default:
      return never(kind)
  }
}

function parseJson(bytes: Uint8Array, limits: ParseLimits): unknown {
  if (bytes.length === 0) throw new AppError('invalid-input', 'The body is empty; JSON was expected.')
  scanJson(bytes, limits)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  try {
    return storable(text) ? (JSON.parse(text) as unknown) : (JSON.parse(text, mended) as unknown)
  } catch (cause) {
    throw notJson(text, cause)
  }
}

/** Whether every text in it can be stored: no NUL and no half of a surrogate pair, which JSON can write and PostgreSQL refuses. */
const storable = (text: string): boolean => !/\\u(0000|d[89a-f])/i.test(text)

const mended = (_: string, value: unknown): unknown => {
  if (typeof value === 'string') return mendedText(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.keys(value).every((key) => mendedText(key) === key)
    ? value
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [mendedText(key), inner]))
}

const mendedText = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed()

/** V8 names the position in most of its messages, and quotes the text around it, which has no place in an answer. */
function notJson(text: string, cause: unknown): AppError {
  const message = (cause as Error).message
  const position = /at position (\d+)/.exec(message)?.[1]
  const what = message.replace(/( in JSON)? at position.*$/s, '').replace(/, (\.\.\.)?".*$/s, '')
  if (position !== undefined) return invalidAt(text, Number(position), `The body is not JSON: ${what}`)
  return /end of JSON/.test(message)
    ? invalidAt(text, text.length, 'The body is not JSON: it ends too early')
    : invalidAt(text, 0, `The body is not JSON: ${what}`)
}

/** Without the byte order mark that some Windows programs write first. */
const withoutMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

// The linear scan over the bytes of a JSON body: depth, keys, items, strings, reserved and doubled keys, before JSON.parse sees them.
// It checks no grammar: for every text that JSON.parse accepts, it and the scan agree on what is a key; the others are refused anyway.
import { invalidAt, isReservedKey, tooLargeAt } from './place.ts'
import { spokenBytes, type ParseLimits } from './parse-limits.ts'

const quote = 0x22
const backslash = 0x5c

/** Throws AppError 'invalid-input' or 'too-large' with the place. A millisecond or so per MiB. */
export function scanJson(bytes: Uint8Array, limits: ParseLimits): void {
  const length = bytes.length
  const isObject = new Uint8Array(limits.depth + 1)
  const seen: Set<string>[] = []
  let depth = 0
  let keys = 0
  let items = 0
  let keyFollows = false
  for (let at = 0; at < length; at++) {
    switch (bytes[at]) {
      case quote: {
        const start = at + 1
        let escaped = false
        for (at = start; at < length && bytes[at] !== quote; at++) {
          if (bytes[at] !== backslash) continue
          escaped = true
          at++
        }
        // The text may end after a backslash, within the two characters that it would stand for.
        at = Math.min(at, length)
        if (at - start > limits.stringBytes) throw invalidAt(bytes, start - 1, `A string is longer than ${spokenBytes(limits.stringBytes)}`)
        if (!keyFollows) break
        keyFollows = false
        if (++keys > limits.keys) throw tooLargeAt(bytes, start - 1, `The body has more than ${limits.keys} keys`)
        if (escaped || mayBeReserved(bytes, start, at - start)) refuseReserved(bytes, start, at)
        if (limits.refuseDuplicates) refuseDoubled(bytes, start, at, (seen[depth] ??= new Set()))
        break
      }
      case 0x7b: // {
      case 0x5b: // [
        if (++depth > limits.depth) throw invalidAt(bytes, at, `The body is nested too deep: more than ${limits.depth} levels`)
        keyFollows = bytes[at] === 0x7b
        isObject[depth] = keyFollows ? 1 : 0
        seen[depth]?.clear()
        break
      case 0x7d: // }
      case 0x5d: // ]
        keyFollows = false
        if (--depth < 0) return
        break
      case 0x2c: // ,
        keyFollows = isObject[depth] === 1
        if (!keyFollows && ++items >= limits.keys) throw tooLargeAt(bytes, at, `The lists of the body have more than ${limits.keys} items`)
        break
      default:
    }
  }
}

/** Only the lengths and first letters that `__proto__`, `prototype` and `constructor` have. */
function mayBeReserved(bytes: Uint8Array, start: number, length: number): boolean {
  const first = bytes[start]
  return (length === 9 && (first === 0x5f || first === 0x70)) || (length === 11 && first === 0x63)
}

/** The key as the parser will read it; undefined when it will refuse it. */
function keyText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const written = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start)).toString('utf8')
  if (!written.includes('\\')) return written
  try {
    return JSON.parse(`"${written}"`) as string
  } catch {
    return undefined
  }
}

function refuseReserved(bytes: Uint8Array, start: number, end: number): void {
  const key = keyText(bytes, start, end)
  if (key !== undefined && isReservedKey(key)) throw invalidAt(bytes, start - 1, `The key ${key} is reserved: rename it`)
}

function refuseDoubled(bytes: Uint8Array, start: number, end: number, seen: Set<string>): void {
  const key = keyText(bytes, start, end)
  if (key === undefined) return
  if (seen.has(key)) throw invalidAt(bytes, start - 1, `The key ${JSON.stringify(key.slice(0, 80))} stands twice in one object`)
  seen.add(key)
}

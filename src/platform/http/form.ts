// Bodies of application/x-www-form-urlencoded: a flat record of texts. Names with brackets stay what they are, nothing is nested.
import { invalidAt, isReservedKey, tooLargeAt } from './place.ts'
import { spokenBytes, type ParseLimits } from './parse-limits.ts'

/** Throws AppError 'invalid-input' or 'too-large' with the place. */
export function parseForm(bytes: Uint8Array, limits: ParseLimits): Record<string, string> {
  countFields(bytes, limits)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  const fields = new Map<string, string>()
  let offset = 0
  for (const part of text.split('&')) {
    if (part !== '') {
      const equals = part.indexOf('=')
      const name = decode(text, offset, equals < 0 ? part : part.slice(0, equals))
      if (isReservedKey(name)) throw invalidAt(text, offset, `The field ${name} is reserved: rename it`)
      if (limits.refuseDuplicates && fields.has(name))
        throw invalidAt(text, offset, `The field ${JSON.stringify(name.slice(0, 80))} stands twice`)
      fields.set(name, equals < 0 ? '' : decode(text, offset + equals + 1, part.slice(equals + 1)))
    }
    offset += part.length + 1
  }
  return Object.fromEntries(fields)
}

function countFields(bytes: Uint8Array, limits: ParseLimits): void {
  let fields = 1
  let start = 0
  for (let at = 0; at <= bytes.length; at++) {
    const byte = bytes[at]
    if (byte !== 0x26 && byte !== 0x3d && byte !== undefined) continue
    if (at - start > limits.stringBytes) throw invalidAt(bytes, start, `A field is longer than ${spokenBytes(limits.stringBytes)}`)
    start = at + 1
    if (byte === 0x26 && ++fields > limits.keys) throw tooLargeAt(bytes, at, `The form has more than ${limits.keys} fields`)
  }
}

function decode(text: string, offset: number, part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    throw invalidAt(text, offset, 'A field has a % that begins no UTF-8 character')
  }
}

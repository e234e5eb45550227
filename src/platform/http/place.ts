// Refusals of a body, each with the place where it went wrong.
import { AppError } from '#kernel/errors.ts'

/** Line and column, both from 1; the column counts bytes of a body, characters of a text. */
export type Place = { line: number; column: number }

export function placeOf(source: Uint8Array | string, offset: number): Place {
  const end = Math.min(Math.max(0, offset), source.length)
  let line = 1
  let lineStart = 0
  for (let at = 0; at < end; at++) {
    if ((typeof source === 'string' ? source.charCodeAt(at) : source[at]) !== 0x0a) continue
    line++
    lineStart = at + 1
  }
  return { line, column: end - lineStart + 1 }
}

/** AppError 'invalid-input': "`what` (line 2, column 5).", with a fault at `body:2:5`. `what` is a clause without its full stop. */
export function invalidAt(source: Uint8Array | string, offset: number, what: string): AppError {
  const { line, column } = placeOf(source, offset)
  return new AppError('invalid-input', `${what} (line ${line}, column ${column}).`, {
    faults: [{ path: `body:${line}:${column}`, message: what }],
  })
}

/** AppError 'too-large', with the place where the bound was passed. */
export function tooLargeAt(source: Uint8Array | string, offset: number, what: string): AppError {
  const { line, column } = placeOf(source, offset)
  return new AppError('too-large', `${what} (line ${line}, column ${column}).`, {
    faults: [{ path: `body:${line}:${column}`, message: what }],
  })
}

/** Keys that reach the prototype of an object when a value is copied carelessly. */
export const isReservedKey = (key: string): boolean => key === '__proto__' || key === 'constructor' || key === 'prototype'

// JSON pointers (RFC 6901): how a step names a value in an answer.

/** The value there, or undefined when there is none. Only own keys of plain data are followed. */
export function valueAt(value: unknown, pointer: string): unknown {
  let found = value
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof found !== 'object' || found === null) return undefined
    if (Array.isArray(found) && !/^(0|[1-9]\d*)$/.test(key)) return undefined
    found = Object.hasOwn(found, key) ? (found as Record<string, unknown>)[key] : undefined
  }
  return found
}

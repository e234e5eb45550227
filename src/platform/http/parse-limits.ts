// How much a body may ask of us. The bounds are checked on bytes, before a parser sees them.

export type ParseLimits = {
  /** Of the unpacked body. */
  bytes: number
  /** Keys of all objects together; the items of all lists together have the same bound. */
  keys: number
  /** Objects and lists within each other. */
  depth: number
  /** One string, as it is written. */
  stringBytes: number
  /** Whether a key that stands twice in one object is an error (YAML: always). When it is not, the last one counts. */
  refuseDuplicates: boolean
}

const KiB = 1024
const MiB = 1024 * KiB

/** For everything but alerts. */
export const ordinaryLimits: ParseLimits = { bytes: MiB, keys: 10_000, depth: 64, stringBytes: 256 * KiB, refuseDuplicates: true }

/** For everything that an organisation has written, in one piece. */
export const largeLimits: ParseLimits = { ...ordinaryLimits, bytes: 8 * MiB, keys: 100_000 }

/** For alerts on their way in: wider, for a refused alert is a lost one. */
export const ingestLimits: ParseLimits = { bytes: 4 * MiB, keys: 200_000, depth: 64, stringBytes: 256 * KiB, refuseDuplicates: false }

/** 4194304 → "4 MiB", 1500 → "1500 bytes": a bound as a sentence names it. */
export function spokenBytes(bytes: number): string {
  if (bytes >= MiB && bytes % MiB === 0) return `${bytes / MiB} MiB`
  return bytes >= KiB && bytes % KiB === 0 ? `${bytes / KiB} KiB` : `${bytes} bytes`
}

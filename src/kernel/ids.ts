// Ids: a prefix that tells what it is and 26 characters of Crockford's base32 over a UUIDv7, so that ids sort by the time they were made.
import { V7Generator } from 'uuidv7'
import { z } from 'zod'
import { epochMs, type Clock } from './time.ts'

export type Id<Prefix extends string> = `${Prefix}_${string}`
/** Makes a fresh id: `newId('alt')` → `alt_01k…`. Passed as a parameter, so that a scenario repeats its ids from a seed. */
export type NewId = <Prefix extends string>(prefix: Prefix) => Id<Prefix>
/** Unguessable bytes, so many. A parameter for the same reason. */
export type RandomBytes = (size: number) => Uint8Array
/** A source of random numbers below 2^32. */
export type RandomSource = () => number

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** The zod schema of ids with this prefix. */
export const idOf = <Prefix extends string>(prefix: Prefix): z.ZodType<Id<Prefix>, Id<Prefix>> =>
  z.string().regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`), `is not an id that begins with ${prefix}_`) as unknown as z.ZodType<
    Id<Prefix>,
    Id<Prefix>
  >

/** The ids of one node, ordered by its clock. */
export function idSource(clock: Clock, random: RandomSource): NewId {
  const generator = new V7Generator({ nextUint32: random })
  return (prefix) => {
    const uuid = generator.generateOrResetCore(epochMs(clock.now()), 10_000)
    return `${prefix}_${base32(uuid.bytes)}`
  }
}

function base32(bytes: Readonly<Uint8Array>): string {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  let text = ''
  for (let i = 0; i < 26; i++) {
    text = alphabet[Number(value & 31n)] + text
    value >>= 5n
  }
  return text
}

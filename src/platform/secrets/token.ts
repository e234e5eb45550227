// Unguessable texts are stored as hashes and compared in constant time.
import { createHash, timingSafeEqual } from 'node:crypto'

/** SHA-256 in hex; enough for texts of 128 random bits or more. */
export const hashOfToken = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Whether a presented text has this hash, in constant time; an unknown one compares with a dummy. */
export function tokenMatches(presented: string, hash: string | undefined): boolean {
  const expected = Buffer.from(hash ?? '0'.repeat(64), 'hex')
  return timingSafeEqual(createHash('sha256').update(presented).digest(), expected) && hash !== undefined
}

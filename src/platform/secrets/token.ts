// Unguessable texts are stored as hashes.
import { createHash } from 'node:crypto'

/** SHA-256 in hex; enough for texts of 128 random bits or more. */
export const hashOfToken = (text: string): string => createHash('sha256').update(text).digest('hex')

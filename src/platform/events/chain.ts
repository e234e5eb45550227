// The hash chain of a stream: H(previous ‖ sequence ‖ type ‖ time ‖ actor ‖ HMAC(salt, content)). With a salt from the first event on, content can be
// erased and the chain still verifies.
import { createHash, createHmac } from 'node:crypto'
import type { Instant } from '#kernel/time.ts'

export type Link = {
  sequence: number
  type: string
  version: number
  at: Instant
  actor: string
  aboutText: string
  dataText: string
  salt: Uint8Array
}

/** The hash of the link that follows `previous` (empty for the first). 32 bytes. */
export function linkHash(previous: Uint8Array, link: Link): Buffer {
  const content = createHmac('sha256', link.salt).update(`${link.version}\n${link.aboutText}\n${link.dataText}`).digest()
  return createHash('sha256')
    .update(previous)
    .update(`\n${link.sequence}\n${link.type}\n${link.at}\n${link.actor}\n`)
    .update(content)
    .digest()
}

export type ChainVerdict = { intact: true; length: number; head: string } | { intact: false; sequence: number; reason: string }

/** Walks a whole stream in order. Names the first link that is missing, moved or altered. */
export function verifyChain(links: (Link & { hash: Uint8Array })[]): ChainVerdict {
  let previous: Uint8Array = new Uint8Array()
  for (const [index, link] of links.entries()) {
    if (link.sequence !== index + 1)
      return { intact: false, sequence: index + 1, reason: `entry ${index + 1} is missing: the next one is ${link.sequence}` }
    const expected = linkHash(previous, link)
    if (!expected.equals(link.hash))
      return { intact: false, sequence: link.sequence, reason: `entry ${link.sequence} was altered, or does not belong after ${index}` }
    previous = link.hash
  }
  return { intact: true, length: links.length, head: Buffer.from(previous).toString('hex') }
}

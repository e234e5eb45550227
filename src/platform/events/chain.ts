// The hash chain of a stream: H(previous ‖ sequence ‖ type ‖ time ‖ actor ‖ HMAC(salt, content)). With a salt from the first event on, content can be
// erased and the chain still verifies.
import { createHmac, hash } from 'node:crypto'
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

/** The hash of the link that follows `previous` (empty for the first). 32 bytes. The database makes it when it is written (`append.ts`). */
export const linkHash = (previous: Uint8Array, link: Link): Buffer =>
  hash(
    'sha256',
    Buffer.concat([previous, Buffer.from(`\n${link.sequence}\n${link.type}\n${link.at}\n${link.actor}\n`), contentHash(link)]),
    'buffer',
  )

/** What of a link can be erased, and is known by this all the same. 32 bytes. */
export const contentHash = ({ salt, version, aboutText, dataText }: Pick<Link, 'salt' | 'version' | 'aboutText' | 'dataText'>): Buffer =>
  hmacSha256(salt, `${version}\n${aboutText}\n${dataText}`)

const blockBytes = 64

// A key of its own for each event: an Hmac object costs four times as much as the three hashes. RFC 2104.
function hmacSha256(key: Uint8Array, text: string): Buffer {
  if (key.length > blockBytes) return createHmac('sha256', key).update(text).digest()
  const inner = hash('sha256', Buffer.concat([padded(key, 0x36), Buffer.from(text)]), 'buffer')
  return hash('sha256', Buffer.concat([padded(key, 0x5c), inner]), 'buffer')
}

function padded(key: Uint8Array, filler: number): Buffer {
  const block = Buffer.alloc(blockBytes, filler)
  for (let at = 0; at < key.length; at++) block[at] = key[at]! ^ filler
  return block
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

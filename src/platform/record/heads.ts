// Heads: where every chain of the record ended at a moment, signed. A chain alone does not stop whoever owns the database: they cut off its end, or
// compute it anew from a forged entry on. Neither fits a list of heads that was signed before with a key that is not in the database.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Signer } from '#kernel/secret.ts'
import { InstantOut, type Instant } from '#kernel/time.ts'

/** The last entry of a stream: its sequence number (`count`), hash in hex, position in the record, and time. */
const HeadSchema = z.strictObject({
  stream: z.string().max(200),
  count: z.number().int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  position: z.number().int(),
  at: InstantOut,
})
export type Head = z.output<typeof HeadSchema>

const Summary = {
  at: InstantOut,
  streams: z.number(),
  entries: z.number(),
  position: z.number(),
  digest: z.string(),
  signature: z.string(),
}

/** What is signed of a list: when, how many streams and entries, the last position, and the SHA-256 of all heads in hex. */
export const SignedHeadsSchema = z.object(Summary).meta({ id: 'RecordHeads' })
export type SignedHeads = z.output<typeof SignedHeadsSchema>

/** A list as `tocsin verify --heads` writes it. */
export const HeadListSchema = z.strictObject({ ...Summary, heads: z.array(HeadSchema) })
export type HeadList = z.output<typeof HeadListSchema>

const purpose = 'record heads'

/** The list of these heads, signed with the newest master key. */
export function signHeads(heads: readonly Head[], at: Instant, signer: Signer): HeadList {
  const summary = summaryOf(heads, at)
  return { ...summary, signature: signer.sign(textOf(summary), purpose), heads: [...heads] }
}

/** Says why a list is not what was once signed here; undefined when it is. Lists of every master key that still stands are known; without a `signer` only the digest is looked at. */
export function headsFault(list: HeadList, signer: Signer | undefined): string | undefined {
  const summary = summaryOf(list.heads, list.at)
  if (summary.digest !== list.digest) return 'the list of heads was altered: its heads do not give its digest'
  return signer?.verify(textOf(summary), list.signature, purpose) === 'invalid'
    ? 'the list of heads was not signed by this installation: its signature fits no master key that is here'
    : undefined
}

export type HeadFault = { stream: string; sequence: number; reason: string }

/** How many entries a stream has now, and the hash of the one that was its head then (undefined: there is none). */
export type Now = { count: number; hashThen: string | undefined }

/** What no longer fits a list: streams that are gone, shorter, or written anew. Streams that grew, and new ones, do fit. */
export function compareHeads(list: HeadList, nowOf: (stream: string) => Now | undefined): HeadFault[] {
  return list.heads.flatMap(({ stream, count, hash }) => {
    const now = nowOf(stream)
    if (now === undefined || now.count === 0)
      return [{ stream, sequence: 1, reason: `all ${count} entries that there were at ${list.at} are gone` }]
    if (now.hashThen === undefined)
      return [
        {
          stream,
          sequence: now.count + 1,
          reason: `its end was cut off: at ${list.at} it had ${count} entries, now it ends with entry ${now.count}`,
        },
      ]
    return now.hashThen === hash
      ? []
      : [
          {
            stream,
            sequence: count,
            reason: `it was written anew: entry ${count} is not the one that was there at ${list.at}, so that it or one before it was altered`,
          },
        ]
  })
}

function summaryOf(heads: readonly Head[], at: Instant): Omit<SignedHeads, 'signature'> {
  const sorted = [...heads].sort((a, b) => (a.stream < b.stream ? -1 : 1))
  const digest = createHash('sha256')
  for (const head of sorted) digest.update(`${JSON.stringify(head.stream)} ${head.count} ${head.hash} ${head.position} ${head.at}\n`)
  return {
    at,
    streams: heads.length,
    entries: heads.reduce((sum, head) => sum + head.count, 0),
    position: heads.reduce((last, head) => Math.max(last, head.position), 0),
    digest: digest.digest('hex'),
  }
}

const textOf = ({ at, streams, entries, position, digest }: Omit<SignedHeads, 'signature'>): string =>
  [at, streams, entries, position, digest].join('\n')

// Verifies the whole record: every chain by itself, then against the signed heads that are kept in the database and a list that was saved elsewhere.
import type { Scope } from '#kernel/scope.ts'
import type { Signer } from '#kernel/secret.ts'
import { listStreams, verifyStream } from '../events/read.ts'
import { keptLists, readNow } from './heads-store.ts'
import { compareHeads, headsFault, type HeadFault, type HeadList } from './heads.ts'

/** `broken`: the first entry of each chain that was touched. `lists`: how many lists of heads the chains were held against. */
export type RecordVerdict = { chains: number; entries: number; lists: number; broken: HeadFault[] }

/** Reads with `read`, a transaction a chain, so that none holds for long. Without a `signer` the signatures of lists are not asked about. */
export async function verifyWholeRecord(
  read: <T>(work: (scope: Scope) => Promise<T>) => Promise<T>,
  signer: Signer | undefined,
  saved?: HeadList,
): Promise<RecordVerdict> {
  const streams = await read(listStreams)
  const broken = new Map<string, HeadFault>()
  let entries = 0
  for (const stream of streams) {
    const verdict = await read((scope) => verifyStream(scope, stream))
    if (verdict.intact) entries += verdict.length
    else broken.set(stream, { stream, sequence: verdict.sequence, reason: verdict.reason })
  }
  const lists = [...(saved ? [saved] : []), ...(await read(keptLists))]
  for (const list of lists) {
    const fault = headsFault(list, signer)
    const found = fault === undefined ? await held(read, list) : [{ stream: `heads of ${list.at}`, sequence: 0, reason: fault }]
    for (const one of found) if (!broken.has(one.stream)) broken.set(one.stream, one)
  }
  return { chains: streams.length, entries, lists: lists.length, broken: [...broken.values()] }
}

async function held(read: <T>(work: (scope: Scope) => Promise<T>) => Promise<T>, list: HeadList): Promise<HeadFault[]> {
  const now = await read((scope) => readNow(scope, list))
  return compareHeads(list, (stream) => now.get(stream))
}

// Store first, think later: what comes in faster than it can be read is kept as it came and read in order, each integration's by itself.
import { allOfThem } from '#kernel/gather.ts'
import type { Signal } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import * as store from './backlog-store.ts'
import type { Context } from './dispatch.ts'
import { caughtUp, fellBehind, requestRefused, type IntegrationId } from './events.ts'
import { isLate, lookAround, withKeys, type Heard } from './around.ts'
import { ingest, takeIn, type Batch } from './ingest.ts'
import { insertRefused, placeOfIntegration } from './integration-store.ts'
import { acknowledgeTaken, saysOnlyThat, type KeptSignal, type Taking } from './taken.ts'

const mostShown = 64 * 1024
/** What one request says of so many is taken in together, so that a group of which it says that one has ended and another begun goes on. */
export const signalsTogether = 64
// Of what says more, a row is read in one piece, and everybody waits for a piece.
const signalsPerRow = 16

/** `heardAt`: when it came, if that was before now. */
export type UnreadRequest = { integration: Batch['integration']; unread: Omit<store.Unread, 'lateFrom'>; heardAt?: Instant }
/** What a request that was kept as it came means, and why some or all of it is refused. */
export type Read = { signals: Signal[]; refused?: { status: number; reason: string; body: string } }
/** `known`: the request that was read last, of which it needs no body. */
export type Reader = {
  read: (kind: string, request: { id: number; subpath: string; body: Uint8Array; receivedAt: Instant }) => Promise<Read>
  known?: { id: number; read: Read } | undefined
}

/** What was read already, or not. */
export type Keepable = { batch: Batch } | { request: UnreadRequest }

/** Keeps them in their order: each run of what was read, and of what was not, at once. */
export async function keepInOrder(context: Context, all: readonly Keepable[]): Promise<void> {
  for (let from = 0; from < all.length;) {
    const isRead = 'batch' in all[from]!
    const end = all.findIndex((one, index) => index > from && 'batch' in one !== isRead)
    const run = all.slice(from, end === -1 ? undefined : end)
    from += run.length
    const batches = run.flatMap((one) => ('batch' in one ? [one.batch] : []))
    const requests = run.flatMap((one) => ('request' in one ? [one.request] : []))
    await (isRead ? keep(context, batches) : keepUnread(context, requests))
  }
}

/** Keeps requests as they came, in this order. */
export async function keepUnread(context: Context, requests: readonly UnreadRequest[]): Promise<void> {
  const { scope, now } = context
  await noteBehind(
    context,
    requests.map(({ integration }) => integration.id),
  )
  // None waits for the one before: the database does them in order.
  await allOfThem(
    requests.map(({ integration, unread, heardAt }) =>
      store.insertUnread(scope, integration.id, {
        ...unread,
        lateFrom: heardAt !== undefined && isLate(heardAt, now) ? heardAt : undefined,
      }),
    ),
  )
}

/** Keeps batches unread, in this order. Answers the deduplication key of each signal, as `ingest` does. */
export async function keep(context: Context, batches: readonly Batch[]): Promise<string[][]> {
  const { scope, now } = context
  const kept = withKeys(context, batches).map(({ integration, signals }) => ({
    integrationId: integration.id,
    signals: signals.map((signal) => ({ ...signal, startedAt: signal.startedAt ?? signal.heardAt ?? now })),
  }))
  await noteBehind(
    context,
    kept.map(({ integrationId }) => integrationId),
  )
  await store.insertKept(
    scope,
    kept.flatMap(({ integrationId, signals }) => partsOf(signals).map((part) => ({ integrationId, signals: part }))),
  )
  return kept.map(({ signals }) => signals.map(({ dedupKey }) => dedupKey))
}

const partsOf = <One>(signals: readonly One[]): (readonly One[])[] =>
  signals.length <= signalsTogether
    ? [signals]
    : Array.from({ length: Math.ceil(signals.length / signalsPerRow) }, (_, n) => signals.slice(n * signalsPerRow, (n + 1) * signalsPerRow))

/** Said of those of whom nothing was kept before. */
async function noteBehind({ scope, emit }: Context, integrationIds: readonly IntegrationId[]): Promise<void> {
  const ids = [...new Set(integrationIds)].sort()
  const already = new Set(await store.integrationsBehind(scope, ids))
  for (const integrationId of ids) if (!already.has(integrationId)) await emit(fellBehind, { integrationId })
}

/** `ingest`, but for integrations of which something still waits to be read: what is theirs is kept after it, so that nothing overtakes. */
export async function ingestInOrder(context: Context, batches: Batch[], how?: Parameters<typeof ingest>[2]): Promise<string[][]> {
  const keyed = withKeys(context, batches)
  const ids = [...new Set(batches.map(({ integration }) => integration.id))]
  const [behind, around] = await allOfThem([store.integrationsBehind(context.scope, ids), lookAround(context, keyed, how)])
  const isKept = ({ integration }: Batch) => behind.includes(integration.id)
  if (behind.length > 0) await keep(context, keyed.filter(isKept))
  await takeIn(
    context,
    keyed.filter((batch) => !isKept(batch)),
    around,
  )
  return keyed.map(({ signals }) => signals.map(({ dedupKey }) => dedupKey))
}

/**
 * Reads about `most` of the oldest signals of one integration. Undefined: there are no more, or another transaction reads them.
 * Throws what `ingest` throws; then all of them are still kept. `reader` is asked about requests that were kept as they came.
 */
export async function readBacklog(
  context: Context & Taking,
  integrationId: IntegrationId,
  most: number,
  { read, known }: Reader,
  how?: Parameters<typeof ingest>[2],
): Promise<Portion | undefined> {
  const { scope, emit } = context
  if (!(await store.mayReadBacklog(scope, integrationId))) return undefined
  const kept = await store.oldestKept(scope, integrationId, most, known?.id)
  if (kept.length === 0) return undefined
  const { kind, ...integration } = await placeOfIntegration(scope, integrationId)
  const { pieces, over, partly, unread } = await portionOf(kept, most, async (request) =>
    request.id === known?.id ? known.read : read(kind, { ...request, body: request.body! }),
  )
  await store.dropKept(
    scope,
    over.map(({ id }) => id),
  )
  if (partly) await store.setDone(scope, partly.id, partly.done)
  for (const { path, refused } of over) if (refused) await refuseKept(context, integrationId, { ...refused, path })
  const batches = pieces.map((signals) => ({ integration, signals: signals.filter((signal) => !saysOnlyThat(signal)) }))
  if (batches.length > 0) await ingest(context, batches, how)
  await acknowledgeTaken(context, integrationId, pieces.flat())
  if ((await store.integrationsBehind(scope, [integrationId])).length === 0) await emit(caughtUp, { integrationId })
  return { kind, requests: kept.length, unread }
}

/** What was read at once of an integration of this kind. `unread`: the signals that had been kept as they came, which nobody has counted yet. */
export type Portion = { kind: string; requests: number; unread: number }

type Over = { id: number; path: string; refused: Read['refused'] }

/** About `most` signals of the oldest requests: of a large one that was not read before, it may be a part. */
async function portionOf(
  kept: readonly store.Kept[],
  most: number,
  read: (request: Extract<store.Kept, { signals: null }>) => Promise<Read>,
) {
  const pieces: (KeptSignal & Heard)[][] = []
  const over: Over[] = []
  let room = most
  let unread = 0
  for (const one of kept) {
    if (room <= 0) break
    if (one.signals !== null) {
      pieces.push(one.signals.map((signal) => heard(signal, one.receivedAt)))
      room -= one.signals.length
      over.push({ id: one.id, path: '', refused: undefined })
      continue
    }
    const { signals, refused } = await read(one)
    const late = one.isLate ? { heardAt: one.receivedAt } : {}
    const end = signals.length <= signalsTogether ? signals.length : one.done + room
    const piece = signals.slice(one.done, end).map((signal) => heard({ ...signal, ...late }, one.receivedAt))
    if (piece.length > 0) pieces.push(piece)
    room -= piece.length
    unread += piece.length
    const done = one.done + piece.length
    if (done < signals.length) return { pieces, over, unread, partly: { id: one.id, done } }
    over.push({ id: one.id, path: one.subpath, refused })
  }
  return { pieces, over, unread, partly: undefined }
}

/** What was in a node's file before it was kept here, or was kept long after it came, came in before others did, of which it stands behind now. */
const heard = (signal: KeptSignal, receivedAt: Instant): KeptSignal & Heard =>
  signal.heardAt === undefined ? { ...signal, heardAt: receivedAt } : { ...signal, isLate: true }

/** Takes the oldest request out that cannot be read whatever one tries, and shows it to the integration's owner as one that was refused. */
export async function setOldestAside(context: Context, integrationId: IntegrationId, reason: string): Promise<void> {
  if (!(await store.mayReadBacklog(context.scope, integrationId))) return
  const [oldest] = await store.oldestKept(context.scope, integrationId, 1)
  if (!oldest) return
  await store.dropKept(context.scope, [oldest.id])
  const [path, body] =
    oldest.signals === null ? [oldest.subpath, Buffer.from(oldest.body ?? '').toString('utf8')] : ['', JSON.stringify(oldest.signals)]
  await refuseKept(context, integrationId, { status: 500, reason: `It was kept, and could not be read: ${reason}`, path, body })
}

/** Shows its owner a request that was kept, and is not what it should be. */
export async function refuseKept(
  { scope, emit }: Context,
  integrationId: IntegrationId,
  request: Parameters<typeof insertRefused>[2],
): Promise<void> {
  const isFirst = await insertRefused(scope, integrationId, {
    ...request,
    body: request.body.slice(0, mostShown).replaceAll('\0', '\ufffd'),
  })
  if (isFirst) await emit(requestRefused, { integrationId, status: request.status })
}

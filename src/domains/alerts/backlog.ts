// Store first, think later: what comes in faster than it can be read is kept as it came and read in order, each integration's by itself.
import type { Signal } from '#kernel/signal.ts'
import * as store from './backlog-store.ts'
import type { Context } from './dispatch.ts'
import { caughtUp, fellBehind, requestRefused, type IntegrationId } from './events.ts'
import { ingest, type Batch } from './ingest.ts'
import { insertRefused, placeOfIntegration } from './integration-store.ts'

/** Keeps batches unread, in this order. Answers the deduplication key of each signal, as `ingest` does. */
export async function keep(context: Context, batches: readonly Batch[]): Promise<string[][]> {
  const { scope, emit, newId, now } = context
  const kept = batches.map(({ integration, signals }) => ({
    integrationId: integration.id,
    signals: signals.map((signal): Signal & { dedupKey: string } => ({
      ...signal,
      dedupKey: signal.dedupKey ?? newId('evt'),
      startedAt: signal.startedAt ?? now,
    })),
  }))
  const ids = [...new Set(kept.map(({ integrationId }) => integrationId))].sort()
  const already = new Set(await store.integrationsBehind(scope, ids))
  await store.insertKept(scope, kept)
  for (const integrationId of ids) if (!already.has(integrationId)) await emit(fellBehind, { integrationId })
  return kept.map(({ signals }) => signals.map(({ dedupKey }) => dedupKey))
}

/** `ingest`, but for integrations of which something still waits to be read: what is theirs is kept after it, so that nothing overtakes. */
export async function ingestInOrder(context: Context, batches: Batch[], how?: Parameters<typeof ingest>[2]): Promise<string[][]> {
  const behind = new Set(await store.integrationsBehind(context.scope, [...new Set(batches.map(({ integration }) => integration.id))]))
  if (behind.size === 0) return ingest(context, batches, how)
  const late = batches.filter(({ integration }) => behind.has(integration.id))
  const inTime = batches.filter(({ integration }) => !behind.has(integration.id))
  const answers = new Map<Batch, string[]>()
  for (const [some, keys] of [[late, await keep(context, late)] as const, [inTime, await ingest(context, inTime, how)] as const])
    some.forEach((batch, index) => answers.set(batch, keys[index]!))
  return batches.map((batch) => answers.get(batch)!)
}

/**
 * Reads about `most` of the oldest signals of one integration, and says how many. None: there are no more, or another transaction reads them.
 * Throws what `ingest` throws; then all of them are still kept.
 */
export async function readBacklog(
  context: Context,
  integrationId: IntegrationId,
  most: number,
  how?: Parameters<typeof ingest>[2],
): Promise<number> {
  const { scope, emit } = context
  if (!(await store.mayReadBacklog(scope, integrationId))) return 0
  const kept = await store.takeOldest(scope, integrationId, most)
  if (kept.length === 0) return 0
  const integration = await placeOfIntegration(scope, integrationId)
  await ingest(
    context,
    kept.map(({ signals }) => ({ integration, signals })),
    how,
  )
  if ((await store.integrationsBehind(scope, [integrationId])).length === 0) await emit(caughtUp, { integrationId })
  return kept.reduce((sum, { signals }) => sum + signals.length, 0)
}

/** Takes the oldest request out that cannot be read whatever one tries, and shows it to the integration's owner as one that was refused. */
export async function setOldestAside(context: Context, integrationId: IntegrationId, reason: string): Promise<void> {
  const { scope, emit } = context
  if (!(await store.mayReadBacklog(scope, integrationId))) return
  const [oldest] = await store.takeOldest(scope, integrationId, 1)
  if (!oldest) return
  const body = JSON.stringify(oldest.signals).slice(0, 64 * 1024)
  const isFirst = await insertRefused(scope, integrationId, {
    status: 500,
    reason: `It was kept, and could not be read: ${reason}`,
    path: '',
    body,
  })
  if (isFirst) await emit(requestRefused, { integrationId, status: 500 })
}

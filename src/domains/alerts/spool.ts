// What a node had written into a file while the database was away comes in here: each line once, whoever stops in the middle.
import type { UserId } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import { keep } from './backlog.ts'
import * as store from './backlog-store.ts'
import type { Context } from './dispatch.ts'
import { spoolRead, toldDegraded, type IntegrationId } from './events.ts'
import type { Batch } from './ingest.ts'

/** What came through an integration at a time, or whom a node told about how many alerts of it, by what it last knew. */
export type SpoolLine =
  | { kind: 'signals'; at: Instant; integration: Batch['integration']; signals: Signal[] }
  | { kind: 'told'; at: Instant; userId: UserId; integrationId: IntegrationId; alerts: number }

/** Lines of one file that follow each other; `from` is the number of the first, counted from 0. */
export type SpoolPiece = { file: string; from: number; lines: SpoolLine[] }

/** Keeps the signals of a piece in the backlog, where they are read in order, and writes down who was told. What was taken in before is left out. */
export async function takeFromSpool(context: Context, { file, from, lines }: SpoolPiece): Promise<void> {
  const { scope, emit } = context
  const read = await store.lockSpool(scope, file)
  const fresh = lines.slice(Math.max(0, read - from))
  const batches = fresh.flatMap((line) =>
    line.kind === 'signals'
      ? [{ integration: line.integration, signals: line.signals.map((signal) => ({ ...signal, startedAt: signal.startedAt ?? line.at })) }]
      : [],
  )
  if (batches.length > 0) await keep(context, batches)
  const sent = fresh.filter((line) => line.kind === 'signals')
  for (const [integrationId, some] of Map.groupBy(sent, ({ integration }) => integration.id))
    await emit(spoolRead, {
      integrationId,
      signals: some.reduce((sum, { signals }) => sum + signals.length, 0),
      since: some[0]!.at,
    })
  for (const line of fresh)
    if (line.kind === 'told')
      await emit(toldDegraded, { userId: line.userId, integrationId: line.integrationId, alerts: line.alerts, toldAt: line.at })
  await store.saveSpool(scope, file, from + lines.length)
}

// Where the way in meets the alerts: keys in memory, and group commit. Everything that waits while a transaction runs goes into the next one;
// what is more than one transaction can read is kept unread, and read afterwards in its order (`backlog.ts`).
import { system } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import type { Signal } from '#kernel/signal.ts'
import {
  allKeys,
  ingestInOrder,
  insertRefused,
  keep,
  keyHash,
  keyPlace,
  requestRefused,
  type Batch,
  type IntegrationId,
} from '#domains/alerts/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { isAway } from '#platform/database/database.ts'
import type { InboundIntegration, InboundStore } from '#platform/http/inbound.ts'

const maxRowsPerCommit = 2000
const floodRows = 250
// For so long after something was kept, whoever sends very much is kept at once, and what is being read must not cost the others their turn.
const floodLastsMs = 250
// What may wait for its commit; above it the sender is told to come back.
const maxWaitingBytes = 64 * 1024 * 1024

/** What `find` hands out comes back to `accept`: an integration with where its alerts belong. */
type Known = InboundIntegration & Pick<Batch['integration'], 'serviceId' | 'teamId'>
type Waiting = { batch: Batch; bytes: number; resolve: (keys: string[]) => void; reject: (error: unknown) => void }

/** `refreshKeys` reads the keys anew; it is called when an integration changed on any node. `isFlooded`: it keeps what comes, so that all of it gets in. */
export function createIntake(engine: Engine): InboundStore & { refreshKeys(): void; isFlooded(): boolean } {
  let keys: Promise<Map<string, Known>> | undefined
  const queue: Waiting[] = []
  let waitingBytes = 0
  let committing = false
  let keptAt = -Infinity

  const readKeys = () =>
    engine.transact(
      system('alerts.intake'),
      async ({ scope }) =>
        new Map(
          (await allKeys(scope)).map((row) => [
            row.keyHash,
            {
              id: row.id,
              kind: row.kind,
              serviceId: row.serviceId,
              teamId: row.teamId,
              secret: row.secretSealed ? engine.vault.unseal(row.secretSealed, keyPlace(row.id)) : undefined,
            },
          ]),
        ),
      { durable: false },
    )

  async function known(hash: string) {
    keys ??= readKeys().catch((error: unknown) => {
      keys = undefined
      throw error
    })
    return (await keys).get(hash)
  }

  async function commitWaiting(): Promise<void> {
    if (committing) return
    committing = true
    while (queue.length > 0) {
      const taken = queue.splice(0)
      const { now, later } = shared(taken, performance.now() < keptAt + floodLastsMs)
      if (now.length > 0) await commit(now, store)
      if (later.length > 0) {
        keptAt = performance.now()
        await commit(later, (batches) => engine.transact(system('alerts.intake'), (context) => keep(context, batches)))
      }
      for (const one of taken) waitingBytes -= one.bytes
    }
    committing = false
  }

  async function commit(taken: Waiting[], how: (batches: Batch[]) => Promise<string[][]>): Promise<void> {
    try {
      const answers = await how(taken.map((one) => one.batch))
      taken.forEach((one, index) => one.resolve(answers[index]!))
    } catch (error) {
      // One bad batch must not cost the others: each by itself.
      if (taken.length > 1 && !(error instanceof AppError)) for (const one of taken) await commit([one], how)
      else taken.forEach((one) => one.reject(error))
    }
  }

  /** A rule that cannot be carried out must not cost an alert: then it is stored first, and decided about by a reaction that tries again. */
  async function store(batches: Batch[]): Promise<string[][]> {
    try {
      return await engine.transact(system('alerts.intake'), (context) => ingestInOrder(context, batches))
    } catch (error) {
      if (error instanceof AppError || isAway(error)) throw error
      return engine.transact(system('alerts.intake'), (context) => ingestInOrder(context, batches, { decides: 'later' }))
    }
  }

  return {
    refreshKeys: () => void (keys = undefined),
    isFlooded: () => performance.now() < keptAt + floodLastsMs,
    find: (key) => known(keyHash(key)),
    async accept(integration, signals: Signal[]) {
      const { serviceId, teamId } = integration as Known
      const bytes = signals.length * 1024
      if (waitingBytes + bytes > maxWaitingBytes)
        throw new AppError('too-many', 'More alerts are waiting to be stored than fit. Send it again in a moment.', {
          retryAfterSeconds: 2,
        })
      waitingBytes += bytes
      return new Promise<string[]>((resolve, reject) => {
        queue.push({ batch: { integration: { id: integration.id as IntegrationId, serviceId, teamId }, signals }, bytes, resolve, reject })
        void commitWaiting()
      })
    },
    async keepRefused(integration, status, reason, request) {
      const body = Buffer.from(request.body.subarray(0, 64 * 1024))
        .toString('utf8')
        .replaceAll('\0', '\ufffd')
      await engine.transact(system('alerts.intake'), async ({ scope, emit }) => {
        const isFirst = await insertRefused(scope, integration.id, { status, reason, path: request.path.slice(0, 200), body })
        if (isFirst) await emit(requestRefused, { integrationId: integration.id as IntegrationId, status })
      })
    },
  }
}

/** What one transaction can read at once, and what is kept for later: first of all that of integrations which send very much. */
function shared(taken: readonly Waiting[], flooded: boolean): { now: Waiting[]; later: Waiting[] } {
  if (!flooded && rowsOf(taken) <= maxRowsPerCommit) return { now: [...taken], later: [] }
  const floods = new Set<string>()
  for (const [id, some] of Map.groupBy(taken, ({ batch }) => batch.integration.id)) if (rowsOf(some) > floodRows) floods.add(id)
  const now = taken.filter(({ batch }) => !floods.has(batch.integration.id))
  if (rowsOf(now) > maxRowsPerCommit) return { now: [], later: [...taken] }
  return { now, later: taken.filter(({ batch }) => floods.has(batch.integration.id)) }
}

const rowsOf = (some: readonly Waiting[]): number => some.reduce((sum, { batch }) => sum + batch.signals.length, 0)

// Where the way in meets the alerts: keys in memory, and group commit. Everything that waits while a transaction runs goes into the next one.
import { system } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import type { Signal } from '#kernel/signal.ts'
import { allKeys, ingest, insertRefused, keyHash, keyPlace, requestRefused, type Batch, type IntegrationId } from '#domains/alerts/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { isAway } from '#platform/database/database.ts'
import type { InboundIntegration, InboundStore } from '#platform/http/inbound.ts'

const maxRowsPerCommit = 2000
// What may wait for its commit; above it the sender is told to come back.
const maxWaitingBytes = 64 * 1024 * 1024

/** What `find` hands out comes back to `accept`: an integration with where its alerts belong. */
type Known = InboundIntegration & Pick<Batch['integration'], 'serviceId' | 'teamId'>
type Waiting = { batch: Batch; bytes: number; resolve: (keys: string[]) => void; reject: (error: unknown) => void }

/** `refreshKeys` reads the keys anew; it is called when an integration changed on any node. */
export function createIntake(engine: Engine): InboundStore & { refreshKeys(): void } {
  let keys: Promise<Map<string, Known>> | undefined
  const queue: Waiting[] = []
  let waitingBytes = 0
  let committing = false

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
      let rows = 0
      const taken: Waiting[] = []
      while (queue.length > 0 && (taken.length === 0 || rows + queue[0]!.batch.signals.length <= maxRowsPerCommit)) {
        rows += queue[0]!.batch.signals.length
        taken.push(queue.shift()!)
      }
      await commit(taken)
      for (const one of taken) waitingBytes -= one.bytes
    }
    committing = false
  }

  async function commit(taken: Waiting[]): Promise<void> {
    try {
      const answers = await store(taken.map((one) => one.batch))
      taken.forEach((one, index) => one.resolve(answers[index]!))
    } catch (error) {
      // One bad batch must not cost the others: each by itself.
      if (taken.length > 1 && !(error instanceof AppError)) for (const one of taken) await commit([one])
      else taken.forEach((one) => one.reject(error))
    }
  }

  /** A rule that cannot be carried out must not cost an alert: then it is stored first, and decided about by a reaction that tries again. */
  async function store(batches: Batch[]): Promise<string[][]> {
    try {
      return await engine.transact(system('alerts.intake'), (context) => ingest(context, batches))
    } catch (error) {
      if (error instanceof AppError || isAway(error)) throw error
      return engine.transact(system('alerts.intake'), (context) => ingest(context, batches, { decides: 'later' }))
    }
  }

  return {
    refreshKeys: () => void (keys = undefined),
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

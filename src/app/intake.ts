// Where the way in meets the alerts: keys in memory, and group commit. Everything that waits while a transaction runs goes into the next one;
// what is more than one transaction can read is kept unread, and read afterwards in its order (`backlog.ts`). While the database is away all of it goes
// into a file (`outage/`).
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
import type { Rehearsal } from './heartbeat.ts'
import type { KeyedBatch, Outage } from './outage/outage.ts'

const maxRowsPerCommit = 2000
const floodRows = 250
// For so long after something was kept, whoever sends very much is kept at once, and what is being read must not cost the others their turn.
const floodLastsMs = 250
// What may wait for its commit; above it the sender is told to come back.
const maxWaitingBytes = 64 * 1024 * 1024

/** What `find` hands out comes back to `accept`: an integration with where its alerts belong. */
type Known = InboundIntegration & Pick<Batch['integration'], 'serviceId' | 'teamId'>
type Keys = Map<string, Known>
type Waiting = { batch: KeyedBatch; bytes: number; resolve: (keys: string[]) => void; reject: (error: unknown) => void }

export type Intake = InboundStore & {
  /** Reads the keys anew: when an integration changed on any node, and before the first request. */
  refreshKeys(): void
  /** It keeps what comes, so that all of it gets in. */
  isFlooded(): boolean
}
export type IntakeOptions = {
  /** Where things go while the database is away; without it they are refused then. */
  outage?: Pick<Outage, 'holds' | 'keep'>
  /** Synthetic alerts, under a key of their own. */
  rehearsal?: Rehearsal
  /** A database that has not answered after so long counts as away, for one that is cut off says nothing at all. */
  deadlineMs?: number
}

export function createIntake(engine: Engine, { outage, rehearsal, deadlineMs }: IntakeOptions = {}): Intake {
  let keys: Promise<Keys> | undefined
  let lastKeys: Keys | undefined
  const queue: Waiting[] = []
  let waitingBytes = 0
  let committing = false
  // What is kept unread, and whose it is while it waits or is on its way.
  const flood: Waiting[] = []
  const inFlood = new Set<string>()
  let keeping = false
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

  /** While the database is away, the keys that were read last. */
  async function known(hash: string) {
    keys ??= inTime(readKeys()).then(
      (read) => (lastKeys = read),
      (error: unknown) => {
        keys = undefined
        if (lastKeys === undefined || !isAway(error)) throw error
        return lastKeys
      },
    )
    return (await keys).get(hash)
  }

  function inTime<T>(work: Promise<T>): Promise<T> {
    if (deadlineMs === undefined) return work
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new DatabaseSilent(deadlineMs)), deadlineMs)
    return Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
  }

  /** Two lanes: what is read now does not wait for what a flood has kept. An integration is in one of them at a time, so that nothing of it overtakes. */
  async function commitWaiting(): Promise<void> {
    if (committing) return
    committing = true
    while (queue.length > 0) {
      const taken = queue.splice(0)
      if (outage?.holds()) {
        await keepApart(outage, taken)
        continue
      }
      const { now, later } = shared(taken, performance.now() < keptAt + floodLastsMs, inFlood)
      if (later.length > 0) void keepForLater(later)
      if (now.length > 0) await commit(now, store)
    }
    committing = false
  }

  async function keepForLater(later: Waiting[]): Promise<void> {
    flood.push(...later)
    for (const { batch } of later) inFlood.add(batch.integration.id)
    if (keeping) return
    keeping = true
    while (flood.length > 0) {
      const taken = flood.splice(0)
      keptAt = performance.now()
      await commit(taken, (batches) => engine.transact(system('alerts.intake'), (context) => keep(context, batches)))
      const waiting = new Set(flood.map(({ batch }) => batch.integration.id))
      for (const { batch } of taken) if (!waiting.has(batch.integration.id)) inFlood.delete(batch.integration.id)
    }
    keeping = false
  }

  async function commit(taken: Waiting[], how: (batches: Batch[]) => Promise<string[][]>): Promise<void> {
    try {
      const answers = await inTime(how(taken.map((one) => one.batch)))
      taken.forEach((one, index) => one.resolve(answers[index]!))
    } catch (error) {
      // It may have been committed all the same: then what is kept is read once more, under the same deduplication keys.
      if (outage && isAway(error)) return keepApart(outage, taken)
      // One bad batch must not cost the others: each by itself.
      if (taken.length > 1 && !(error instanceof AppError)) for (const one of taken) await commit([one], how)
      else taken.forEach((one) => one.reject(error))
    }
  }

  async function keepApart(place: NonNullable<typeof outage>, taken: Waiting[]): Promise<void> {
    try {
      await place.keep(taken.map((one) => one.batch))
      for (const { batch, resolve } of taken) resolve(batch.signals.map((signal) => signal.dedupKey))
    } catch (error) {
      taken.forEach((one) => one.reject(error))
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
    refreshKeys() {
      keys = undefined
      void known('').catch(() => undefined)
    },
    isFlooded: () => performance.now() < keptAt + floodLastsMs,
    async find(key) {
      const hash = keyHash(key)
      return hash === rehearsal?.keyHash ? rehearsed : known(hash)
    },
    async accept(integration, signals: Signal[]) {
      if (rehearsal && integration === rehearsed) return inTime(rehearsal.accept(signals))
      const { serviceId, teamId } = integration as Known
      const bytes = signals.length * 1024
      if (waitingBytes + bytes > maxWaitingBytes)
        throw new AppError('too-many', 'More alerts are waiting to be stored than fit. Send it again in a moment.', {
          retryAfterSeconds: 2,
        })
      waitingBytes += bytes
      const keyed = signals.map((signal) => ({ ...signal, dedupKey: signal.dedupKey ?? engine.newId('evt') }))
      return new Promise<string[]>((resolve, reject) => {
        const batch = { integration: { id: integration.id as IntegrationId, serviceId, teamId }, signals: keyed }
        queue.push({ batch, bytes, resolve, reject })
        void commitWaiting()
      }).finally(() => void (waitingBytes -= bytes))
    },
    async keepRefused(integration, status, reason, request) {
      if (integration === rehearsed) return
      const body = Buffer.from(request.body.subarray(0, 64 * 1024))
        .toString('utf8')
        .replaceAll('\0', '\ufffd')
      const kept = engine.transact(system('alerts.intake'), async ({ scope, emit }) => {
        const isFirst = await insertRefused(scope, integration.id, { status, reason, path: request.path.slice(0, 200), body })
        if (isFirst) await emit(requestRefused, { integrationId: integration.id as IntegrationId, status })
      })
      // Its sender hears what was wrong with it, whether or not it can be shown to its owner.
      await inTime(kept).catch((error: unknown) => {
        if (!outage || !isAway(error)) throw error
      })
    },
  }
}

const rehearsed: Known = { id: 'rehearsal', kind: 'alertmanager', secret: undefined, serviceId: null, teamId: null }

/** `code` as of a connection that timed out, so that it counts as a database that is away. */
class DatabaseSilent extends Error {
  readonly code = 'ETIMEDOUT'
  constructor(ms: number) {
    super(`the database has not answered for ${ms} ms`)
  }
}

/**
 * What one transaction can read at once, and what is kept for later: first of all that of integrations which send very much, and of those of which something
 * is being kept already.
 */
function shared(taken: readonly Waiting[], flooded: boolean, inFlood: ReadonlySet<string>): { now: Waiting[]; later: Waiting[] } {
  const isKept = ({ batch }: Waiting) => inFlood.has(batch.integration.id)
  if (!flooded && rowsOf(taken) <= maxRowsPerCommit) return { now: taken.filter((one) => !isKept(one)), later: taken.filter(isKept) }
  const floods = new Set<string>()
  for (const [id, some] of Map.groupBy(taken, ({ batch }) => batch.integration.id)) if (rowsOf(some) > floodRows) floods.add(id)
  const isLater = (one: Waiting) => isKept(one) || floods.has(one.batch.integration.id)
  const now = taken.filter((one) => !isLater(one))
  return rowsOf(now) > maxRowsPerCommit ? { now: [], later: [...taken] } : { now, later: taken.filter(isLater) }
}

const rowsOf = (some: readonly Waiting[]): number => some.reduce((sum, { batch }) => sum + batch.signals.length, 0)

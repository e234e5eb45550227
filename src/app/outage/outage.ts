// The database is away: what comes in is written to a file and answered as ever, whoever was last known to be on call is told, and when it is back all of
// it is taken in, in its order, each piece once.
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { system } from '#kernel/actor.ts'
import type { ChannelDefinition, ChannelResult } from '#kernel/integration.ts'
import type { Secret } from '#kernel/secret.ts'
import type { Signal } from '#kernel/signal.ts'
import { takeFromSpool, type Batch } from '#domains/alerts/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { isAway } from '#platform/database/database.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { createGathering, type Told } from './gathering.ts'
import { foreseeTold, readLastKnown, type LastKnown } from './last-known.ts'
import type { Spool } from './spool.ts'
import { degradedMessage } from './words.ts'

export type KeyedBatch = Omit<Batch, 'signals'> & { signals: (Signal & { dedupKey: string })[] }

export type Outage = {
  /** Whether something is kept here that the database does not have yet: then what comes has to stand behind it. */
  holds(): boolean
  /** Resolves when it is on this node's disk. `commit`: one that may have taken all of it in. Throws when the disk cannot take it. */
  keep(batches: readonly KeyedBatch[], commit?: string): Promise<void>
  /** One look: takes in what is kept when the database is back; while it is away, tells who is due. */
  look(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

export type OutageParts = {
  engine: Engine
  spool: Spool
  channels: ReadonlyMap<string, ChannelDefinition>
  settings: (name: string) => Secret | undefined
  log: Log
  metrics?: Metrics
}

const lookEveryMs = 1000
/** What was last known is read again when something has changed, at most so often. */
const readEveryMs = 5000
const mostTries = 5
const againMs = 10_000

export function createOutage({ engine, spool, channels, settings, log, metrics }: OutageParts): Outage {
  const gathering = createGathering()
  const stopping = new AbortController()
  let known: LastKnown | undefined
  let readAt = -Infinity
  let changed = true
  const unsubscribe = engine.live.subscribe(() => void (changed = true))
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined

  async function takeIn(): Promise<void> {
    await spool.drain((piece) => engine.transact(system('alerts.intake'), (context) => takeFromSpool(context, piece)))
    gathering.clear()
    log.warn('the database is back: what was kept meanwhile is taken in')
  }

  async function look(): Promise<void> {
    try {
      if (!spool.isEmpty()) await takeIn()
      else if (changed && performance.now() - readAt >= readEveryMs) {
        changed = false
        known = await readLastKnown(engine)
        readAt = performance.now()
      }
    } catch (error) {
      changed = true
      if (!isAway(error)) log.error({ err: error }, 'what was kept while the database was away could not be taken in; it is tried again')
    }
    metrics?.spooled.set(spool.isEmpty() ? 0 : 1)
    if (!spool.isEmpty()) for (const told of gathering.due(engine.clock.now())) void tell(told)
  }

  /** By every method at once: who is on call may have no other chance to hear. */
  async function tell(told: Told): Promise<void> {
    const { person, alerts } = told
    const addresses = known!.addresses.get(person.userId) ?? []
    const message = degradedMessage(told, known!.at)
    const key = `degraded-${createHash('sha256').update(`${person.userId} ${engine.clock.now()}`).digest('hex').slice(0, 24)}`
    const results = await Promise.all(
      addresses.map(async (address) => {
        const channel = channels.get(address.channel)
        if (!channel) return false
        let repeated = false
        for (let tries = 1; ; tries++) {
          const result: ChannelResult = await channel
            .send(
              { outbound: engine.outbound, now: engine.clock.now(), settings, publicUrl: engine.publicUrl },
              address.open(engine.vault),
              { ...message, key, repeated, url: `${engine.publicUrl}/` },
            )
            .catch((error: unknown) => ({ status: 'failed', canRetry: true, inDoubt: true, reason: String(error) }))
          if (result.status === 'delivered') return true
          log.warn({ channel: address.channel, reason: result.reason }, 'somebody could not be told that the database is away')
          if (!result.canRetry || tries === mostTries || stopping.signal.aborted) return false
          repeated ||= result.inDoubt ?? false
          await pause(againMs, undefined, { signal: stopping.signal }).catch(() => undefined)
        }
      }),
    )
    if (!results.includes(true)) return
    log.warn({ user: person.userId, alerts: alerts.length }, 'the database is away: the last known person on call was told')
    const at = engine.clock.now()
    const lines = [...Map.groupBy(alerts, ({ integrationId }) => integrationId)].map(
      ([integrationId, some]) => ({ kind: 'told', at, userId: person.userId, integrationId, alerts: some.length }) as const,
    )
    await spool.append(lines).catch((error: unknown) => log.error({ err: error }, 'that somebody was told could not be kept'))
  }

  async function loop(): Promise<void> {
    await (looking = look())
    if (!stopping.signal.aborted) timer = setTimeout(() => void loop(), lookEveryMs)
  }

  return {
    holds: () => !spool.isEmpty(),

    async keep(batches, commit) {
      const at = engine.clock.now()
      const wasEmpty = spool.isEmpty()
      await spool.append(
        batches.map(({ integration, signals }) => ({
          kind: 'signals',
          at,
          integration,
          signals,
          ...(commit === undefined ? {} : { commit }),
        })),
      )
      if (wasEmpty) log.error('the database is away: what comes in is kept in a file of this node')
      const last = known
      if (!last) return
      for (const { integration, signals } of batches)
        for (const signal of signals) {
          const { dedupKey } = signal
          if (signal.action !== 'trigger') gathering.over(integration.id, dedupKey)
          else gathering.triggered({ integrationId: integration.id, dedupKey, at }, () => foreseeTold(last, integration, signal, at))
        }
    },

    look,
    start: loop,
    async stop() {
      stopping.abort()
      unsubscribe()
      clearTimeout(timer)
      await looking
      await spool.close()
    },
  }
}

// Reads what was kept because it came in faster than it could be read: in order, a piece of each integration in turn, so that one flood does not
// keep the others waiting. Any number of nodes may do it; a piece is read by one of them.
import { system } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { Parsed, SourceDefinition } from '#kernel/integration.ts'
import { endsLast, fitted } from '#kernel/signal.ts'
import {
  countKept,
  integrationsBehind,
  readBacklog,
  setOldestAside,
  type IntegrationId,
  type Read,
  type Reader,
} from '#domains/alerts/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { isAway } from '#platform/database/database.ts'
import { keptRequest, readRequest } from '#platform/http/reading.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { Load } from './intake.ts'

// On the embedded database, which does one thing at a time, all others wait for a piece.
const signalsPerPiece: Record<Engine['database']['kind'], Record<Load, number>> = {
  postgres: { calm: 250, shared: 250, flooded: 32 },
  embedded: { calm: 250, shared: 64, flooded: 12 },
}
const lookEveryMs = 500

type Inside = Parameters<Parameters<Engine['transact']>[1]>[0]

export type BacklogReader = {
  /** Reads everything that is kept now. */
  readAll(): Promise<void>
  start(): void
  /** Ends after the piece that it reads. */
  stop(): Promise<void>
}

/** While more comes in than can be read it reads a third of the time, for taking in comes first. */
export function createBacklogReader(engine: Engine, log: Log, metrics?: Metrics, load: () => Load = () => 'calm'): BacklogReader {
  let stopping = false
  let reading: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  // A large request is read in several pieces.
  const lastRead: LastRead = new Map()

  // A power cut that loses such a commit leaves the piece kept: it is read again.
  const transact = <T>(work: (context: Inside) => Promise<T>) => engine.transact(system('alerts.backlog'), work, { durable: false })

  async function readAll(): Promise<void> {
    // Of a look that failed: a database that has lost something gives the numbers of lost requests to others.
    lastRead.clear()
    for (;;) {
      const behind = stopping ? [] : await transact(({ scope }) => integrationsBehind(scope))
      metrics?.backlog.set(behind.length === 0 ? 0 : await transact(({ scope }) => countKept(scope)))
      let read = 0
      const waiting = behind.values()
      const lane = async () => {
        for (const id of waiting) {
          const began = performance.now()
          read += await readPiece(id)
          if (load() === 'flooded') await new Promise((resolve) => setTimeout(resolve, 2 * (performance.now() - began)))
        }
      }
      // While the database stores one piece, the node reads another.
      await allOfThem(load() === 'flooded' ? [lane()] : [lane(), lane()])
      if (read === 0) return lastRead.clear()
    }
  }

  /** A piece that cannot be read is read without deciding about it, then request by request; a request that cannot be read at all is set aside. */
  async function readPiece(id: IntegrationId): Promise<number> {
    const piece = signalsPerPiece[engine.database.kind][load()]
    const ways = [
      { most: piece, decides: 'now' },
      { most: piece, decides: 'later' },
      { most: 1, decides: 'now' },
      { most: 1, decides: 'later' },
    ] as const
    let reason = ''
    for (const { most, decides } of engine.rarely('reads one kept request a transaction') ? ways.slice(2) : ways) {
      try {
        const portion = await transact((context) =>
          readBacklog(context, id, most, createReader(context.sources, id, lastRead), { decides }),
        )
        if (portion) metrics?.ingested.inc({ kind: portion.kind }, portion.unread)
        return portion?.requests ?? 0
      } catch (error) {
        if (isAway(error)) throw error
        reason = error instanceof Error ? error.message : String(error)
        log.error({ err: error, integration: id, most, decides }, 'a piece of the backlog could not be read')
      }
    }
    await transact((context) => setOldestAside(context, id, reason))
    return 1
  }

  const look = () => {
    reading = readAll()
      .catch((error: unknown) => log.error({ err: error }, 'the backlog could not be read; it is tried again'))
      .finally(() => {
        if (!stopping) timer = setTimeout(look, lookEveryMs)
      })
  }

  return {
    readAll,
    start: look,
    async stop() {
      stopping = true
      clearTimeout(timer)
      await reading
    },
  }
}

/** By integration: the request that was read last. */
type LastRead = Map<IntegrationId, NonNullable<Reader['known']>>

/** Reads requests that were kept as they came. */
function createReader(sources: ReadonlyMap<string, SourceDefinition>, integrationId: IntegrationId, last: LastRead): Reader {
  const read: Reader['read'] = async (kind, { id, subpath, body, receivedAt }) => {
    const parsed = await parsedOf(sources.get(kind)!, keptRequest(subpath, body), receivedAt)
    const signals = 'rejected' in parsed ? [] : endsLast(parsed.signals.map(fitted))
    const reason = whyRefused(parsed)
    const is: Read = {
      signals,
      ...(reason === undefined ? {} : { refused: { status: 400, reason, body: Buffer.from(body).toString('utf8') } }),
    }
    last.set(integrationId, { id, read: is })
    return is
  }
  return { read, known: last.get(integrationId) }
}

function whyRefused(parsed: Parsed): string | undefined {
  const faults = parsed.faults ?? []
  if ('rejected' in parsed) return [parsed.rejected, ...faults].join('; ')
  return faults.length === 0 ? undefined : `${parsed.signals.length} were kept; ${faults.length} could not be read: ${faults.join('; ')}`
}

async function parsedOf(...[source, request, receivedAt]: Parameters<typeof readRequest>): Promise<Parsed> {
  try {
    return await readRequest(source, request, receivedAt)
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error
    return { rejected: error.message, faults: error.faults.map(({ path, message }) => `${path}: ${message}`) }
  }
}

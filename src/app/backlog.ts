// Reads what was kept because it came in faster than it could be read: in order, a piece of each integration in turn, so that one flood does not
// keep the others waiting. Any number of nodes may do it; a piece is read by one of them.
import { system } from '#kernel/actor.ts'
import { countKept, integrationsBehind, readBacklog, setOldestAside, type IntegrationId } from '#domains/alerts/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { isAway } from '#platform/database/database.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'

const signalsPerPiece = 500
const lookEveryMs = 500

type Inside = Parameters<Parameters<Engine['transact']>[1]>[0]

export type BacklogReader = {
  /** Reads everything that is kept now. */
  readAll(): Promise<void>
  start(): void
  /** Ends after the piece that it reads. */
  stop(): Promise<void>
}

/** `isFlooded`: whether more comes in at this moment than can be read; then it reads a third of the time, for taking in comes first. */
export function createBacklogReader(engine: Engine, log: Log, metrics?: Metrics, isFlooded: () => boolean = () => false): BacklogReader {
  let stopping = false
  let reading: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  // A power cut that loses such a commit leaves the piece kept: it is read again.
  const transact = <T>(work: (context: Inside) => Promise<T>) => engine.transact(system('alerts.backlog'), work, { durable: false })

  async function readAll(): Promise<void> {
    for (;;) {
      const behind = stopping ? [] : await transact(({ scope }) => integrationsBehind(scope))
      metrics?.backlog.set(behind.length === 0 ? 0 : await transact(({ scope }) => countKept(scope)))
      let read = 0
      for (const id of behind) {
        const began = performance.now()
        read += await readPiece(id)
        if (isFlooded()) await new Promise((resolve) => setTimeout(resolve, 2 * (performance.now() - began)))
      }
      if (read === 0) return
    }
  }

  /** A piece that cannot be read is read without deciding about it, then request by request; a request that cannot be read at all is set aside. */
  async function readPiece(id: IntegrationId): Promise<number> {
    const ways = [
      { most: signalsPerPiece, decides: 'now' },
      { most: signalsPerPiece, decides: 'later' },
      { most: 1, decides: 'now' },
      { most: 1, decides: 'later' },
    ] as const
    let reason = ''
    for (const { most, decides } of ways) {
      try {
        return await transact((context) => readBacklog(context, id, most, { decides }))
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

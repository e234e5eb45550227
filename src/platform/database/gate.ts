// So many at once and no more: what kind of work may take how many of the database's connections, so that slow reports cannot take those that alerts need.
import { AppError } from '#kernel/errors.ts'

export type Gate = <T>(work: () => Promise<T>) => Promise<T>

/** Lets `atOnce` through and has the next wait in their order, `mostWaiting` of them; whoever comes then hears AppError 'unavailable' with `busy`. */
export function createGate({ atOnce, mostWaiting, busy }: { atOnce: number; mostWaiting: number; busy: string }): Gate {
  const waiting: (() => void)[] = []
  let inside = 0
  return async (work) => {
    if (inside >= atOnce) {
      if (waiting.length >= mostWaiting) throw new AppError('unavailable', busy, { retryAfterSeconds: 2 })
      // Whoever leaves hands its place over, so that nobody slips in between.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else inside++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else inside--
    }
  }
}

export type Gates = { reads: Gate; commands: Gate }

/** Connections of a node's pool. Those that no gate gives out are the worker's claims and the way in of alerts. */
export const poolSize = 24

/** What takes longer than this to read is stopped: somebody asked for too much at once. */
export const mostReadingMs = 20_000

const shares = {
  postgres: { reads: 5, commands: 5, work: 6, effects: 4 },
  embedded: { reads: 1, commands: 1, work: 1, effects: 1 },
}

/** The gates of one node. What is read is shed first, then what is done; alerts pass no gate. */
export function createGates(kind: keyof typeof shares): Gates {
  const share = shares[kind]
  const busy = 'This node has more to do than it can at this moment. Nothing was changed; try again in a few seconds.'
  return {
    reads: createGate({ atOnce: share.reads, mostWaiting: 100, busy }),
    commands: createGate({ atOnce: share.commands, mostWaiting: 300, busy }),
  }
}

/** The gates of what a worker does: its transactions, and what effects read and leave behind. Nothing of it is shed. */
export function createWorkGates(kind: keyof typeof shares): { work: Gate; effects: Gate } {
  const patient = (atOnce: number) => createGate({ atOnce, mostWaiting: Infinity, busy: 'This node is busy.' })
  return { work: patient(shares[kind].work), effects: patient(shares[kind].effects) }
}

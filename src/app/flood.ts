// The lane of what comes faster than it can be read: it is kept, and read afterwards (`backlog.ts`). Whatever waits while a transaction runs goes into
// the next one. An integration is in this lane or in the other at a time, so that nothing of it overtakes.
import { system } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { keepInOrder, takeInOnce, type Batch, type IntegrationId, type UnreadRequest } from '#domains/alerts/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { realTiming, type Timing } from './timing.ts'

// For so long after something was kept, whoever sends very much is kept at once, and what is being read must not cost the others their turn.
const lastsMs = 250
// Of what was read already one transaction keeps so much and no more, for others wait for it.
const signalsPerCommit = 512

/** What is to be kept, and who hears of it. `read`: what the request means, for the case in which it cannot be kept unread. */
export type ToKeep = ({ batch: Batch } | { request: UnreadRequest; read: () => Promise<Signal[]> }) & {
  resolve: () => void
  reject: (error: unknown) => void
}

export type Flood = {
  /** Whether it has kept something a moment ago. */
  isNow(): boolean
  /** Whether something of this integration waits here, or is on its way. */
  has(id: IntegrationId): boolean
  put(all: readonly ToKeep[]): void
}

/** `commit` does its work for all of these together, answers them, and never throws. */
export function createFlood(
  engine: Engine,
  commit: (taken: ToKeep[], how: (some: readonly ToKeep[], id: string) => Promise<unknown>) => Promise<void>,
  timing: Timing,
): Flood {
  const waiting: ToKeep[] = []
  const inside = new Set<IntegrationId>()
  let keeping = false
  let keptAt = -Infinity

  async function keepWaiting(): Promise<void> {
    if (keeping) return
    keeping = true
    while (waiting.length > 0) {
      const taken = waiting.splice(0, fitting(waiting))
      keptAt = timing.elapsedMs()
      await commit(taken, (some, id) =>
        engine.transact(system('alerts.intake'), (context) => takeInOnce(context, id, () => keepInOrder(context, some))),
      )
      const others = new Set(waiting.map(idOf))
      for (const one of taken) if (!others.has(idOf(one))) inside.delete(idOf(one))
    }
    keeping = false
  }

  return {
    isNow: () => timing.elapsedMs() < keptAt + lastsMs,
    has: (id) => inside.has(id),
    put(all) {
      waiting.push(...all)
      for (const one of all) inside.add(idOf(one))
      void keepWaiting()
    },
  }
}

const idOf = (one: ToKeep): IntegrationId => ('batch' in one ? one.batch : one.request).integration.id

/** How many of the first go together: one at least. */
function fitting(waiting: readonly ToKeep[]): number {
  let signals = 0
  const tooMany = waiting.findIndex((one) => (signals += 'batch' in one ? one.batch.signals.length : 0) > signalsPerCommit)
  return tooMany === -1 ? waiting.length : Math.max(1, tooMany)
}

/** Lets everybody have so many bytes a second, and a second's worth at once: who has had more waits. */
export function createPace(perSecond: number, timing: Timing = realTiming): (id: string, bytes: number) => Promise<void> {
  const paidUntil = new Map<string, number>()
  return async (id, bytes) => {
    const now = timing.elapsedMs()
    const from = Math.max(now - 1000, paidUntil.get(id) ?? -Infinity)
    if (paidUntil.size > 1000) for (const [other, until] of paidUntil) if (until < now - 1000) paidUntil.delete(other)
    paidUntil.set(id, from + (bytes / perSecond) * 1000)
    if (from > now) await new Promise<void>((resolve) => void timing.after(from - now, resolve))
  }
}

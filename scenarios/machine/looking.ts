// When a node looks whether its database is back, and reads anew what it would go by while that is away.
import { epochMs, type Clock } from '#kernel/time.ts'
import type { Node } from './node.ts'
import type { Seen } from './record.ts'

export type Looking = {
  isDue(node: Node): boolean
  /** When it must look again, in epoch milliseconds; undefined when nothing depends on it. */
  next(node: Node): number | undefined
  look(node: Node): Promise<void>
}

const lookEveryMs = 1000
/** What it goes by is read again when something has happened: more seldom than in earnest, for each time costs as much as an operation. */
const readEveryMs = 20_000

export function createLooking(clock: Clock, seen: Seen): Looking {
  const last = new WeakMap<Node, { at: number; commits: number }>()
  const now = () => epochMs(clock.now())
  return {
    isDue(node) {
      const before = last.get(node)
      if (!before) return true
      if (node.outage.holds()) return now() >= before.at + lookEveryMs
      return seen.commits > before.commits && now() >= before.at + readEveryMs
    },
    next: (node) => (node.outage.holds() ? (last.get(node)?.at ?? now()) + lookEveryMs : undefined),
    async look(node) {
      const { commits } = seen
      last.set(node, { at: now(), commits })
      await node.outage.look()
      last.set(node, { at: now(), commits })
    },
  }
}

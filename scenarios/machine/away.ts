// When the database is away, for every node or for one that is cut off: it refuses, or it says nothing.
import { epochMs, type Clock } from '#kernel/time.ts'
import type { FaultKind, Faults } from './faults.ts'
import type { Random } from './random.ts'

/** `node`: the one that is cut off; undefined: all of them are. `until`: epoch milliseconds. */
type Absence = { node: string | undefined; how: 'refuses' | 'says nothing'; until: number }

export type Away = {
  /** Undefined: this node has its database. */
  of(node: string): Absence | undefined
  /** It may go away now. Answers what has begun. */
  strike(nodes: readonly string[]): { kind: FaultKind; seconds: number; absence: Absence } | undefined
  /** It is away for every node from now on, for so long. */
  begin(seconds: number): void
  /** When it is back; undefined while it is there. */
  until(): number | undefined
}

const kinds = ['database refuses', 'database says nothing', 'node cut off'] as const
/** More of them would say nothing new. */
const mostAbsences = 5

export function createAway(clock: Clock, faults: Faults, random: Random): Away {
  let last: Absence | undefined
  let count = 0
  const current = () => (last && epochMs(clock.now()) < last.until ? last : undefined)
  return {
    of(node) {
      const absence = current()
      return absence && (absence.node ?? node) === node ? absence : undefined
    },
    begin: (seconds) => void (last = { node: undefined, how: 'refuses', until: epochMs(clock.now()) + seconds * 1000 }),
    until: () => current()?.until,
    strike(nodes) {
      if (current() || count >= mostAbsences || nodes.length === 0) return undefined
      const kind = kinds.find((one) => faults.strikes(one))
      if (!kind) return undefined
      count++
      const seconds = random.one([5, 30, 120, 120, 300])
      last = {
        node: kind === 'node cut off' ? random.one(nodes) : undefined,
        how: kind === 'database refuses' || (kind === 'node cut off' && random.chance(0.5)) ? 'refuses' : 'says nothing',
        until: epochMs(clock.now()) + seconds * 1000,
      }
      return { kind, seconds, absence: last }
    },
  }
}

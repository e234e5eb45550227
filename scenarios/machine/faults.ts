// What may go wrong, and how often. Each kind has a rate drawn per run from nothing, low and high, so that most runs lack most faults.
import type { Random } from './random.ts'

/** The kinds of faults: the highest probability of each at every place where it may strike. */
const highest = {
  'crash before a statement': 0.015,
  'crash after a statement': 0.015,
  'crash before the commit': 0.015,
  'crash after the commit': 0.02,
  'connection lost at a statement': 0.02,
  'connection lost after the commit': 0.02,
  'race lost': 0.04,
  'database read-only': 0.004,
  'node stands still': 0.01,
  'late by minutes': 0.01,
  'provider slow': 0.15,
  'provider fails': 0.3,
  'provider did it and timed out': 0.2,
  'provider timed out': 0.2,
  'provider answers rubbish': 0.15,
  'provider refuses for now': 0.2,
  'provider dead for an hour': 0.04,
  'address gone': 0.03,
  'database refuses': 0.004,
  'database says nothing': 0.004,
  'node cut off': 0.003,
  'silent before a transaction': 0.01,
  'silent after the commit': 0.01,
  'alerts silent before the transaction': 0.1,
  'alerts silent after the commit': 0.1,
  'disk full': 0.15,
  'crash at the disk': 0.1,
  'database loses what was last': 0.004,
} as const

export type FaultKind = keyof typeof highest
const faultKinds = Object.keys(highest) as FaultKind[]

export type Faults = {
  /** Whether this one strikes here. Counts it. */
  strikes(kind: FaultKind): boolean
  /** From now on things go wrong: not before. */
  begin(): void
  /** From now on nothing goes wrong any more. */
  end(): void
  readonly counts: ReadonlyMap<FaultKind, number>
  /** What may go wrong in this run. */
  readonly active: readonly FaultKind[]
}

/** `without`: kinds that never strike, however they were drawn. */
export function drawFaults(drawing: Random, random: Random, without: ReadonlySet<string>): Faults {
  const rates = new Map<FaultKind, number>()
  for (const kind of faultKinds) {
    const rate = drawing.one([0, 0, 0.2, 1]) * highest[kind]
    if (rate > 0 && !without.has(kind)) rates.set(kind, rate)
  }
  const counts = new Map<FaultKind, number>()
  let isOver = true
  return {
    strikes(kind) {
      const rate = rates.get(kind) ?? 0
      if (isOver || rate === 0 || !random.chance(rate)) return false
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
      return true
    },
    begin: () => void (isOver = false),
    end: () => void (isOver = true),
    counts,
    active: [...rates.keys()],
  }
}

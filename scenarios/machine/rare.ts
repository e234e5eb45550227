// Legal ways that the code hardly ever goes (`kernel/rarely.ts`): each has a rate drawn per run, mostly nothing, and some runs go it nearly always. They are
// no faults: nothing may be late or lost for them.
import { rareWays, type Rarely, type RareWay } from '#kernel/rarely.ts'
import type { Random } from './random.ts'

export type Rare = {
  /** Whether this way is gone now. */
  goes: Rarely
  /** Which may be gone in this run. */
  readonly active: readonly RareWay[]
}

/** `without`: ways that are never gone, however they were drawn. */
export function drawRare(drawing: Random, random: Random, without: ReadonlySet<string>): Rare {
  const rates = new Map<RareWay, number>()
  for (const way of rareWays) {
    const rate = drawing.one([0, 0, 0.03, 0.3, 0.9])
    if (rate > 0 && !without.has(way)) rates.set(way, rate)
  }
  return {
    goes: (way) => rates.has(way) && random.chance(rates.get(way)!),
    active: [...rates.keys()],
  }
}

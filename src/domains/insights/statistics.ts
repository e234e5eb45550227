// Figures as people may trust them: a median and nine of ten with their n, never a bare mean, and nothing claimed from fewer than five.

/** Fewer values than this make no figure to compare. */
export const fewest = 5

export type Distribution = {
  n: number
  /** Middle value; of an even number the mean of the two in the middle. Null when there is none. */
  median: number | null
  /** Nine of ten are at most this (nearest rank). Null when there is none. */
  nineOfTen: number | null
  /** Counts by upper bound; the last has none. A value on a bound belongs below it. */
  buckets: { upTo: number | null; count: number }[]
}

export function distributionOf(values: readonly number[], bounds: readonly number[] = []): Distribution {
  const sorted = [...values].sort((a, b) => a - b)
  const buckets = [...bounds, null].map((upTo, index) => {
    const above = bounds[index - 1] ?? -Infinity
    return { upTo, count: sorted.filter((value) => value > above && (upTo === null || value <= upTo)).length }
  })
  return { n: sorted.length, median: medianOf(sorted), nineOfTen: sorted[Math.ceil(sorted.length * 0.9) - 1] ?? null, buckets }
}

/** What changed against the values before, or null when either side has too few. In the unit of the values. */
export function changeOf(now: readonly number[], before: readonly number[]): { difference: number; share: number | null } | null {
  if (now.length < fewest || before.length < fewest) return null
  const [after, earlier] = [distributionOf(now).median!, distributionOf(before).median!]
  return { difference: after - earlier, share: earlier === 0 ? null : (after - earlier) / earlier }
}

/** The same for counts: there must have been five before, else everything new looks like a rise. */
export const countChange = (now: number, before: number): { difference: number; share: number } | null =>
  before < fewest ? null : { difference: now - before, share: (now - before) / before }

/** Median and nine of ten as far as they may be drawn as a trend: null under five. */
export function trendPoint(values: readonly number[]): { n: number; median: number | null; nineOfTen: number | null } {
  const { n, median, nineOfTen } = distributionOf(values)
  return n < fewest ? { n, median: null, nineOfTen: null } : { n, median, nineOfTen }
}

function medianOf(sorted: readonly number[]): number | null {
  const middle = sorted.length / 2
  if (sorted.length === 0) return null
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

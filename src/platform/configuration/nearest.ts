// "Did you mean": the known word that a typing mistake is closest to.

/** `; did you mean policy?` when one of `known` is a small slip away from `word`, else nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  let best: { name: string; distance: number } | undefined
  for (const name of [...known].sort()) {
    const distance = slips(word.toLowerCase(), name.toLowerCase())
    if (distance <= Math.max(1, Math.floor(name.length / 3)) && (best === undefined || distance < best.distance)) best = { name, distance }
  }
  return best ? `; did you mean ${best.name}?` : ''
}

/** Letters wrong, missing, too many or swapped (optimal string alignment). */
function slips(a: string, b: string): number {
  let last: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, last[j - 2]! + 1)
      next.push(least)
    }
    last = row
    row = next
  }
  return row[b.length]!
}

// What of a timeline is one line: an entry, a run of lesser ones that is folded, and where another day or another offset of the zone begins.
import { wallText, zoneName } from '../../ui/index.ts'

export type Part<Entry> = { entry: Entry } | { begins: Entry } | { id: string; count: number; from: string; to: string }
const foldFrom = 5
const keepNewest = 8

/** What a clock time has to stand under to mean one moment: its day, and the zone's name, which a change of the clocks changes. */
export const stretchOf = (at: string, zone: string): string =>
  `${wallText(Date.parse(at), zone).slice(0, 10)} ${zoneName(Date.parse(at), zone)}`

/** Runs of five and more quiet entries of one stretch become one line; the newest stay open. One stretch alone is named above the list. */
export function folded<Entry extends { id: string; at: string }>(
  entries: readonly Entry[],
  { shown, isQuiet, stretch }: { shown: ReadonlySet<string>; isQuiet: (entry: Entry) => boolean; stretch: (entry: Entry) => string },
): Part<Entry>[] {
  const parts: Part<Entry>[] = []
  const isNamed = new Set(entries.map(stretch)).size > 1
  let run: Entry[] = []
  const flush = () => {
    const [first, last] = [run[0], run.at(-1)]
    if (first && last && run.length >= foldFrom && !shown.has(first.id))
      parts.push({ id: first.id, count: run.length, from: first.at, to: last.at })
    else parts.push(...run.map((entry) => ({ entry })))
    run = []
  }
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1]
    if (isNamed && (!before || stretch(before) !== stretch(entry))) {
      flush()
      parts.push({ begins: entry })
    }
    if (isQuiet(entry) && index < entries.length - keepNewest) run.push(entry)
    else {
      flush()
      parts.push({ entry })
    }
  }
  flush()
  return parts
}

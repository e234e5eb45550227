// Which palette items answer to some words, best first. Pure: the order is a promise, not a feeling.
import type { ReactNode } from 'react'

export interface PaletteItem {
  id: string
  /** Heading it stands under, such as "Do in this incident" or "Go to". Groups keep the order of their first item. */
  group: string
  label: string
  /** What happens then, in grey: "update every 60 min, no duty manager". */
  consequence?: string
  /** Other words that find it. */
  keywords?: string
  /** A glyph, a severity badge, an icon. */
  lead?: ReactNode
  /** The key that does the same. */
  keys?: string
  /** Found by the server for these very words: shown without matching. What it found for the words before is matched like the rest. */
  always?: boolean
  run: () => void
}

/** Items whose label, keywords or consequence hold every word; words that start a word of the label come first; groups stay together. */
export function matchPalette(items: readonly PaletteItem[], query: string, most = 40): PaletteItem[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  const scored = items.map((item) => ({ item, score: scoreOf(item, words) })).filter(({ score }) => score > 0)
  const groups = [...new Set(scored.map(({ item }) => item.group))]
  return groups
    .flatMap((group) => scored.filter(({ item }) => item.group === group).sort((a, b) => b.score - a.score))
    .slice(0, most)
    .map(({ item }) => item)
}

function scoreOf(item: PaletteItem, words: readonly string[]): number {
  if (words.length === 0 || item.always) return 1
  const label = item.label.toLocaleLowerCase()
  const more = `${item.keywords ?? ''} ${item.consequence ?? ''}`.toLocaleLowerCase()
  const scores = words.map((word) => {
    if (label.startsWith(word)) return 4
    if (label.split(/[\s:‘'-]+/).some((part) => part.startsWith(word))) return 3
    if (label.includes(word)) return 2
    return more.includes(word) ? 1 : 0
  })
  return scores.includes(0) ? 0 : scores.reduce<number>((sum, score) => sum + score, 0)
}

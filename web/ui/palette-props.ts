// What the palette takes; apart, so that its parts can load later.
import type { PaletteItem } from './palette-match.ts'

/** How the search on the server stands while it has not answered. */
export type PaletteSearch = 'looking' | 'failed'

export interface CommandPaletteProps {
  open: boolean
  onClose: () => void
  items: PaletteItem[]
  /** The open object the first group acts on, such as `INC-2417`. */
  scope?: string
  /** Called with the words, to look further on the server; finds come back in `items` with `always`. */
  onQuery?: (words: string) => void
  further?: PaletteSearch
}

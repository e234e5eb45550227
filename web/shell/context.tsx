// What the shell needs and never fetches: who reads, what waits, whether it is live, what the palette offers.
import { createContext, useContext } from 'react'
import type { LiveState } from '../ui/live-badge.tsx'
import type { PaletteItem } from '../ui/palette-match.ts'
import type { PaletteSearch } from '../ui/palette-props.ts'
import type { PersonRef } from '../ui/person.tsx'
import type { Place } from './places.ts'
import type { QuietState } from './quiet-bar.tsx'

export interface ShellData {
  organisation: string
  person: PersonRef
  /** One line below the name, such as "On call till Wed 09:00"; teal when `onCall`. */
  personNote?: string
  onCall?: boolean
  /** How many things need somebody's act, by place; 0 shows nothing. */
  counts: { home: number; incidents: number; alerts: number }
  live: LiveState
  /** A restored copy that pages nobody yet; absent: it works as always. */
  quiet?: QuietState | undefined
  /** Commands and destinations, the open object's first. */
  palette: PaletteItem[]
  /** How the search for the palette's words stands while the server has not answered. */
  paletteFurther?: PaletteSearch
  /** What the palette searches in, such as `INC-2417`. */
  paletteScope?: string
  /** Called as the palette's words change, to look further; its finds come back through `palette`. */
  onPaletteQuery?: (words: string) => void
  /** `D` and "Declare incident"; absent for whoever may not. */
  onDeclare?: (() => void) | undefined
  /** Where this reader is led: the first group is tabs on a phone. */
  places: Place[][]
  onSignOut: () => void
  theme: ThemeChoice
  onTheme: (theme: ThemeChoice) => void
  singleKeys: boolean
  onSingleKeys: (on: boolean) => void
}

export type ThemeChoice = 'system' | 'light' | 'dark'

export interface ShellState extends ShellData {
  openPalette: () => void
  openKeys: () => void
}

export const ShellContext = createContext<ShellState | undefined>(undefined)

/** The shell around this page. Throws outside of one. */
export function useShell(): ShellState {
  const shell = useContext(ShellContext)
  if (!shell) throw new Error('useShell needs an AppShell above it')
  return shell
}

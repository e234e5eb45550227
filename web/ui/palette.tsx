// The command palette: every verb and every place, by a few letters. Its code loads when it first opens.
import { lazy, Suspense, useState } from 'react'
import type { PaletteItem } from './palette-match.ts'
import { KeysRest } from './keys-rest.tsx'
import type { CommandPaletteProps, PaletteSearch } from './palette-props.ts'

export type { PaletteItem, PaletteSearch }

const load = () => import('./palette-parts.tsx')
const PaletteParts = lazy(load)

/** Warms the palette's code, so that Ctrl K opens within 50 ms. */
export const preloadPalette = (): void => void load()

/** Enter runs the marked row, Tab fills its label in, arrows move, Escape closes. */
export function CommandPalette(props: CommandPaletteProps) {
  const [wanted, setWanted] = useState(props.open)
  if (props.open && !wanted) setWanted(true)
  return wanted ? (
    <Suspense fallback={<KeysRest />}>
      <PaletteParts {...props} />
    </Suspense>
  ) : null
}

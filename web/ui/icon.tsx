// One stroke and two sizes for every Lucide icon. An icon is decoration here: the name stands beside it or on its button.
import type { LucideIcon } from 'lucide-react'

export type { LucideIcon }

/** A Lucide icon at 14 or 16 px (larger on the phone page only), hidden from screen readers. */
export function Icon({ of: Glyph, size = 14, className }: { of: LucideIcon; size?: number; className?: string }) {
  return <Glyph size={size} strokeWidth={1.75} aria-hidden className={`shrink-0 ${className ?? ''}`} />
}

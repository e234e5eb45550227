// What stands in a menu; apart, so that its parts can load later.
import type { ReactNode } from 'react'
import type { LucideIcon } from './icon.tsx'

export interface MenuAct {
  label: string
  /** What happens then, or why it is off; grey. */
  hint?: string
  icon?: LucideIcon
  lead?: ReactNode
  keys?: string
  danger?: boolean
  disabled?: boolean
  /** Shows a check: one of several. */
  checked?: boolean
  /** Acts here … */
  run?: () => void
  /** … or goes there. */
  href?: string
}

/** A run of acts with an optional heading; groups are parted by lines. */
export interface MenuGroup {
  heading?: string
  acts: MenuAct[]
}

// What a dialog takes; apart, so that its parts can load later.
import type { ReactNode, RefObject } from 'react'

export interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  /** The consequence, before anything is filled in. */
  description?: ReactNode
  children?: ReactNode
  /** Buttons, the act first. */
  footer?: ReactNode
  width?: 'narrow' | 'normal' | 'wide'
  /** What gets the focus; default the first field. */
  initialFocus?: RefObject<HTMLElement | null>
}

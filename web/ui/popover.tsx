// A small panel on its trigger, for reading or a short form; the code loads when the pointer or the focus first reaches the trigger.
import { cloneElement, lazy, Suspense, useRef, useState, type ReactElement, type ReactNode } from 'react'
import type { ButtonProps } from './button.tsx'

export interface PopoverProps {
  trigger: ReactElement<ButtonProps>
  /** Names the panel. */
  title: string
  titleHidden?: boolean
  /** The content; as a function it gets a way to close. */
  children: ReactNode | ((close: () => void) => ReactNode)
  align?: 'start' | 'end'
}

const load = () => import('./popover-parts.tsx')
const PopoverParts = lazy(load)

/** Opens and closes by its trigger, Escape, or a press elsewhere. Holds what may be wanted, never the answer itself. */
export function Popover({ trigger, title, titleHidden = false, children, align = 'start' }: PopoverProps) {
  const anchor = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const [wanted, setWanted] = useState(false)
  const preload = () => void load()
  const body = typeof children === 'function' ? children(() => setOpen(false)) : children
  return (
    <>
      {cloneElement(trigger, {
        ref: anchor,
        'aria-haspopup': 'dialog',
        'aria-expanded': open,
        onPointerEnter: preload,
        onFocus: preload,
        onClick: () => {
          setWanted(true)
          setOpen(!open)
        },
      })}
      {wanted && (
        <Suspense>
          <PopoverParts {...{ anchor, open, setOpen, title, titleHidden, align }}>{body}</PopoverParts>
        </Suspense>
      )}
    </>
  )
}

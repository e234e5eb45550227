// A word on what an icon does. Only repeats or details: the thing itself is named without it, and touch never sees it.
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react'

const load = () => import('./tooltip-parts.tsx')
const TooltipParts = lazy(load)
const waitMs = 400

/** Shows `text` over its child after a moment under the pointer, or at once on keyboard focus. The child carries its own name. */
export function Tooltip({ text, children, side = 'top' }: { text: ReactNode; children: ReactNode; side?: 'top' | 'bottom' | 'right' }) {
  const anchor = useRef<HTMLSpanElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [open, setOpen] = useState(false)
  useEffect(() => () => clearTimeout(timer.current), [])
  const show = (after: number) => {
    void load()
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setOpen(true), after)
  }
  const hide = () => {
    clearTimeout(timer.current)
    setOpen(false)
  }
  return (
    <span
      ref={anchor}
      className="inline-flex"
      onPointerEnter={(event) => event.pointerType === 'mouse' && show(waitMs)}
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={(event) => event.target.matches(':focus-visible') && show(0)}
      onBlur={hide}
    >
      {children}
      {open && (
        <Suspense>
          <TooltipParts anchor={anchor} side={side} onClose={hide}>
            {text}
          </TooltipParts>
        </Suspense>
      )}
    </span>
  )
}

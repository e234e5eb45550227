// The tooltip's own chunk (Base UI). Only tooltip.tsx loads it.
import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactNode, RefObject } from 'react'

interface TooltipPartsProps {
  anchor: RefObject<HTMLElement | null>
  side: 'top' | 'bottom' | 'right'
  onClose: () => void
  children: ReactNode
}

export default function TooltipParts({ anchor, side, onClose, children }: TooltipPartsProps) {
  return (
    <Base.Root open onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} side={side} sideOffset={6} className="pointer-events-none z-40">
          <Base.Popup aria-hidden className="appear max-w-64 rounded-control bg-solid px-2 py-1 text-meta text-on-solid shadow-float">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

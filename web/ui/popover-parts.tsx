// The popover's own chunk (Base UI). Only popover.tsx loads it.
import { Popover as Base } from '@base-ui/react/popover'
import type { ReactNode, RefObject } from 'react'

interface PopoverPartsProps {
  anchor: RefObject<HTMLElement | null>
  open: boolean
  setOpen: (open: boolean) => void
  title: string
  titleHidden: boolean
  align: 'start' | 'end'
  children: ReactNode
}

export default function PopoverParts({ anchor, open, setOpen, title, titleHidden, align, children }: PopoverPartsProps) {
  return (
    <Base.Root
      open={open}
      onOpenChange={(next, { reason, event }) => {
        // A press on the trigger is the trigger's own business: closing here too would open it again.
        if (reason === 'outside-press' && anchor.current?.contains(event.target as Node)) return
        setOpen(next)
      }}
    >
      <Base.Portal>
        <Base.Positioner anchor={anchor} align={align} sideOffset={4} className="z-30">
          <Base.Popup
            finalFocus={anchor}
            className="appear max-h-(--available-height) max-w-90 overflow-y-auto rounded-box border border-line bg-surface p-3 text-ink shadow-float outline-none"
          >
            <Base.Title className={titleHidden ? 'sr-only' : 'mb-1.5 text-ui font-semibold'}>{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

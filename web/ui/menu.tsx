// A menu of acts on its trigger; the code loads when the pointer or the focus first reaches the trigger.
import { cloneElement, lazy, Suspense, useRef, useState, type ReactElement } from 'react'
import type { ButtonProps } from './button.tsx'
import { KeysRest } from './keys-rest.tsx'
import type { MenuGroup } from './menu-props.ts'

export interface MenuProps {
  trigger: ReactElement<ButtonProps>
  groups: MenuGroup[]
  align?: 'start' | 'end'
  side?: 'bottom' | 'top'
}

const load = () => import('./menu-parts.tsx')
const MenuParts = lazy(load)

/** `trigger` is a Button or IconButton; it is told by aria-expanded that it opens a menu. */
export function Menu({ trigger, groups, align = 'start', side = 'bottom' }: MenuProps) {
  const anchor = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const [wanted, setWanted] = useState(false)
  const preload = () => void load()
  return (
    <>
      {cloneElement(trigger, {
        ref: anchor,
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        onPointerEnter: preload,
        onFocus: preload,
        onClick: () => {
          setWanted(true)
          setOpen(!open)
        },
      })}
      {wanted && (
        <Suspense fallback={<KeysRest />}>
          <MenuParts {...{ anchor, open, setOpen, groups, align, side }} />
        </Suspense>
      )}
    </>
  )
}

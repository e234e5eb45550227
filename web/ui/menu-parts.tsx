// The menu's own chunk (Base UI). Only menu.tsx loads it.
import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import { Fragment, type RefObject } from 'react'
import { cx } from './class-names.ts'
import { Icon } from './icon.tsx'
import { Kbd } from './kbd.tsx'
import type { MenuAct, MenuGroup } from './menu-props.ts'
import { PlainLink } from './text-link.tsx'

interface MenuPartsProps {
  anchor: RefObject<HTMLElement | null>
  open: boolean
  setOpen: (open: boolean) => void
  groups: MenuGroup[]
  align: 'start' | 'end'
  side: 'bottom' | 'top'
}

export default function MenuParts({ anchor, open, setOpen, groups, align, side }: MenuPartsProps) {
  return (
    <Base.Root open={open} onOpenChange={setOpen}>
      <Base.Portal role="region" aria-label="Menu">
        <Base.Positioner anchor={anchor} align={align} side={side} sideOffset={4} className="z-30">
          <Base.Popup finalFocus={anchor} className={popup}>
            {groups.map((group, index) => (
              <Fragment key={group.heading ?? index}>
                {index > 0 && <Base.Separator className="my-1 h-px bg-line" />}
                <Base.Group>
                  {group.heading && <Base.GroupLabel className="px-2 py-1 text-meta text-ink3">{group.heading}</Base.GroupLabel>}
                  {group.acts.map((act) => (
                    <Act key={act.label} act={act} />
                  ))}
                </Base.Group>
              </Fragment>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

function Act({ act }: { act: MenuAct }) {
  const body = (
    <>
      {act.lead ?? (act.icon && <Icon of={act.icon} className={act.danger ? '' : 'text-ink3'} />)}
      <span className="min-w-0">
        {act.label}
        {act.hint && <span className="block text-meta text-ink3">{act.hint}</span>}
      </span>
      <span className="ml-auto flex items-center pl-4">
        {act.keys && <Kbd>{act.keys}</Kbd>}
        {act.checked && <Icon of={Check} />}
      </span>
      {act.checked && <span className="sr-only">chosen</span>}
    </>
  )
  const className = cx(
    'flex min-h-7 w-full cursor-pointer items-center gap-2 rounded-control px-2 py-1 text-left text-ui outline-none data-disabled:cursor-not-allowed data-disabled:text-ink3 data-highlighted:bg-sunken pointer-coarse:min-h-11',
    act.danger && 'text-red',
  )
  if (act.href !== undefined)
    return (
      <Base.LinkItem className={className} closeOnClick render={<PlainLink href={act.href} />}>
        {body}
      </Base.LinkItem>
    )
  return (
    <Base.Item className={className} disabled={act.disabled} onClick={act.run}>
      {body}
    </Base.Item>
  )
}

const popup =
  'appear max-h-[min(24rem,var(--available-height))] max-w-80 min-w-44 overflow-y-auto rounded-box border border-line bg-surface p-1 text-ink shadow-float outline-none'

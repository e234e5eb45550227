// Tabs as quiet chips. As links they change the URL (a page's sections), as tabs they show a panel of the same place.
import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { cx } from './class-names.ts'
import { PlainLink } from './text-link.tsx'

export interface Tab<Id extends string> {
  id: Id
  label: string
  /** In grey behind the label. */
  count?: number
}

const chip = (on: boolean) =>
  cx(
    'inline-flex h-6 shrink-0 items-center gap-1 rounded-control px-2 whitespace-nowrap pointer-coarse:h-11',
    on ? 'bg-sunken font-medium text-ink' : 'text-ink2 hover:bg-sunken hover:text-ink',
  )

/** Tabs with their panel. Arrows, Home and End move; the panel is named by its tab. */
export function Tabs<Id extends string>({
  label,
  tabs,
  value,
  onChange,
  children,
  className,
  trail,
}: {
  label: string
  tabs: Tab<Id>[]
  value: Id
  onChange: (id: Id) => void
  /** The panel of the chosen tab. */
  children?: ReactNode
  className?: string
  /** Stands at the right of the tabs. */
  trail?: ReactNode
}) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === value)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key]
    const next = to === undefined ? undefined : tabs[to % tabs.length]
    if (!next) return
    event.preventDefault()
    onChange(next.id)
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus()
  }
  return (
    <>
      <div className={cx('flex items-center gap-2', className)}>
        <div ref={list} role="tablist" aria-label={label} onKeyDown={onKeyDown} className="flex min-w-0 gap-0.5 overflow-x-auto p-0.5">
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${id}-${tab.id}`}
              data-tab={tab.id}
              aria-selected={tab.id === value}
              aria-controls={children === undefined ? undefined : `${id}-panel`}
              tabIndex={tab.id === value ? 0 : -1}
              onClick={() => onChange(tab.id)}
              className={chip(tab.id === value)}
            >
              {tab.label}
              {tab.count !== undefined && <span className="font-normal tabular-nums">{tab.count}</span>}
            </button>
          ))}
        </div>
        {trail !== undefined && <div className="ml-auto text-meta text-ink2">{trail}</div>}
      </div>
      {children !== undefined && (
        <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`}>
          {children}
        </div>
      )}
    </>
  )
}

/** The sections of a page as links; `current` is the id of the one shown. */
export function TabLinks({ label, tabs, current }: { label: string; tabs: (Tab<string> & { href: string })[]; current: string }) {
  const list = useRef<HTMLElement>(null)
  useEffect(() => list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }), [current])
  return (
    <nav ref={list} aria-label={label} className="flex min-w-0 gap-0.5 overflow-x-auto p-0.5">
      {tabs.map((tab) => (
        <PlainLink key={tab.id} href={tab.href} aria-current={tab.id === current ? 'page' : undefined} className={chip(tab.id === current)}>
          {tab.label}
          {tab.count !== undefined && <span className="font-normal tabular-nums">{tab.count}</span>}
        </PlainLink>
      ))}
    </nav>
  )
}

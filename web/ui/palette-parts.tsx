// The palette's own chunk: a combobox with its list always open, in a dialog. Only palette.tsx loads it.
import { Dialog as Base } from '@base-ui/react/dialog'
import { useEffect, useId, useMemo, useState, type KeyboardEvent } from 'react'
import { cx } from './class-names.ts'
import { backdrop } from './dialog-parts.tsx'
import { Kbd } from './kbd.tsx'
import { matchPalette, type PaletteItem } from './palette-match.ts'
import type { CommandPaletteProps } from './palette-props.ts'

export default function PaletteParts({ open, onClose, items, scope, onQuery, further }: CommandPaletteProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup
          aria-label="Search or do"
          className="appear fixed inset-x-2 top-2 z-20 flex max-h-[80dvh] flex-col rounded-box border border-line bg-surface text-ink shadow-float tablet:inset-x-auto tablet:top-[13dvh] tablet:left-1/2 tablet:w-160 tablet:-translate-x-1/2"
        >
          <Search {...{ items, scope, onQuery, further, onClose }} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** The line at the foot; it says how the search stands there, where nothing moves because of it. */
const foot = {
  looking: 'Looking further…',
  failed: 'Incidents, alerts, services and people could not all be searched. Type on to try again.',
  done: 'Every verb here is also a CLI command, a chat command and an API call.',
}

function Search({ items, scope, onQuery, further, onClose }: Omit<CommandPaletteProps, 'open'>) {
  const id = useId()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const found = useMemo(() => matchPalette(items, query), [items, query])
  const marked = Math.min(at, Math.max(0, found.length - 1))
  const type = (words: string) => {
    setQuery(words)
    setAt(0)
    onQuery?.(words)
  }
  const run = (item: PaletteItem | undefined) => {
    if (!item) return
    onClose()
    item.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) setAt((marked + step + found.length) % Math.max(1, found.length))
    else if (event.key === 'Enter') run(found[marked])
    else if (event.key === 'Tab' && !event.shiftKey && found[marked] && query !== found[marked].label) type(found[marked].label)
    else return
    event.preventDefault()
  }
  useEffect(() => {
    document.getElementById(`${id}-${marked}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, marked])

  return (
    <>
      <div className="flex items-center gap-2.5 border-b border-line px-4 py-1.5">
        {scope && <span className="font-mono text-meta text-ink2">{scope}</span>}
        <input
          role="combobox"
          aria-label="Search or do"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found.length > 0 ? `${id}-${marked}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder="Search or do…"
          value={query}
          onChange={(event) => type(event.target.value)}
          onKeyDown={onKeyDown}
          className="h-8 min-w-0 flex-1 rounded-control bg-transparent px-1.5 text-prose"
        />
        <Kbd>Esc</Kbd>
      </div>
      <div id={`${id}-list`} role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto px-2 pt-1 pb-2">
        {found.map((item, index) => (
          <Row
            key={item.id}
            {...{ item, id: `${id}-${index}`, marked: index === marked }}
            heading={item.group === found[index - 1]?.group ? undefined : item.group}
            onPoint={() => setAt(index)}
            onRun={() => run(item)}
          />
        ))}
      </div>
      {found.length === 0 && !further && (
        <p className="px-4 pb-3 text-ink3">Nothing is called that. Try a number, a service, or a verb such as “page”.</p>
      )}
      <div className="flex items-center justify-between gap-2 border-t border-line px-4 py-1.5 text-meta text-ink3">
        <span role="status">{foot[further ?? 'done']}</span>
        <span className="inline-flex items-center gap-1 whitespace-nowrap pointer-coarse:hidden">
          <Kbd>Tab</Kbd> fill in first
        </span>
      </div>
    </>
  )
}

interface RowProps {
  item: PaletteItem
  id: string
  heading: string | undefined
  marked: boolean
  onPoint: () => void
  onRun: () => void
}

function Row({ item, id, heading, marked, onPoint, onRun }: RowProps) {
  return (
    <>
      {heading && (
        <div role="presentation" className="px-2 pt-2 pb-1 text-meta text-ink3">
          {heading}
        </div>
      )}
      <div
        id={id}
        role="option"
        aria-selected={marked}
        onPointerMove={onPoint}
        onClick={onRun}
        className={cx(
          'flex min-h-7 cursor-pointer items-center gap-2.5 rounded-control px-2 py-1 pointer-coarse:min-h-11',
          marked && 'bg-sunken',
        )}
      >
        {item.lead !== undefined && <span className="flex min-w-4 shrink-0 text-ink2">{item.lead}</span>}
        <span className="max-w-3/4 min-w-0 shrink-0 truncate font-medium">{item.label}</span>
        {item.consequence && <span className="min-w-0 truncate text-ink3">{item.consequence}</span>}
        <span className="ml-auto flex pl-2">{marked ? <Kbd>Enter</Kbd> : item.keys && <Kbd>{item.keys}</Kbd>}</span>
      </div>
    </>
  )
}

// The timeline: newest at the bottom, beside the composer. A log to screen readers; runs of lesser entries fold.
import { Pin } from 'lucide-react'
import { useEffect, useRef, type ReactNode, type Ref } from 'react'
import { cx } from './class-names.ts'
import { Icon } from './icon.tsx'
import { Avatar, type PersonRef } from './person.tsx'
import { TimeText } from './time-text.tsx'
import { TimelineGlyph, type EntryKind, type EntryTone } from './timeline-glyph.tsx'

export type { EntryKind, EntryTone }

export interface TimelineEntryProps {
  /** Anchor: `e-183`. */
  id: string
  /** ISO instant it was recorded. */
  at: string
  /** ISO instant it happened, if that is another: both are shown. */
  happenedAt?: string
  /** Glyph by kind, or the face of who wrote. */
  mark: { kind: EntryKind; tone?: EntryTone } | { person: PersonRef }
  /** The bold fact: "Alert:", "Mara Lindqvist took command". */
  fact: ReactNode
  /** What follows it in ink: "and opened the call". */
  text?: ReactNode
  /** Who and where from, in grey. */
  source?: ReactNode
  /** A plot, a picture, a quote, below. */
  children?: ReactNode
  pinned?: boolean
  /** Shows "edited", which opens the history. */
  onHistory?: () => void
  /** A pointed-at entry's acts. */
  actions?: ReactNode
  /** Came just now: tints for a moment. */
  fresh?: boolean
  /** Lesser news: what a machine did on the way. */
  quiet?: boolean
}

/** The list. `follow` keeps the newest in sight while the reader is at the bottom; `head` stands above the first entry. */
export function Timeline({
  label = 'Timeline',
  follow = true,
  head,
  className,
  children,
}: {
  label?: string
  follow?: boolean
  head?: ReactNode
  className?: string
  children: ReactNode
}) {
  const box = useFollowing(follow)
  return (
    <div ref={box} tabIndex={0} className={cx('min-h-0 overflow-y-auto', className)}>
      {head}
      <div role="log" aria-label={label} className="relative py-2">
        <span aria-hidden className="absolute inset-y-0 left-[81px] w-px bg-line max-tablet:left-[63px]" />
        {children}
      </div>
    </div>
  )
}

export function TimelineEntry({
  id,
  at,
  happenedAt,
  mark,
  fact,
  text,
  source,
  children,
  pinned,
  onHistory,
  actions,
  fresh,
  quiet,
}: TimelineEntryProps) {
  return (
    <article id={id} className={cx('group relative flex gap-2.5 px-2 py-[5px] target:bg-accent-bg', fresh && 'arrived')}>
      <div className="w-[55px] shrink-0 text-right text-[11px] leading-5 max-tablet:w-[38px]">
        <span className="max-tablet:hidden">
          <TimeText at={happenedAt ?? at} form="record" className="text-ink3" />
        </span>
        <TimeText at={happenedAt ?? at} form="clock" className="text-ink3 tablet:hidden" />
      </div>
      <div className="z-1 shrink-0">{'person' in mark ? <Avatar person={mark.person} named={false} /> : <TimelineGlyph {...mark} />}</div>
      <div className="min-w-0 flex-1 py-px wrap-break-word">
        <p className={quiet ? 'text-ink2' : undefined}>
          {quiet ? fact : <strong>{fact}</strong>}
          {text !== undefined && <> {text}</>}
          {source !== undefined && <span className="text-ink3"> · {source}</span>}
          {happenedAt !== undefined && happenedAt !== at && (
            <span className="text-ink3">
              {' '}
              · recorded <TimeText at={at} form="record" />
            </span>
          )}
          {onHistory && (
            <button type="button" onClick={onHistory} className="ml-1.5 text-ink3 underline decoration-line2 underline-offset-3">
              edited
            </button>
          )}
          {pinned && (
            <span className="ml-1.5 inline-flex align-middle text-ink3">
              <Icon of={Pin} size={12} />
              <span className="sr-only">pinned</span>
            </span>
          )}
        </p>
        {children !== undefined && <div className="mt-1">{children}</div>}
      </div>
      {actions !== undefined && (
        <div className="absolute top-0.5 right-2 hidden rounded-control bg-surface group-focus-within:flex group-hover:flex">{actions}</div>
      )}
    </article>
  )
}

/** A folded run: "112 more between 14:05 and 14:24 · show". */
export function TimelineFold({ count, between, onShow }: { count: number; between?: ReactNode; onShow: () => void }) {
  return (
    <div className="relative py-0.5 pr-2 pl-[102px] text-meta text-ink2 max-tablet:pl-[84px]">
      {count} more {between} ·{' '}
      <button type="button" onClick={onShow} className="min-h-6 underline decoration-line2 underline-offset-3 hover:decoration-current">
        show<span className="sr-only"> {count} entries</span>
      </button>
    </div>
  )
}

/** Entries that wait because something is pointed at or the reader has scrolled up. */
export function NewEntries({ count, onShow }: { count: number; onShow: () => void }) {
  if (count === 0) return null
  return (
    <button
      type="button"
      onClick={onShow}
      className="appear rounded-full border border-line bg-surface px-3 py-1 text-meta font-medium text-accent shadow-float"
    >
      {count} new
    </button>
  )
}

function useFollowing(follow: boolean): Ref<HTMLDivElement> {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = box.current
    if (!element || !follow) return
    let atBottom = true
    element.scrollTop = element.scrollHeight
    const onScroll = () => {
      atBottom = element.scrollHeight - element.scrollTop - element.clientHeight < 24
    }
    const keep = new ResizeObserver(() => {
      if (atBottom) element.scrollTop = element.scrollHeight
    })
    for (const child of element.children) keep.observe(child)
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      keep.disconnect()
      element.removeEventListener('scroll', onScroll)
    }
  }, [follow])
  return box
}

// One page inside the shell: its top bar (title, note, tabs, filters, Live, acts) and its body. Sets the document's title.
import { ChevronLeft } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { cx } from '../ui/class-names.ts'
import { Icon } from '../ui/icon.tsx'
import { LiveBadge } from '../ui/live-badge.tsx'
import { PlainLink } from '../ui/text-link.tsx'
import { useShell } from './context.tsx'

interface Crumb {
  label: string
  href?: string
  /** An id: set in mono. */
  mono?: boolean
}

/** Which document title: "Alerts, Tocsin". */
export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Tocsin`
  }, [title])
}

export interface PageProps {
  /** Names the page in the bar and in the browser's tab. */
  title: string
  /** Where it stands; takes the title's place in the bar, the page then shows its own heading. */
  crumbs?: Crumb[]
  /** Beside the title in grey: "14 open". */
  note?: ReactNode
  /** Tabs or filters, right of the title. */
  bar?: ReactNode
  /** At the right end: outline and quiet buttons, the solid one last. */
  actions?: ReactNode
  /** Hides the Live badge: nothing here moves. */
  still?: boolean
  /** `scroll`: one scrolling column. `fixed`: the page lays out and scrolls its own panes. */
  layout?: 'scroll' | 'fixed'
  /** A big head below the bar that does not scroll (the incident's). */
  head?: ReactNode
  children: ReactNode
}

export function Page({ title, crumbs, note, bar, actions, still = false, layout = 'scroll', head, children }: PageProps) {
  const shell = useShell()
  useDocumentTitle(title)
  const parent = crumbs?.findLast((crumb) => crumb.href !== undefined)
  return (
    <>
      <header
        data-print="no"
        className={cx(
          'flex min-h-11 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 px-4 py-1.5 tablet:min-h-10',
          !head && 'border-b border-line',
        )}
      >
        {parent?.href && (
          <PlainLink
            href={parent.href}
            aria-label={`Back to ${parent.label}`}
            className="-ml-2 flex size-11 items-center justify-center tablet:hidden"
          >
            <Icon of={ChevronLeft} size={18} />
          </PlainLink>
        )}
        {crumbs ? <Crumbs crumbs={crumbs} /> : <h1 className="text-panel font-semibold whitespace-nowrap">{title}</h1>}
        {note !== undefined && <span className="min-w-0 truncate text-ink3 tabular-nums">{note}</span>}
        {bar !== undefined && (
          // Filters slide under the finger; beside tabs they have a line of their own on a phone.
          <div className="relative order-last flex w-full min-w-0 items-center gap-1.5 overflow-x-auto max-tablet:has-[>nav+*]:flex-wrap max-tablet:*:shrink-0 tablet:order-none tablet:ml-2 tablet:w-auto">
            {bar}
          </div>
        )}
        <div className="ml-auto flex items-center gap-2">
          {!still && <LiveBadge state={shell.live} />}
          {actions}
        </div>
      </header>
      {head !== undefined && <div className="shrink-0 border-b border-line px-4 pb-2.5">{head}</div>}
      <div
        className={cx('min-h-0 flex-1 print:overflow-visible', layout === 'scroll' ? 'overflow-y-auto' : 'flex flex-col overflow-hidden')}
      >
        {children}
      </div>
    </>
  )
}

function Crumbs({ crumbs }: { crumbs: Crumb[] }) {
  return (
    <nav aria-label="Where this stands" className="min-w-0 max-tablet:grow max-tablet:basis-24">
      <ol className="flex min-w-0 items-center gap-1.5 text-ui text-ink2">
        {crumbs.map((crumb, index) => (
          <li key={crumb.label} className={cx('flex min-w-0 items-center gap-1.5', crumb.mono && 'shrink-0')}>
            {index > 0 && (
              <span aria-hidden className="text-ink3">
                /
              </span>
            )}
            {crumb.href ? (
              <PlainLink
                href={crumb.href}
                className={cx('truncate rounded-chip hover:text-ink hover:underline', crumb.mono && 'font-mono')}
              >
                {crumb.label}
              </PlainLink>
            ) : (
              <span aria-current="page" className={cx('truncate', crumb.mono && 'font-mono')}>
                {crumb.label}
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** The sentence a page opens with: it answers before it is asked. */
export function Lead({ children, note }: { children: ReactNode; note?: ReactNode }) {
  return (
    <div className="pt-4 pb-2">
      <h2 className="text-page font-semibold tablet:text-lead">{children}</h2>
      {note !== undefined && <p className="mt-0.5 text-ink2">{note}</p>}
    </div>
  )
}

/** A wide column and a side column of panels, parted by a hairline; below each other on a phone. */
export function Columns({
  children,
  side,
  sideWidth = 330,
  sideLabel,
}: {
  children: ReactNode
  side: ReactNode
  sideWidth?: number
  sideLabel: string
}) {
  return (
    <div className="flex min-h-full flex-col desk:flex-row" style={{ '--side': `${sideWidth}px` } as React.CSSProperties}>
      <div className="min-w-0 px-4 pb-6 tablet:px-6 desk:flex-1">{children}</div>
      <aside aria-label={sideLabel} className="border-t border-line desk:w-(--side) desk:shrink-0 desk:border-t-0 desk:border-l">
        {side}
      </aside>
    </div>
  )
}

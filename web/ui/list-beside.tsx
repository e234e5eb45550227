// A list that has the height of the page; what is selected in it opens beside it, and on a phone in its place.
import { SquareCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'
import { ErrorNotice } from './error-notice.tsx'
import { Icon } from './icon.tsx'
import { ShowMore, type More } from './show-more.tsx'
import { Skeleton } from './skeleton.tsx'

/** What reading a list came to: `items` as soon as they are there, `more` while something follows them. */
export interface ListRead {
  items: readonly unknown[] | undefined
  error: { message: string; reference: string } | null
  refetch: () => unknown
  more: More
}

/** `children` are its rows, `above` what went wrong with one of them, `foot` how it is ordered and which keys it knows. */
export function ListBeside({
  label,
  read,
  empty,
  above,
  children,
  foot,
  panel,
}: {
  /** "Alerts" */
  label: string
  read: ListRead
  empty: ReactNode
  above?: ReactNode
  children: ReactNode
  foot: ReactNode
  panel: ReactNode
}) {
  const { items, error, refetch, more } = read
  return (
    <div className="flex min-h-0 flex-1">
      <div className={cx('flex min-w-0 flex-1 flex-col overflow-y-auto', Boolean(panel) && 'max-desk:hidden')}>
        {Boolean(above) && <div className="p-3">{above}</div>}
        {error && (
          <div className="p-3">
            <ErrorNotice
              what={`The ${label.toLowerCase()} could not be read.`}
              todo={error.message}
              reference={error.reference}
              onRetry={() => void refetch()}
            />
          </div>
        )}
        {!items && !error && <Skeleton label={label} rows={8} tall />}
        {items?.length === 0 && <div className="p-4">{empty}</div>}
        <ul aria-label={label}>{children}</ul>
        <ShowMore more={more} className="p-3" />
        {items !== undefined && items.length > 0 && (
          <p className="mt-auto hidden items-center gap-3 border-t border-line px-4 py-2 text-meta text-ink3 tablet:flex">{foot}</p>
        )}
      </div>
      {panel}
    </div>
  )
}

/** A row of it: a sign, what it is about and where, one sentence under it, and at its end when. All of it selects. */
export function BesideRow({
  current,
  picked = false,
  rowProps,
  over = false,
  sign,
  title,
  place,
  note,
  end,
}: {
  current: boolean
  /** By X, for what is done to several. */
  picked?: boolean
  /** Of `useListKeys`. */
  rowProps: { 'data-row': string; onClick: () => void }
  /** Whether nobody needs to look at it any more. */
  over?: boolean
  sign: ReactNode
  title: ReactNode
  place: ReactNode
  note: ReactNode
  end: ReactNode
}) {
  return (
    <li
      data-row={rowProps['data-row']}
      className={cx(
        'relative flex min-h-[58px] items-start gap-3 border-b border-line px-4 py-2 hover:bg-sunken',
        current && 'bg-accent-bg hover:bg-accent-bg',
      )}
    >
      {sign}
      <span className="min-w-0 flex-1">
        <button
          type="button"
          onClick={rowProps.onClick}
          aria-current={current ? 'true' : undefined}
          className="block text-left after:absolute after:inset-0"
        >
          {picked && (
            <span className="mr-1.5 inline-flex align-[-2px] text-accent">
              <Icon of={SquareCheck} />
              <span className="sr-only">picked: </span>
            </span>
          )}
          <span className={cx('wrap-break-word', over ? 'font-medium text-ink2' : 'font-semibold')}>{title}</span>{' '}
          <span className="text-ink3">{place}</span>
        </button>
        <span className={cx('block wrap-break-word max-tablet:mt-0.5', over ? 'text-ink3' : 'text-ink2')}>{note}</span>
      </span>
      <span className="shrink-0 text-right text-ink2 tabular-nums">{end}</span>
    </li>
  )
}

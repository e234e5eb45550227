// Names and their values in two columns: roles, facts, values so far.
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

export interface Description {
  term: string
  value: ReactNode
  /** Values and ids: in mono. */
  mono?: boolean
}

/** `termWidth` is the first column; `ruled` parts the rows by hairlines; `apart` sets values at the right. */
export function DescriptionList({
  items,
  termWidth = 110,
  ruled = false,
  apart = false,
}: {
  items: Description[]
  termWidth?: number
  ruled?: boolean
  apart?: boolean
}) {
  return (
    <dl>
      {items.map((item) => (
        <div
          key={item.term}
          className={cx(
            'flex min-h-7 items-baseline gap-2 py-1',
            ruled && 'border-t border-line first:border-t-0',
            apart && 'justify-between',
          )}
        >
          <dt className={cx('shrink-0', apart ? '' : 'text-ink3')} style={apart ? undefined : { width: termWidth }}>
            {item.term}
          </dt>
          <dd
            className={cx(
              'min-w-0 wrap-break-word',
              item.mono && 'font-mono text-meta leading-[18px]',
              apart ? 'text-right font-medium tabular-nums' : 'flex-1',
            )}
          >
            {item.value}
          </dd>
        </div>
      ))}
    </dl>
  )
}

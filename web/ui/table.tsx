// Tables of plain rows and rows for lists. On a phone a table scrolls in its own frame; lists of ten thousand use VirtualRows.
import type { HTMLAttributes, ReactNode } from 'react'
import { cx } from './class-names.ts'

export interface Column<Row> {
  id: string
  /** Text of the head; hidden heads are still read. */
  head: string
  headHidden?: boolean
  /** Numbers stand right, with digits of one width. */
  numeric?: boolean
  /** A CSS width; without one the column takes what is left. */
  width?: string
  /** Not shown on phones. */
  deskOnly?: boolean
  cell: (row: Row) => ReactNode
}

/** A table. `rowProps` adds `useListKeys().rowProps(id)`; `caption` names it, hidden unless shown. */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowId,
  rowProps,
  tall = false,
}: {
  caption: string
  columns: Column<Row>[]
  rows: Row[]
  rowId: (row: Row) => string
  rowProps?: (id: string) => HTMLAttributes<HTMLTableRowElement>
  tall?: boolean
}) {
  return (
    <div className="overflow-x-auto">
      <table role={rowProps ? 'grid' : undefined} className="w-full border-collapse text-left">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                style={{ width: column.width }}
                className={cx(
                  'h-8 px-2 text-meta font-normal text-ink2 first:pl-0 last:pr-0',
                  column.numeric && 'text-right',
                  column.deskOnly && 'max-tablet:hidden',
                )}
              >
                {column.headHidden ? <span className="sr-only">{column.head}</span> : column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const { className, ...rest } = rowProps?.(rowId(row)) ?? {}
            return (
              <tr
                key={rowId(row)}
                {...rest}
                className={cx('border-b border-line', rowProps && 'cursor-default hover:bg-canvas aria-selected:bg-accent-bg', className)}
              >
                {columns.map((column) => (
                  <td
                    key={column.id}
                    className={cx(
                      'px-2 first:pl-0 last:pr-0',
                      tall ? 'h-[58px]' : 'h-[31px]',
                      column.numeric && 'text-right whitespace-nowrap tabular-nums',
                      column.deskOnly && 'max-tablet:hidden',
                    )}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** A plain list whose rows are parted by hairlines. */
export function Rows({ label, children, className }: { label?: string; children: ReactNode; className?: string }) {
  return (
    <ul aria-label={label} className={cx('[&>li+li]:border-t [&>li]:border-line', className)}>
      {children}
    </ul>
  )
}

/** One row: glyph, text, meta at the right. `note` is a second line: the row is then 58 px. Takes `useListKeys().rowProps(id)`. */
export function Row({
  lead,
  children,
  note,
  meta,
  className,
  'aria-selected': current,
  ...rest
}: Omit<HTMLAttributes<HTMLLIElement>, 'children'> & { lead?: ReactNode; children: ReactNode; note?: ReactNode; meta?: ReactNode }) {
  return (
    <li
      {...rest}
      aria-current={current ? true : undefined}
      className={cx(
        current && 'bg-accent-bg',
        'flex flex-wrap items-center gap-x-2.5 gap-y-1',
        note === undefined ? 'min-h-[30px] py-1' : 'min-h-[58px] py-2',
        className,
      )}
    >
      {lead !== undefined && <span className="flex min-w-4 shrink-0 items-center justify-center">{lead}</span>}
      <div className="min-w-0 flex-1 basis-[52%] wrap-break-word">
        <div>{children}</div>
        {note !== undefined && <div className="text-ink3">{note}</div>}
      </div>
      {meta !== undefined && <div className="ml-auto flex shrink-0 items-center gap-2 text-ink3 tabular-nums">{meta}</div>}
    </li>
  )
}

// Ten thousand rows: only those in sight are in the page. A grid to screen readers, which hear how many there are.
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type CSSProperties, type ReactNode } from 'react'
import { cx } from './class-names.ts'

export interface VirtualRowsProps<Row> {
  label: string
  rows: readonly Row[]
  rowId: (row: Row) => string
  /** Names of the columns, in order; `widths` are the tracks of the CSS grid they share with the cells. */
  heads: { label: string; hidden?: boolean; numeric?: boolean; deskOnly?: boolean }[]
  widths: string
  /** The tracks on a phone, without the cells that are `deskOnly`. Default: the same as `widths`. */
  phoneWidths?: string
  /** One node per column; each becomes a cell. */
  cells: (row: Row) => ReactNode[]
  /** Rough height; real ones are measured. */
  rowHeight?: number
  current?: string
  picked?: ReadonlySet<string>
  onCurrent?: (id: string) => void
  onOpen?: (id: string) => void
  /** Near the end: fetch the next part. */
  onEnd?: () => void
  foot?: ReactNode
  className?: string
}

export function VirtualRows<Row>(props: VirtualRowsProps<Row>) {
  const {
    label,
    rows,
    rowId,
    heads,
    widths,
    phoneWidths = widths,
    cells,
    rowHeight = 58,
    current,
    picked,
    onCurrent,
    onOpen,
    onEnd,
    foot,
    className,
  } = props
  const box = useRef<HTMLDivElement>(null)
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    getItemKey: (index) => rowId(rows[index]!),
  })
  const items = list.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 10) onEnd?.()
  }, [last, rows.length, onEnd])
  useEffect(() => {
    const index = current === undefined ? -1 : rows.findIndex((row) => rowId(row) === current)
    if (index >= 0) list.scrollToIndex(index, { align: 'auto' })
    // Only a change of the current row scrolls; news that arrives does not move the list.
  }, [current])
  const tracks = { '--tracks': widths, '--phone-tracks': phoneWidths }
  return (
    <div ref={box} tabIndex={0} role="group" aria-label={`${label}, scrolls`} className={cx('min-h-0 overflow-y-auto', className)}>
      <div role="grid" aria-label={label} aria-rowcount={rows.length + 1}>
        <div
          role="row"
          aria-rowindex={1}
          className="sticky top-0 z-2 grid h-7 grid-cols-(--phone-tracks) tablet:grid-cols-(--tracks) items-center gap-2 border-b border-line bg-canvas px-4 text-meta text-ink2 max-tablet:sr-only"
          style={tracks as CSSProperties}
        >
          {heads.map((head) => (
            <div key={head.label} role="columnheader" className={cx(head.numeric && 'text-right', head.deskOnly && 'max-tablet:hidden')}>
              {head.hidden ? <span className="sr-only">{head.label}</span> : head.label}
            </div>
          ))}
        </div>
        <div role="rowgroup" className="relative" style={{ height: list.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]!
            const id = rowId(row)
            return (
              <div
                key={item.key}
                ref={list.measureElement}
                data-index={item.index}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={id === current || picked?.has(id) || false}
                onClick={() => onCurrent?.(id)}
                onDoubleClick={() => onOpen?.(id)}
                className={cx(
                  'absolute inset-x-0 top-0 grid grid-cols-(--phone-tracks) items-center tablet:grid-cols-(--tracks) gap-2 border-b border-line px-4 py-2',
                  id === current ? 'bg-accent-bg' : picked?.has(id) ? 'bg-sunken' : 'hover:bg-canvas',
                )}
                style={{ ...tracks, minHeight: rowHeight, transform: `translateY(${item.start}px)` } as CSSProperties}
              >
                {cells(row).map((cell, index) => (
                  <div
                    key={heads[index]?.label ?? index}
                    role="gridcell"
                    className={cx(
                      'min-w-0',
                      heads[index]?.numeric && 'text-right tabular-nums',
                      heads[index]?.deskOnly && 'max-tablet:hidden',
                    )}
                  >
                    {cell}
                  </div>
                ))}
              </div>
            )
          })}
        </div>
      </div>
      {foot}
    </div>
  )
}

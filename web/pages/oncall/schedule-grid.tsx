// Schedules as lanes over days or hours: final schedules, layers, overrides, gaps hatched. Read to machines as a table whose cells hold their
// shifts as buttons; one of them is a tab stop, and arrows move between them.
import { useRef, useState, type KeyboardEvent } from 'react'
import { cx, useNow } from '../../ui/index.ts'
import type { Day } from './month.ts'
import type { Column } from './period.ts'
import { Lane, type GridLane, type LaneShift } from './schedule-lane.tsx'

/** `zone` is the one that `days` were cut in; without `columns` every day is one. `onPick` is told what was pressed. */
export function ScheduleGrid({
  caption,
  days,
  columns = days.map((day) => ({ ...day, above: day.weekday, label: String(day.date) })),
  lanes,
  zone,
  picked,
  onPick,
}: {
  caption: string
  days: readonly Day[]
  columns?: readonly Column[]
  lanes: readonly GridLane[]
  zone: string
  /** Marked as the one that is acted on. */
  picked?: LaneShift | undefined
  onPick?: (shift: LaneShift) => void
}) {
  const now = useNow(60)
  const [stop, setStop] = useState<string>()
  const table = useRef<HTMLDivElement>(null)
  const [fromMs, toMs] = [columns[0]!.fromMs, columns.at(-1)!.toMs]
  const place = (atMs: number) => (100 * (Math.min(Math.max(atMs, fromMs), toMs) - fromMs)) / (toMs - fromMs)
  const today = now >= fromMs && now < toMs ? place(now) : undefined
  const keys = lanes.flatMap((lane) => lane.shifts.map((shift) => `${lane.id} ${shift.from} ${shift.person.handle}`))
  const isStop = (key: string) => key === (stop !== undefined && keys.includes(stop) ? stop : keys[0])
  const onKeyDown = (event: KeyboardEvent) => {
    const to = nextBar(table.current, event.key)
    if (!to) return
    event.preventDefault()
    setStop(to.dataset['bar'])
    to.focus()
  }
  return (
    <div ref={table} role="table" aria-label={caption} className="border-t border-line" onKeyDown={onKeyDown}>
      <div role="row" className="flex border-b border-line">
        <div role="columnheader" className="flex w-51 shrink-0 items-end border-r border-line px-3 pb-1 text-meta text-ink2">
          Schedule
        </div>
        <div role="columnheader" aria-label={columns.length > days.length ? 'Hours' : 'Days'} className="relative h-9 min-w-0 flex-1">
          {columns.map((column) => {
            const isNow = now >= column.fromMs && now < column.toMs
            return (
              <span
                key={column.fromMs}
                className={cx(
                  'absolute top-0.5 flex h-8 flex-col text-meta leading-[16px] text-ink2 tabular-nums',
                  column.above === '' ? 'justify-end' : 'items-center',
                )}
                style={{ left: `${place(column.fromMs)}%`, width: `${place(column.toMs) - place(column.fromMs)}%` }}
              >
                {column.above !== '' && <span className="text-[11px] text-ink3">{column.above}</span>}
                <span
                  className={cx('rounded-chip px-1', column.above === '' && 'self-start', isNow && 'bg-accent font-semibold text-surface')}
                  aria-current={isNow ? (column.above === '' ? 'time' : 'date') : undefined}
                >
                  {column.label}
                </span>
              </span>
            )
          })}
        </div>
      </div>
      {lanes.map((lane) => (
        <Lane
          key={lane.id}
          lane={lane}
          days={days}
          columns={columns.length > 14 && columns.length === days.length ? [] : columns}
          place={place}
          today={today}
          zone={zone}
          isStop={isStop}
          picked={picked}
          onPick={onPick}
        />
      ))}
    </div>
  )
}

/** Where an arrow, Home or End leads from the bar that has the focus: along its lane, or to the bar of the next lane that lies nearest. */
function nextBar(table: HTMLElement | null, key: string): HTMLElement | undefined {
  const from = document.activeElement
  if (!table || !(from instanceof HTMLElement) || from.dataset['bar'] === undefined) return undefined
  const rows = [...table.querySelectorAll<HTMLElement>('[role=row]')]
    .map((row) => [...row.querySelectorAll<HTMLElement>('[data-bar]')])
    .filter((bars) => bars.length > 0)
  const row = rows.findIndex((bars) => bars.includes(from))
  const bars = rows[row]!
  const middle = (bar: HTMLElement) => bar.getBoundingClientRect().left + bar.getBoundingClientRect().width / 2
  const nearest = (others: HTMLElement[] | undefined) =>
    others?.toSorted((a, b) => Math.abs(middle(a) - middle(from)) - Math.abs(middle(b) - middle(from)))[0]
  switch (key) {
    case 'ArrowRight':
      return bars[bars.indexOf(from) + 1]
    case 'ArrowLeft':
      return bars[bars.indexOf(from) - 1]
    case 'ArrowDown':
      return nearest(rows[row + 1])
    case 'ArrowUp':
      return nearest(rows[row - 1])
    case 'Home':
      return bars[0]
    case 'End':
      return bars.at(-1)
    default:
      return undefined
  }
}

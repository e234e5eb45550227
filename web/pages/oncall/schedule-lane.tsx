// One lane of the grid: a bar per shift, gaps hatched with their word, the line of now. A range that is dragged is handed on; the override form
// does the same by fields.
import { useRef, useState, type PointerEvent, type ReactNode } from 'react'
import { cx, initialsOf, tintOf, useNow } from '../../ui/index.ts'
import type { Day } from './month.ts'
import type { Column } from './period.ts'
import { hoursWords, personRef, spanWords, type PersonView, type Span } from './schedule-words.ts'

export interface LaneShift extends Span {
  person: PersonView
  /** Set apart by a dark border and, where it fits, its word. */
  override?: boolean
  /** Of the final schedule: the one that is acted on. */
  final?: boolean
  reason?: string
  /** Where it belongs to, when the lanes are of several schedules. */
  schedule?: string
}
export interface GridLane {
  id: string
  head: ReactNode
  shifts: readonly LaneShift[]
  gaps?: readonly Span[]
  /** Layers and overrides: lower, on plain ground. */
  under?: boolean
  /** A drag over this lane is asked for. */
  onDrag?: (span: Span) => void
  /** A gap was pressed. */
  onGap?: (gap: Span) => void
}

const snapMs = 3_600_000

export function Lane({
  lane,
  days,
  columns,
  place,
  today,
  zone,
  isStop,
  picked,
  onPick,
}: {
  lane: GridLane
  days: readonly Day[]
  /** Parted by lines; none for a month. */
  columns: readonly Column[]
  /** Per cent from the left, cut at both ends. */
  place: (atMs: number) => number
  today: number | undefined
  zone: string
  isStop: (key: string) => boolean
  picked: LaneShift | undefined
  onPick: ((shift: LaneShift) => void) | undefined
}) {
  const [dragged, setDragged] = useState<Span>()
  const anchor = useRef<number>(undefined)
  const [first, last] = [days[0]!, days.at(-1)!]
  const stacked = stack(lane.shifts)
  const detailed = columns.length > 0 && !lane.under
  const row = detailed ? 36 : 20
  const height = lane.under ? 38 : Math.max(56, 16 + stacked.rows * row)
  const barHeight = lane.under ? 24 : detailed ? 34 : stacked.rows > 1 ? 18 : 32
  const at = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
    return Math.round((first.fromMs + share * (last.toMs - first.fromMs)) / snapMs) * snapMs
  }
  const move = (event: PointerEvent<HTMLElement>) => {
    if (anchor.current === undefined) return
    const [from, to] = [anchor.current, at(event)].sort((a, b) => a - b) as [number, number]
    setDragged(to - from >= 2 * snapMs ? { from: new Date(from).toISOString(), to: new Date(to).toISOString() } : undefined)
  }
  const cancel = () => {
    anchor.current = undefined
    setDragged(undefined)
  }
  const up = () => {
    if (dragged) lane.onDrag?.(dragged)
    cancel()
  }
  return (
    <div role="row" className={cx('flex border-b border-line', !lane.under && 'bg-canvas')}>
      <div
        role="rowheader"
        className={cx('flex w-51 shrink-0 flex-col justify-center border-r border-line py-1 pr-2', lane.under ? 'pl-6 text-ink2' : 'pl-3')}
      >
        {lane.head}
      </div>
      <div
        role="cell"
        className={cx('relative min-w-0 flex-1 touch-pan-y overflow-hidden select-none', lane.onDrag && 'cursor-crosshair')}
        style={{ height }}
        {...(lane.onDrag
          ? {
              onPointerDown: (event: PointerEvent<HTMLElement>) =>
                event.pointerType === 'mouse' && event.button === 0 && (anchor.current = at(event)),
              onPointerMove: move,
              onPointerUp: up,
              onPointerLeave: cancel,
            }
          : {})}
      >
        {days
          .filter((day) => day.weekend)
          .map((day) => (
            <span
              key={day.fromMs}
              aria-hidden
              className="absolute inset-y-0 bg-sunken"
              style={{ left: `${place(day.fromMs)}%`, width: `${place(day.toMs) - place(day.fromMs)}%` }}
            />
          ))}
        {columns.slice(1).map((column) => (
          <span key={column.fromMs} aria-hidden className="absolute inset-y-0 w-px bg-line" style={{ left: `${place(column.fromMs)}%` }} />
        ))}
        {(lane.gaps ?? []).map((gap) => (
          <Gap key={gap.from} gap={gap} zone={zone} place={place} onGap={lane.onGap} />
        ))}
        {stacked.items.map(({ shift, row: at }) => {
          const key = `${lane.id} ${shift.from} ${shift.person.handle}`
          const top = stacked.rows > 1 ? (height - stacked.rows * row) / 2 + at * row + 1 : (height - barHeight) / 2
          return (
            <Bar
              key={key}
              bar={key}
              shift={shift}
              zone={zone}
              place={place}
              top={top}
              height={barHeight}
              detailed={detailed}
              stop={isStop(key)}
              on={
                picked === shift ||
                (picked?.final === true &&
                  shift.final === true &&
                  picked.from === shift.from &&
                  picked.person.handle === shift.person.handle)
              }
              onPick={onPick}
            />
          )
        })}
        {dragged && (
          <span
            aria-hidden
            className="absolute inset-y-1 rounded-chip border border-accent bg-accent-bg"
            style={{
              left: `${place(Date.parse(dragged.from))}%`,
              width: `${place(Date.parse(dragged.to)) - place(Date.parse(dragged.from))}%`,
            }}
          />
        )}
        {today !== undefined && (
          <span aria-hidden className="pointer-events-none absolute inset-y-0 w-px bg-accent" style={{ left: `${today}%` }} />
        )}
      </div>
    </div>
  )
}

function Bar({
  bar,
  shift,
  zone,
  place,
  top,
  height,
  detailed,
  stop,
  on,
  onPick,
}: {
  bar: string
  shift: LaneShift
  zone: string
  place: (atMs: number) => number
  top: number
  height: number
  /** Says its hours below the name. */
  detailed: boolean
  stop: boolean
  on: boolean
  onPick: ((shift: LaneShift) => void) | undefined
}) {
  const now = useNow(60)
  const [left, right] = [place(Date.parse(shift.from)), place(Date.parse(shift.to))]
  const words = `${shift.person.name}, ${spanWords(shift, zone, now)}${shift.reason ? `: ${shift.reason}` : ''}`
  const letters = lettersIn(right - left)
  const hours = hoursWords(shift, zone)
  return (
    <button
      type="button"
      data-bar={bar}
      tabIndex={stop ? 0 : -1}
      title={words}
      {...(onPick && !shift.schedule ? { 'aria-pressed': on } : {})}
      onClick={() => onPick?.(shift)}
      className={cx(
        'absolute flex flex-col justify-center overflow-hidden rounded-chip px-1.5 text-left text-meta leading-[15px] font-medium whitespace-nowrap',
        tintOf(personRef(shift.person).id),
        shift.override && 'border border-ink px-1',
        on && 'outline-2 -outline-offset-2 outline-accent',
      )}
      style={{ left: `calc(${left}% + 1px)`, width: `max(4px, calc(${right - left}% - 2px))`, top, height }}
    >
      <span className="sr-only">{words}</span>
      <span aria-hidden>{nameThatFits(shift.person.name, letters)}</span>
      {detailed && hours.length <= letters && (
        <span aria-hidden className="font-normal tabular-nums">
          {hours}
        </span>
      )}
    </button>
  )
}

/** Nobody: hatched, and said where there is room. Pressed, it is filled. */
function Gap({
  gap,
  zone,
  place,
  onGap,
}: {
  gap: Span
  zone: string
  place: (atMs: number) => number
  onGap: ((gap: Span) => void) | undefined
}) {
  const now = useNow(60)
  const [left, right] = [place(Date.parse(gap.from)), place(Date.parse(gap.to))]
  const words = `Nobody, ${spanWords(gap, zone, now)}`
  const style = { left: `${left}%`, width: `${right - left}%` }
  const said = lettersIn(right - left) >= 6 && <span className="rounded-chip bg-surface px-1 text-meta font-semibold text-red">Nobody</span>
  const look =
    'hatched absolute top-1/2 flex h-8 min-w-1.5 -translate-y-1/2 items-center justify-center overflow-hidden rounded-chip border border-red'
  return onGap ? (
    <button
      type="button"
      title={`${words}. Fill it`}
      aria-label={`${words}. Fill it`}
      className={look}
      style={style}
      onClick={() => onGap(gap)}
    >
      {said}
    </button>
  ) : (
    <span role="img" aria-label={words} title={words} className={look} style={style}>
      {said}
    </span>
  )
}

/** Lanes for people who are on call at once: the first free one. */
function stack(shifts: readonly LaneShift[]): { rows: number; items: { shift: LaneShift; row: number }[] } {
  const ends: string[] = []
  const items = shifts.map((shift) => {
    const free = ends.findIndex((end) => end <= shift.from)
    const row = free < 0 ? ends.length : free
    ends[row] = shift.to
    return { shift, row }
  })
  return { rows: Math.max(1, ends.length), items }
}

/** How many letters fit into a share of about 970 px. */
const lettersIn = (percent: number): number => (percent * 9.7 - 10) / 6.6

/** The whole name, the first one, the initials or nothing. */
function nameThatFits(name: string, letters: number): string {
  const given = name.split(' ')[0]!
  return [name, given, initialsOf(name)].find((text) => text.length <= letters) ?? ''
}

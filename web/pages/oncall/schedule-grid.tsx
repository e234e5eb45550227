// A month of schedules as lanes over days: final schedules, layers, overrides, gaps hatched. A range that is dragged is handed on; the
// override form does the same by fields. Read to machines as a table whose cells hold their shifts as buttons.
import { useRef, useState, type PointerEvent, type ReactNode } from 'react'
import { cx, initialsOf, tintOf, useNow } from '../../ui/index.ts'
import type { Day } from './month.ts'
import { personRef, spanWords, type PersonView, type Span } from './schedule-words.ts'

export interface LaneShift extends Span {
  person: PersonView
  /** Set apart by a dark border. */
  override?: boolean
  reason?: string
}
export interface Lane {
  id: string
  head: ReactNode
  shifts: readonly LaneShift[]
  gaps?: readonly Span[]
  /** Layers and overrides: lower, on plain ground. */
  under?: boolean
  /** A drag over this lane is asked for. */
  onDrag?: (span: Span) => void
}

const snapMs = 3_600_000

/** `zone` is the one that `days` were cut in. `onPick` is told what was pressed. */
export function ScheduleGrid({
  caption,
  days,
  lanes,
  zone,
  onPick,
}: {
  caption: string
  days: readonly Day[]
  lanes: readonly Lane[]
  zone: string
  onPick?: (shift: LaneShift) => void
}) {
  const now = useNow(60)
  const [first, last] = [days[0]!, days.at(-1)!]
  const place = (atMs: number) => (100 * (Math.min(Math.max(atMs, first.fromMs), last.toMs) - first.fromMs)) / (last.toMs - first.fromMs)
  const today = now >= first.fromMs && now < last.toMs ? place(now) : undefined
  return (
    <div role="table" aria-label={caption} className="border-t border-line">
      <div role="row" className="flex border-b border-line">
        <div role="columnheader" className="flex w-51 shrink-0 items-end border-r border-line px-3 pb-1 text-meta text-ink2">
          Schedule
        </div>
        <div role="columnheader" aria-label="Days of the month" className="relative h-9 min-w-0 flex-1">
          {days.map((day) => {
            const isToday = now >= day.fromMs && now < day.toMs
            return (
              <span
                key={day.date}
                className="absolute top-0.5 flex flex-col items-center text-meta leading-[16px] text-ink2 tabular-nums"
                style={{ left: `${place(day.fromMs)}%`, width: `${place(day.toMs) - place(day.fromMs)}%` }}
              >
                <span className="text-[11px] text-ink3">{day.weekday}</span>
                <span
                  className={cx('rounded-chip px-1', isToday && 'bg-accent font-semibold text-surface')}
                  aria-current={isToday ? 'date' : undefined}
                >
                  {day.date}
                </span>
              </span>
            )
          })}
        </div>
      </div>
      {lanes.map((lane) => (
        <LaneRow key={lane.id} lane={lane} days={days} place={place} today={today} zone={zone} onPick={onPick} />
      ))}
    </div>
  )
}

function LaneRow({
  lane,
  days,
  place,
  today,
  zone,
  onPick,
}: {
  lane: Lane
  days: readonly Day[]
  place: (atMs: number) => number
  today: number | undefined
  zone: string
  onPick: ((shift: LaneShift) => void) | undefined
}) {
  const [dragged, setDragged] = useState<Span>()
  const anchor = useRef<number>(undefined)
  const [first, last] = [days[0]!, days.at(-1)!]
  const stacked = stack(lane.shifts)
  const height = lane.under ? 38 : Math.max(56, 16 + stacked.rows * 20)
  const barHeight = lane.under ? 24 : stacked.rows > 1 ? 18 : 32
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
        className={cx('relative min-w-0 flex-1 touch-pan-y select-none overflow-hidden', lane.onDrag && 'cursor-crosshair')}
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
              key={day.date}
              aria-hidden
              className="absolute inset-y-0 bg-sunken"
              style={{ left: `${place(day.fromMs)}%`, width: `${place(day.toMs) - place(day.fromMs)}%` }}
            />
          ))}
        {(lane.gaps ?? []).map((gap) => (
          <span
            key={gap.from}
            role="img"
            aria-label={`Nobody, ${spanWords(gap, zone, Date.parse(gap.from))}`}
            title={`Nobody, ${spanWords(gap, zone, Date.parse(gap.from))}`}
            className="hatched absolute top-1/2 h-8 min-w-1.5 -translate-y-1/2 rounded-chip border border-red"
            style={{ left: `${place(Date.parse(gap.from))}%`, width: `${place(Date.parse(gap.to)) - place(Date.parse(gap.from))}%` }}
          />
        ))}
        {stacked.items.map(({ shift, row }) => {
          const [left, right] = [place(Date.parse(shift.from)), place(Date.parse(shift.to))]
          const words = `${shift.person.name}, ${spanWords(shift, zone, Date.parse(shift.from))}${shift.reason ? `: ${shift.reason}` : ''}`
          const top = stacked.rows > 1 ? (height - stacked.rows * 20) / 2 + row * 20 + 1 : (height - barHeight) / 2
          return (
            <button
              key={`${shift.from} ${shift.person.handle}`}
              type="button"
              title={words}
              aria-label={words}
              onClick={() => onPick?.(shift)}
              className={cx(
                'absolute overflow-hidden rounded-chip px-1.5 text-left text-meta font-medium whitespace-nowrap',
                tintOf(personRef(shift.person).id),
                shift.override && 'border border-ink px-1',
              )}
              style={{ left: `calc(${left}% + 1px)`, width: `max(4px, calc(${right - left}% - 2px))`, top, height: barHeight }}
            >
              {nameThatFits(shift.person.name, right - left)}
            </button>
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

/** The whole name, the first one, the initials or nothing, by the share of about 970 px. */
function nameThatFits(name: string, percent: number): string {
  const letters = (percent * 9.7 - 10) / 6.6
  const given = name.split(' ')[0]!
  return [name, given, initialsOf(name)].find((text) => text.length <= letters) ?? ''
}

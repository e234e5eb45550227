// A period as an agenda by day: what a phone shows instead of a calendar. A shift opens in its place with what can be done with it.
import { useState, type ReactNode } from 'react'
import { Avatar, Button, clockTime, cx, dayWords, useNow } from '../../ui/index.ts'
import type { Day } from './month.ts'
import type { LaneShift } from './schedule-lane.tsx'
import { personRef, type Shift, type Span } from './schedule-words.ts'

/** Days that are over are left out while the period lasts. Times are in `zone`. `acts` stand once, below the shift that was pressed. */
export function Agenda({
  days,
  shifts,
  gaps,
  zone,
  picked,
  onPick,
  onGap,
  acts,
}: {
  days: readonly Day[]
  shifts: readonly Shift[]
  gaps: readonly Span[]
  zone: string
  picked: LaneShift | undefined
  onPick: (shift: LaneShift) => void
  onGap: ((gap: Span) => void) | undefined
  acts: ReactNode
}) {
  const now = useNow(60)
  const [openDay, setOpenDay] = useState<number>()
  const ahead = days.filter((day) => day.toMs > now)
  return (
    <ol aria-label="By day">
      {(ahead.length > 0 ? ahead : days).map((day) => {
        const today = now >= day.fromMs && now < day.toMs
        const touches = (span: Span) => Date.parse(span.from) < day.toMs && Date.parse(span.to) > day.fromMs
        const entries: (Shift | (Span & { person?: undefined }))[] = [...shifts.filter(touches), ...gaps.filter(touches)].sort((a, b) =>
          a.from < b.from ? -1 : 1,
        )
        return (
          <li key={day.fromMs} className="border-t border-line py-2 first:border-t-0">
            <h3 className={cx('text-meta', today ? 'font-semibold text-accent' : 'font-normal text-ink3')}>
              {today ? 'Today, ' : ''}
              {dayWords(day.fromMs, { zone, nowMs: day.fromMs })}
            </h3>
            <ul>
              {entries.map((entry) => {
                const when = hoursInDay(entry, day, zone)
                if (entry.person === undefined) return <GapRow key={`gap ${entry.from}`} when={when} gap={entry} onGap={onGap} />
                const open = openDay === day.fromMs && picked?.from === entry.from && picked.person.handle === entry.person.handle
                return (
                  <li key={`${entry.from} ${entry.person.handle}`}>
                    <ShiftRow
                      when={when}
                      shift={entry}
                      open={open}
                      onPress={() => {
                        if (open || picked?.from !== entry.from || picked.person.handle !== entry.person.handle)
                          onPick({ ...entry, override: entry.override !== null, final: true })
                        setOpenDay(day.fromMs)
                      }}
                    />
                    {open && acts}
                  </li>
                )
              })}
            </ul>
          </li>
        )
      })}
    </ol>
  )
}

function ShiftRow({ when, shift, open, onPress }: { when: string; shift: Shift; open: boolean; onPress: () => void }) {
  return (
    <button
      type="button"
      aria-expanded={open}
      onClick={onPress}
      className="flex min-h-11 w-full items-center gap-2 rounded-control py-0.5 text-left"
    >
      <span className="w-24 shrink-0 text-ink2 tabular-nums">{when}</span>
      <Avatar person={personRef(shift.person)} named={false} />
      <span className="min-w-0 flex-1">
        <span className="font-medium">{shift.person.name}</span>
        {shift.override !== null && !open && <span className="block text-ink2">{shift.reason}</span>}
      </span>
    </button>
  )
}

function GapRow({ when, gap, onGap }: { when: string; gap: Span; onGap: ((gap: Span) => void) | undefined }) {
  return (
    <li className="flex min-h-11 items-center gap-2 py-0.5">
      <span className="w-24 shrink-0 text-ink2 tabular-nums">{when}</span>
      <span aria-hidden className="hatched size-5 shrink-0 rounded-chip border border-red" />
      <span className="flex-1 font-medium text-red">Nobody</span>
      {onGap && (
        <Button size="small" onClick={() => onGap(gap)}>
          Fill…
        </Button>
      )}
    </li>
  )
}

/** The part of a span that lies in a day: "all day", "from 09:00", "until 09:00", "09:00–17:00". */
function hoursInDay(span: Span, day: Day, zone: string): string {
  const [from, to] = [Date.parse(span.from), Date.parse(span.to)]
  const [starts, ends] = [from > day.fromMs, to < day.toMs]
  if (starts && ends) return `${clockTime(from, zone)}–${clockTime(to, zone)}`
  if (starts) return `from ${clockTime(from, zone)}`
  return ends ? `until ${clockTime(to, zone)}` : 'all day'
}

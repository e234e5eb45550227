// A month as an agenda by day: what a phone shows instead of a calendar.
import { Avatar, clockTime, cx, dayWords, useNow } from '../../ui/index.ts'
import type { Day } from './month.ts'
import { personRef, type Shift, type Span } from './schedule-words.ts'

/** Days that are over are left out while the month lasts. Times are in `zone`. */
export function Agenda({
  days,
  shifts,
  gaps,
  zone,
}: {
  days: readonly Day[]
  shifts: readonly Shift[]
  gaps: readonly Span[]
  zone: string
}) {
  const now = useNow(60)
  const ahead = days.filter((day) => day.toMs > now)
  return (
    <ol aria-label="By day">
      {(ahead.length > 0 ? ahead : days).map((day) => {
        const today = now >= day.fromMs && now < day.toMs
        const touches = (span: Span) => Date.parse(span.from) < day.toMs && Date.parse(span.to) > day.fromMs
        const hours = (span: Span) => hoursWords(span, day, zone)
        const entries = [
          ...shifts
            .filter(touches)
            .map((shift) => ({ at: shift.from, id: `${shift.from} ${shift.person.handle}`, hours: hours(shift), shift })),
          ...gaps.filter(touches).map((gap) => ({ at: gap.from, id: `gap ${gap.from}`, hours: hours(gap), shift: undefined })),
        ].sort((a, b) => (a.at < b.at ? -1 : 1))
        return (
          <li key={day.date} className="border-t border-line py-2 first:border-t-0">
            <h3 className={cx('text-meta', today ? 'font-semibold text-accent' : 'font-normal text-ink3')}>
              {today ? 'Today, ' : ''}
              {dayWords(day.fromMs, { zone, nowMs: now })}
            </h3>
            <ul>
              {entries.map(({ id, hours: when, shift }) => (
                <li key={id} className="flex min-h-8 items-center gap-2 py-0.5">
                  <span className="w-24 shrink-0 text-ink2 tabular-nums">{when}</span>
                  {shift ? (
                    <>
                      <Avatar person={personRef(shift.person)} named={false} />
                      <span className="min-w-0 flex-1">
                        <span className="font-medium">{shift.person.name}</span>
                        {shift.override !== null && <span className="block text-ink2">{shift.reason}</span>}
                      </span>
                    </>
                  ) : (
                    <>
                      <span aria-hidden className="hatched size-5 shrink-0 rounded-chip border border-red" />
                      <span className="font-medium text-red">Nobody</span>
                    </>
                  )}
                </li>
              ))}
            </ul>
          </li>
        )
      })}
    </ol>
  )
}

/** The part of a span that lies in a day: "all day", "from 09:00", "until 09:00", "09:00–17:00". */
function hoursWords(span: Span, day: Day, zone: string): string {
  const [from, to] = [Date.parse(span.from), Date.parse(span.to)]
  const [starts, ends] = [from > day.fromMs, to < day.toMs]
  if (starts && ends) return `${clockTime(from, zone)}–${clockTime(to, zone)}`
  if (starts) return `from ${clockTime(from, zone)}`
  return ends ? `until ${clockTime(to, zone)}` : 'all day'
}

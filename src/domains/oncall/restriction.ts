// The hours to which a layer is restricted. Windows lie on the wall clock of the schedule's zone; what they cover is a sorted list of
// disjoint spans of epoch milliseconds.
import { weekdays, type Weekday, type Window } from './schedule.ts'
import { dayMs, timeOfDayMs, wallClock, type WallClock } from './wall-clock.ts'

/** A half-open span of epoch milliseconds. */
export type Span = { from: number; to: number }

/** What the windows cover of [from, to): sorted, disjoint, not touching, cut at both ends. */
export function windowSpans(windows: readonly Window[], zone: string, from: number, to: number): Span[] {
  const clock = wallClock(zone)
  const spans: Span[] = []
  // A window that started up to a week ago may still be open.
  const firstDay = Math.floor(clock.toWall(from) / dayMs) - 7
  const lastDay = Math.floor(clock.toWall(to) / dayMs)
  for (const window of windows) {
    const starts = startsOn(window)
    const [startMs, endMs] = boundsOf(window)
    for (let day = firstDay; day <= lastDay; day++) {
      if (starts(day)) pushCut(spans, spanOf(clock, day, startMs, endMs), from, to)
    }
  }
  return joined(spans)
}

/** Sorts spans and joins those that overlap or touch. */
export function joined(spans: Span[]): Span[] {
  const result: Span[] = []
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else result.push({ ...span })
  }
  return result
}

/** What two sorted lists of disjoint spans have in common, with everything else that the first list's spans carry. */
export function intersection<Carrier extends Span>(carriers: readonly Carrier[], spans: readonly Span[]): Carrier[] {
  const result: Carrier[] = []
  let next = 0
  for (const carrier of carriers) {
    while (next < spans.length && spans[next]!.to <= carrier.from) next++
    for (let i = next; i < spans.length && spans[i]!.from < carrier.to; i++) pushCut(result, carrier, spans[i]!.from, spans[i]!.to)
  }
  return result
}

function pushCut<Cut extends Span>(list: Cut[], span: Cut, from: number, to: number): void {
  const cut = { ...span, from: Math.max(span.from, from), to: Math.min(span.to, to) }
  if (cut.from < cut.to) list.push(cut)
}

const spanOf = (clock: WallClock, day: number, startMs: number, endMs: number): Span => ({
  from: clock.toInstant(day * dayMs + startMs),
  to: clock.toInstant(day * dayMs + endMs),
})

/** Start and end in milliseconds of the wall clock since the midnight of the day on which the window starts. */
function boundsOf(window: Window): [number, number] {
  const start = timeOfDayMs(window.from)
  const end = timeOfDayMs(window.to)
  if (window.kind !== 'time-of-week') return [start, end > start ? end : end + dayMs]
  const days = (weekdays.indexOf(window.toDay) - weekdays.indexOf(window.fromDay) + 7) % 7
  return [start, days === 0 && end <= start ? end + 7 * dayMs : end + days * dayMs]
}

/** Whether the window starts on a day, counted from 1970-01-01. */
function startsOn(window: Window): (day: number) => boolean {
  switch (window.kind) {
    case 'daily':
      return () => true
    case 'weekdays':
      return (day) => window.days.includes(weekdayOf(day))
    case 'month-days':
      return (day) => window.days.includes(new Date(day * dayMs).getUTCDate())
    case 'time-of-week':
      return (day) => window.fromDay === weekdayOf(day)
  }
}

/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): Weekday => weekdays[(((day + 3) % 7) + 7) % 7]!

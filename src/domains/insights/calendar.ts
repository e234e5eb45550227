// Where a moment falls: the week of a zone, and whether it is somebody's night. Pure.
import { inZone, instant, type Instant, type Temporal } from '#kernel/time.ts'

type PartOfDay = 'working' | 'evening' | 'night'

/** What the calendar and the clock of a zone say: the Monday of the week (`2026-11-23`), the day of the week (0 is Monday), the hour. */
export type Local = { week: string; day: number; hour: number; part: PartOfDay }

/** Reads many moments in one zone. A quarter of an hour is looked up once: no zone moves its clocks within one. */
export function localTimes(zone: string): (at: Instant) => Local {
  const known = new Map<number, Local>()
  return (at) => {
    const quarter = Math.floor(Date.parse(at) / 900_000)
    const local = known.get(quarter) ?? localAt(at, zone)
    known.set(quarter, local)
    return local
  }
}

function localAt(at: Instant, zone: string): Local {
  const local = inZone(at, zone)
  const { hour, dayOfWeek } = local
  return { week: mondayOf(local.toPlainDate()).toString(), day: dayOfWeek - 1, hour, part: partOfDay(hour, dayOfWeek) }
}

/** Night is 22:00 to 07:00 of the person's own zone, every day; working hours are 09:00 to 18:00, Monday to Friday; the rest is evening or weekend. */
function partOfDay(hour: number, dayOfWeek: number): PartOfDay {
  if (hour >= 22 || hour < 7) return 'night'
  return dayOfWeek <= 5 && hour >= 9 && hour < 18 ? 'working' : 'evening'
}

/** Mondays of all weeks that [from, to) touches, oldest first; at most 200. */
export function weeksBetween(from: Instant, to: Instant, zone: string): string[] {
  const last = localAt(instant(Date.parse(to) - 1), zone).week
  const weeks: string[] = []
  for (let day = mondayOf(inZone(from, zone).toPlainDate()); weeks.length < 200 && day.toString() <= last; day = day.add({ days: 7 }))
    weeks.push(day.toString())
  return weeks
}

const mondayOf = (date: Temporal.PlainDate) => date.subtract({ days: date.dayOfWeek - 1 })

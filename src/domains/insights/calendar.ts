// Where a moment falls: the week of a zone, and whether it is somebody's night. Pure.
import { inZone, instant, type Instant, type Temporal } from '#kernel/time.ts'

export type PartOfDay = 'working' | 'evening' | 'night'

/** Night is 22:00 to 07:00 of the person's own zone, every day; working hours are 09:00 to 18:00, Monday to Friday; the rest is evening or weekend. */
export function partOfDay(at: Instant, zone: string): PartOfDay {
  const { hour, dayOfWeek } = inZone(at, zone)
  if (hour >= 22 || hour < 7) return 'night'
  return dayOfWeek <= 5 && hour >= 9 && hour < 18 ? 'working' : 'evening'
}

/** Monday of the week (`2026-11-23`) in the zone. */
export const weekOf = (at: Instant, zone: string): string => mondayOf(inZone(at, zone).toPlainDate()).toString()

/** Mondays of all weeks that [from, to) touches, oldest first; at most 200. */
export function weeksBetween(from: Instant, to: Instant, zone: string): string[] {
  const last = weekOf(instant(Date.parse(to) - 1), zone)
  const weeks: string[] = []
  for (let day = mondayOf(inZone(from, zone).toPlainDate()); weeks.length < 200 && day.toString() <= last; day = day.add({ days: 7 }))
    weeks.push(day.toString())
  return weeks
}

/** Day of the week, 0 is Monday, and hour of the day in the zone. */
export function hourOfWeek(at: Instant, zone: string): { day: number; hour: number } {
  const { dayOfWeek, hour } = inZone(at, zone)
  return { day: dayOfWeek - 1, hour }
}

const mondayOf = (date: Temporal.PlainDate) => date.subtract({ days: date.dayOfWeek - 1 })

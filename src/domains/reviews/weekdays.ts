// Days on which people are expected to work: Monday to Friday.
import { Temporal } from '#kernel/time.ts'

/** The date (`2026-11-23`) that many weekdays later: the day itself does not count. Five from a Friday or Saturday is the next Friday. */
export function weekdaysLater(date: string, count: number): string {
  let day = Temporal.PlainDate.from(date)
  for (let left = count; left > 0;) {
    day = day.add({ days: 1 })
    if (day.dayOfWeek <= 5) left--
  }
  return day.toString()
}

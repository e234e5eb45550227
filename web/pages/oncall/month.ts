// Months and days on the wall clock of a zone, as instants. A day may have 23 or 25 hours: nothing here counts in 24.
import { fromWall, wallText } from '../../ui/wall-time.ts'

export interface Day {
  /** Epoch milliseconds of its first instant and of the next day's. */
  fromMs: number
  toMs: number
  date: number
  weekday: 'Mo' | 'Tu' | 'We' | 'Th' | 'Fr' | 'Sa' | 'Su'
  weekend: boolean
}

const weekdays = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa'] as const
const dayMs = 86_400_000

/** `2026-11` of a moment in a zone. */
export const monthOf = (atMs: number, zone: string): string => wallText(atMs, zone).slice(0, 7)

/** Whether a text is a month such as `2026-11`. */
export const isMonth = (text: string): boolean => /^(19|20|21)\d\d-(0[1-9]|1[0-2])$/.test(text)

/** The month so many months later, or earlier when negative. */
export function addMonths(month: string, count: number): string {
  const [year, index] = yearAndIndex(month)
  return new Date(Date.UTC(year, index + count, 1)).toISOString().slice(0, 7)
}

/** The days of a month in a zone, each from its first instant to the next day's. */
export function daysOf(month: string, zone: string): Day[] {
  const [year, index] = yearAndIndex(month)
  return daysFrom(`${month}-01`, new Date(Date.UTC(year, index + 1, 0)).getUTCDate(), zone)
}

/** So many days from a date such as `2026-11-24` on. */
export function daysFrom(date: string, count: number, zone: string): Day[] {
  const first = Date.parse(`${date}T00:00Z`)
  const starts = Array.from({ length: count + 1 }, (_, day) => fromWall(first + day * dayMs, zone))
  return starts.slice(0, count).map((fromMs, day) => {
    const wall = new Date(first + day * dayMs)
    const weekday = weekdays[wall.getUTCDay()]!
    return { fromMs, toMs: starts[day + 1]!, date: wall.getUTCDate(), weekday, weekend: weekday === 'Sa' || weekday === 'Su' }
  })
}

/** "November 2026" */
export const monthWords = (month: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long', year: 'numeric' }).format(Date.parse(`${month}-01T00:00Z`))

const yearAndIndex = (month: string): [number, number] => [Number(month.slice(0, 4)), Number(month.slice(5)) - 1]

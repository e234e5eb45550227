// Months and days on the wall clock of a zone, as instants. A day may have 23 or 25 hours: nothing here counts in 24.

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

/** What a wall clock shows, as a `datetime-local` field writes it: `2026-11-24T09:00`. */
export const wallText = (atMs: number, zone: string): string => new Date(atMs + offsetMs(atMs, zone)).toISOString().slice(0, 16)

/** The instant of a wall time such as `2026-11-24T09:00`: the first of one that happens twice, the end of the gap for one that does not happen. */
export const instantOfWall = (text: string, zone: string): string => new Date(fromWall(Date.parse(`${text}Z`), zone)).toISOString()

function fromWall(wall: number, zone: string): number {
  const found = [wall - offsetMs(wall - dayMs, zone), wall - offsetMs(wall + dayMs, zone)]
  const right = found.filter((at) => at + offsetMs(at, zone) === wall)
  return right.length > 0 ? Math.min(...right) : Math.max(...found)
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far a zone's wall clock is ahead of UTC at an instant. */
function offsetMs(atMs: number, zone: string): number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  formats.set(zone, format)
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(atMs)) part[type] = Number(value)
  return (
    Date.UTC(part['year']!, part['month']! - 1, part['day']!, part['hour']!, part['minute']!, part['second']!) -
    Math.floor(atMs / 1000) * 1000
  )
}

const yearAndIndex = (month: string): [number, number] => [Number(month.slice(0, 4)), Number(month.slice(5)) - 1]

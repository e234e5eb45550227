// What a schedule page shows at once: a day by hours, a week, two weeks or a month by days, on the wall clock of a zone.
import { addMonths, daysFrom, daysOf, isMonth, monthWords, type Day } from './month.ts'
import { wallText } from '../../ui/wall-time.ts'

export type View = 'day' | 'week' | 'two-weeks' | 'month'
/** In the order of the keys 1 to 4. */
export const views: { value: View; label: string }[] = [
  { value: 'day', label: 'Day' },
  { value: 'week', label: 'Week' },
  { value: 'two-weeks', label: 'Two weeks' },
  { value: 'month', label: 'Month' },
]

/** A column of the grid: an hour or a day. `above` is set small over `label`. */
export interface Column {
  fromMs: number
  toMs: number
  above: string
  label: string
  weekend: boolean
}
export interface Period {
  view: View
  days: Day[]
  columns: Column[]
  fromMs: number
  toMs: number
  /** "Tue 24 Nov 2026", "23 – 29 Nov 2026", "November 2026" */
  words: string
}

export const isView = (text: unknown): text is View => views.some((one) => one.value === text)

/** Whether a text is a day such as `2026-11-24`. */
export const isDate = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text) && isMonth(text.slice(0, 7)) && shifted(text, 0) === text

/** The day of a moment in a zone: `2026-11-24`. */
export const dateOf = (atMs: number, zone: string): string => wallText(atMs, zone).slice(0, 10)

/** The period that holds a day. Weeks begin on Monday. */
export function periodOf(view: View, date: string, zone: string): Period {
  const days = view === 'month' ? daysOf(date.slice(0, 7), zone) : daysFrom(firstOf(view, date), lengths[view], zone)
  const [first, last] = [days[0]!, days.at(-1)!]
  return {
    view,
    days,
    columns: view === 'day' ? hoursOf(first, zone) : days.map((day) => ({ ...day, above: day.weekday, label: String(day.date) })),
    fromMs: first.fromMs,
    toMs: last.toMs,
    words: wordsOf(view, date),
  }
}

/** A day in the period after this one, or so many further on; before it when negative. */
export function stepped(view: View, date: string, count: number): string {
  if (view === 'month') return `${addMonths(date.slice(0, 7), count)}-01`
  return shifted(firstOf(view, date), count * lengths[view])
}

/** The first day of the period that holds a day. */
export function firstOf(view: View, date: string): string {
  if (view === 'day') return date
  if (view === 'month') return `${date.slice(0, 7)}-01`
  return shifted(date, -((new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7))
}

const lengths = { day: 1, week: 7, 'two-weeks': 14 }
const hourMs = 3_600_000

const shifted = (date: string, days: number): string => {
  const at = Date.parse(`${date}T00:00Z`) + days * 86_400_000
  return Number.isNaN(at) ? '' : new Date(at).toISOString().slice(0, 10)
}

/** The hours that pass in a day: 23 or 25 when the clock changes, and one of them is named twice then. */
function hoursOf(day: Day, zone: string): Column[] {
  return Array.from({ length: Math.ceil((day.toMs - day.fromMs) / hourMs) }, (_, hour) => {
    const fromMs = day.fromMs + hour * hourMs
    return {
      fromMs,
      toMs: Math.min(fromMs + hourMs, day.toMs),
      above: '',
      label: wallText(fromMs, zone).slice(11, 13),
      weekend: day.weekend,
    }
  })
}

function wordsOf(view: View, date: string): string {
  if (view === 'month') return monthWords(date.slice(0, 7))
  const first = firstOf(view, date)
  const last = shifted(first, lengths[view] - 1)
  if (view === 'day') return spoken(first, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
  const oneMonth = first.slice(0, 7) === last.slice(0, 7)
  return `${spoken(first, oneMonth ? { day: 'numeric' } : { day: 'numeric', month: 'short' })} – ${spoken(last, { day: 'numeric', month: 'short', year: 'numeric' })}`
}

const spoken = (date: string, parts: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...parts }).format(Date.parse(`${date}T00:00Z`)).replace(',', '')

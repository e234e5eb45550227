// Time intervals: recurring stretches of wall-clock time, as Alertmanager writes them. What is not named is not restricted; an empty interval
// is always. Used by the mute and active times of routes.
import { z } from 'zod'
import { inZone, ZoneSchema, type Instant } from '#kernel/time.ts'

const weekdayNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

type Range = { from: number; to: number }

const timeOfDay = /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/
const TimeOfDay = z.string().regex(timeOfDay, 'is not a time of day; write 09:00, or 24:00 for the end of the day')
const rangeText = (read: (text: string) => Range | string) =>
  z
    .string()
    .max(40)
    .superRefine((text, context) => {
      const range = read(text)
      if (typeof range === 'string') context.addIssue({ code: 'custom', message: range })
    })

/** `times` are `[from, to)`; the others are single values or inclusive ranges `monday:friday`; days of the month count from the end when negative. */
export const TimeIntervalSchema = z.strictObject({
  times: z
    .array(
      z
        .tuple([TimeOfDay, TimeOfDay])
        .refine(
          ([from, to]) => !timeOfDay.test(from) || !timeOfDay.test(to) || from < to,
          'ends before it begins; write two times, up to 24:00 and from 00:00',
        ),
    )
    .max(20)
    .optional(),
  weekdays: z.array(rangeText(readWeekdays)).max(20).optional(),
  daysOfMonth: z.array(rangeText(readDaysOfMonth)).max(20).optional(),
  months: z.array(rangeText(readMonths)).max(20).optional(),
  years: z.array(rangeText(readYears)).max(20).optional(),
  /** IANA time zone. Default UTC. */
  location: ZoneSchema.optional(),
})
export type TimeInterval = z.output<typeof TimeIntervalSchema>

/** Whether a moment lies in the interval, on the wall clock of its location. The interval is one that the schema took. */
export function isWithin(interval: TimeInterval, at: Instant): boolean {
  const clock = inZone(at, interval.location ?? 'UTC')
  const clockTime = `${String(clock.hour).padStart(2, '0')}:${String(clock.minute).padStart(2, '0')}`
  return (
    (interval.times?.some(([from, to]) => from <= clockTime && clockTime < to) ?? true) &&
    holds(interval.weekdays, readWeekdays, clock.dayOfWeek) &&
    (interval.daysOfMonth?.some((text) => isDayOfMonth(text, clock.day, clock.daysInMonth)) ?? true) &&
    holds(interval.months, readMonths, clock.month) &&
    holds(interval.years, readYears, clock.year)
  )
}

const holds = (texts: readonly string[] | undefined, read: (text: string) => Range | string, value: number): boolean =>
  texts?.some((text) => {
    const range = read(text)
    return typeof range !== 'string' && range.from <= value && value <= range.to
  }) ?? true

/** A range is cut to the month that it falls into: `-31:31` is all of June, `31` is no day of it. */
function isDayOfMonth(text: string, day: number, daysInMonth: number): boolean {
  const range = readDaysOfMonth(text)
  if (typeof range === 'string') return false
  const counted = (n: number): number => (n < 0 ? daysInMonth + n + 1 : n)
  return counted(range.from) <= day && day <= counted(range.to)
}

function readWeekdays(text: string): Range | string {
  return readRange(text, (part) => weekdayNames.indexOf(part.toLowerCase()) + 1 || undefined, 'a weekday; write monday or monday:friday')
}

function readMonths(text: string): Range | string {
  const month = (part: string): number | undefined => monthNames.indexOf(part.toLowerCase()) + 1 || whole(part, 1, 12)
  return readRange(text, month, 'a month; write june, 6 or june:august')
}

function readYears(text: string): Range | string {
  return readRange(text, (part) => whole(part, 1970, 9999), 'a year; write 2026 or 2026:2028')
}

function readDaysOfMonth(text: string): Range | string {
  const range = readRange(
    text,
    (part) => whole(part, 1, 31) ?? whole(part, -31, -1),
    'a day of the month; write 1, -1 for the last, or 1:7',
    true,
  )
  if (typeof range !== 'string' && range.from > 0 && range.to < 0 && range.from > 31 + range.to + 1) return `${text} ends before it begins`
  return range
}

function readRange(text: string, read: (part: string) => number | undefined, what: string, mixedSigns = false): Range | string {
  const parts = text.split(':')
  const from = read(parts[0]!.trim())
  const to = parts.length === 1 ? from : read(parts[1]!.trim())
  if (parts.length > 2 || from === undefined || to === undefined) return `${text} is not ${what}`
  if (from > to && !(mixedSigns && from > 0 && to < 0)) return `${text} ends before it begins; write two ranges`
  return { from, to }
}

function whole(text: string, least: number, most: number): number | undefined {
  const number = /^-?\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  return number >= least && number <= most ? number : undefined
}

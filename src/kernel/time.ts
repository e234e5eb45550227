// Time as the product uses it: an instant is an ISO 8601 text in UTC with milliseconds, so that it compares with `<`, travels as JSON and
// is stored without conversion. The only file that imports Temporal.
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'

export { Temporal }

declare const instantBrand: unique symbol
/** A moment, always written `2026-11-24T15:14:48.000Z`. Two instants compare correctly as texts. */
export type Instant = string & { readonly [instantBrand]: true }

/** The one source of "now". The live one asks the machine, the one of a scenario is moved by hand. */
export interface Clock {
  now(): Instant
}

/**
 * Reads epoch milliseconds or any ISO 8601 text with an offset. Throws RangeError when it is neither, and for years before 1 or after 9999:
 * they are written with a sign, which neither sorts as text nor is read by a database.
 */
export function instant(value: string | number): Instant {
  const date = new Date(value)
  const year = date.getUTCFullYear()
  if (!(year >= 1 && year <= 9999)) throw new RangeError(`not a time: ${value}`)
  return date.toISOString() as Instant
}

const withoutOffset = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?$/

/** As `instant`, of what a sender wrote: without an offset it is UTC, wherever this machine stands. */
export const sentInstant = (text: string): Instant =>
  instant(withoutOffset.test(text) ? `${text.replace(' ', 'T').replace(',', '.')}Z` : text)

/** Epoch milliseconds of an instant. */
export const epochMs = (at: Instant): number => Date.parse(at)

export const addSeconds = (at: Instant, seconds: number): Instant => instant(epochMs(at) + Math.round(seconds * 1000))

/** Seconds from `from` to `to`; negative when `to` is earlier. */
export const secondsBetween = (from: Instant, to: Instant): number => (epochMs(to) - epochMs(from)) / 1000

export const earliest = (...instants: Instant[]): Instant => instants.reduce((a, b) => (b < a ? b : a))
export const latest = (...instants: Instant[]): Instant => instants.reduce((a, b) => (b > a ? b : a))

/** The wall clock of an instant in an IANA zone. Throws RangeError for an unknown zone. */
export const inZone = (at: Instant, zone: string): Temporal.ZonedDateTime => Temporal.Instant.from(at).toZonedDateTimeISO(zone)

/** The instant of a wall-clock moment. */
export const fromZoned = (moment: Temporal.ZonedDateTime): Instant => instant(moment.epochMilliseconds)

/** Whether the platform knows this IANA zone. */
export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return !/^[+-]/.test(zone)
  } catch {
    return false
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>()
/** To make one costs thirty times what using it does. Zones are some six hundred, but for how they are spelled. */
function formatterIn(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  })
  if (formatters.size >= 1000) formatters.clear()
  formatters.set(zone, made)
  return made
}

/** "Wed 25 Nov, 09:00 CET": how messages and sentences name a moment to a person in that zone. */
export function spokenTime(at: Instant, zone: string): string {
  const parts = formatterIn(zone).formatToParts(new Date(at))
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
  return `${part('weekday')} ${part('day')} ${part('month')}, ${part('hour')}:${part('minute')} ${part('timeZoneName')}`
}

/** "47 s", "12 min", "2 h 10 min", "3 d 4 h": a duration as people say it. */
export function spokenDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min`
  if (s < 86_400) return s % 3600 < 60 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`
  const hours = Math.floor((s % 86_400) / 3600)
  return hours === 0 ? `${Math.floor(s / 86_400)} d` : `${Math.floor(s / 86_400)} d ${hours} h`
}

/** An instant at the edge: accepts any ISO 8601 time with offset, hands on the canonical form. */
export const InstantSchema = z.iso
  .datetime({ offset: true })
  .transform((text, context) => {
    try {
      return instant(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'is not a time of the years 1 to 9999' })
      return z.NEVER
    }
  })
  .meta({ id: 'Instant' })
/** An instant in an output: already canonical. */
export const InstantOut = z.string().meta({ format: 'date-time', description: 'UTC, with milliseconds' }) as unknown as z.ZodType<
  Instant,
  Instant
>
/** An IANA time zone that this machine knows. */
export const ZoneSchema = z.string().max(64).refine(isZone, 'is not a time zone; write one like Europe/Berlin')

// How times and durations are written: 24 h, the reader's zone named, relative under 24 h, the year only when it is not this one.

/** Digits of a clock from seconds: 0:08, 59:59, 1:21:08, "2 d 4 h"; a true minus sign when negative. */
export function clockDigits(seconds: number): string {
  const sign = seconds < 0 ? '−' : ''
  const whole = Math.floor(Math.abs(seconds))
  const [d, h, m, s] = [Math.floor(whole / 86400), Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  if (d > 0) return `${sign}${d} d ${h % 24} h`
  return h > 0 ? `${sign}${h}:${pad(m)}:${pad(s)}` : `${sign}${m}:${pad(s)}`
}

/** A duration in words from seconds: 0.4 s, 40 s, 12 min, 1 min 12 s (only when `exact`), 2 h 10 min, 3 d 4 h. */
export function durationWords(seconds: number, exact = false): string {
  const sign = seconds < 0 ? '−' : ''
  const length = Math.abs(seconds)
  if (length < 10 && !Number.isInteger(length)) return `${sign}${length.toFixed(1)} s`
  const whole = Math.floor(length)
  if (whole < 60) return `${sign}${whole} s`
  const [d, h, m, s] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60]
  if (d > 0) return sign + both(d, 'd', h, 'h')
  if (h > 0) return sign + both(h, 'h', m, 'min')
  return sign + (exact ? both(m, 'min', s, 's') : `${m} min`)
}

export interface WhenOptions {
  /** IANA zone of the reader. */
  zone: string
  nowMs: number
  /** Names the zone behind the time. Default true. */
  nameZone?: boolean
  /** Adds seconds: only in records. */
  seconds?: boolean
}

/** The absolute time, as short as it can be said: "14:02 CET" today, "tomorrow 09:00 CET", "Wed 25 Nov, 09:00 CET", "3 Jan 2025, 09:00 CET". */
export function absoluteTime(atMs: number, { zone, nowMs, nameZone = true, seconds = false }: WhenOptions): string {
  const clock = clockTime(atMs, zone, seconds)
  const name = nameZone ? ` ${zoneName(atMs, zone)}` : ''
  const days = dayNumber(atMs, zone) - dayNumber(nowMs, zone)
  if (days === 0) return clock + name
  if (days === 1) return `tomorrow ${clock}${name}`
  if (days === -1) return `yesterday ${clock}${name}`
  return `${dayWords(atMs, { zone, nowMs })}, ${clock}${name}`
}

/** A day: "Wed 25 Nov", with its year when that is not this one. */
export function dayWords(atMs: number, { zone, nowMs }: { zone: string; nowMs: number }): string {
  const at = parts(atMs, zone)
  const sameYear = at.year === parts(nowMs, zone).year
  return sameYear ? `${at.weekday} ${at.day} ${at.month}` : `${at.day} ${at.month} ${at.year}`
}

/** The wall clock in a zone: 14:02, or 14:02:11 with seconds. */
export function clockTime(atMs: number, zone: string, seconds = false): string {
  const at = parts(atMs, zone)
  return seconds ? `${at.hour}:${at.minute}:${at.second}` : `${at.hour}:${at.minute}`
}

/** "38 min ago", "in 4 min", "now"; undefined from 24 h on, where only the absolute time helps. */
export function relativeTime(atMs: number, nowMs: number): string | undefined {
  const seconds = Math.round((atMs - nowMs) / 1000)
  if (Math.abs(seconds) >= 86400) return undefined
  if (Math.abs(seconds) < 5) return 'now'
  return seconds > 0 ? `in ${durationWords(seconds)}` : `${durationWords(-seconds)} ago`
}

/**
 * Now, from which a moment's distance is told: by the second while it is near, for by tens of seconds what has just happened would still be to come;
 * by ten seconds where only minutes are told.
 */
export function nowBeside(atMs: number, nowMs: number): number {
  const step = Math.abs(atMs - nowMs) < 70_000 ? 1000 : 10_000
  return Math.floor(nowMs / step) * step
}

/** The short name of a zone at a moment: CET, EST, UTC+9. */
export function zoneName(atMs: number, zone: string): string {
  for (const locale of ['en-GB', 'en-US']) {
    const name = formatter(zone, locale, { timeZoneName: 'short' })
      .formatToParts(atMs)
      .find((part) => part.type === 'timeZoneName')?.value
    if (name && !name.startsWith('GMT+') && !name.startsWith('GMT-')) return name
  }
  return zoneOffset(atMs, zone)
}

/** The offset of a zone at a moment: UTC, UTC+1, UTC−3:30. */
export function zoneOffset(atMs: number, zone: string): string {
  const name = formatter(zone, 'en-US', { timeZoneName: 'shortOffset' })
    .formatToParts(atMs)
    .find((part) => part.type === 'timeZoneName')?.value
  return (name ?? 'UTC').replace('GMT', 'UTC').replace('-', '−')
}

/** The zone of this browser. */
export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const pad = (value: number) => String(value).padStart(2, '0')
const both = (big: number, bigUnit: string, small: number, smallUnit: string) =>
  small > 0 ? `${big} ${bigUnit} ${small} ${smallUnit}` : `${big} ${bigUnit}`

/** Days since 1970 of the wall clock in a zone: differences of it are differences of calendar days. */
function dayNumber(atMs: number, zone: string): number {
  const at = parts(atMs, zone)
  return Math.round(Date.UTC(Number(at.year), monthNames.indexOf(at.month), Number(at.day)) / 86400000)
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function parts(atMs: number, zone: string) {
  const found: Record<string, string> = {}
  const wanted = {
    weekday: 'short',
    day: 'numeric',
    month: 'numeric',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  } as const
  for (const part of formatter(zone, 'en-GB', wanted).formatToParts(atMs)) found[part.type] = part.value
  const { weekday = '', day = '', month = '1', year = '', hour = '', minute = '', second = '' } = found
  return { weekday, day: String(Number(day)), month: monthNames[Number(month) - 1] ?? '', year, hour, minute, second }
}

const formatters = new Map<string, Intl.DateTimeFormat>()
function formatter(zone: string, locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${options.timeZoneName ?? ''}`
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options })
  formatters.set(key, made)
  return made
}

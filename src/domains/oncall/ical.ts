// On-call shifts as an iCalendar (RFC 5545) that any calendar program can subscribe to. All times are UTC, so that no VTIMEZONE is needed;
// lines end in CRLF and are folded at 75 octets, texts are escaped.
import type { Instant } from '#kernel/time.ts'
import { finalShifts, personShifts, type Shift } from './final-schedule.ts'
import type { NameOf } from './overrides.ts'
import type { Person, Schedule } from './schedule.ts'

/** What the calendar needs besides its shifts. `now` stamps the export; `linkOf` gives the address of a schedule's page. */
export type CalendarOptions = { from: Instant; to: Instant; now: Instant; nameOf?: NameOf; linkOf?: (schedule: Schedule) => string }

/** Everybody's shifts of one schedule over [from, to), one event per person and shift. */
export function scheduleCalendar(schedule: Schedule, options: CalendarOptions): string {
  const nameOf = options.nameOf ?? ((person) => person)
  return calendar(
    `On call: ${schedule.name}`,
    eventsOf(schedule, options, (person) => `${nameOf(person)} on call: ${schedule.name}`),
    options.now,
  )
}

/** One person's shifts in several schedules over [from, to). */
export function personCalendar(person: Person, schedules: readonly Schedule[], options: CalendarOptions): string {
  const nameOf = options.nameOf ?? ((id) => id)
  const events = schedules.flatMap((schedule) => eventsOf(schedule, options, () => `On call: ${schedule.name}`, person))
  return calendar(`On call: ${nameOf(person)}`, events, options.now)
}

/** Escapes a TEXT value: backslash, semicolon, comma and line breaks; other control characters cannot be written and are dropped. */
export const escapeText = (text: string): string =>
  text
    .replace(/[\\;,]/g, (character) => `\\${character}`)
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/(?!\t)\p{Cc}/gu, '')

/** Folds one content line at 75 octets of UTF-8 without cutting a character (RFC 5545, 3.1); no line end at the end. */
export function foldLine(line: string): string {
  let folded = ''
  let octets = 0
  for (const character of line) {
    const size = Buffer.byteLength(character)
    if (octets + size > 75) {
      folded += '\r\n '
      octets = 1
    }
    folded += character
    octets += size
  }
  return folded
}

type CalendarEvent = { uid: string; from: Instant; to: Instant; summary: string; description: string; link: string | undefined }

function eventsOf(schedule: Schedule, options: CalendarOptions, summaryOf: (person: Person) => string, only?: Person): CalendarEvent[] {
  const shifts = finalShifts(schedule, options.from, options.to, options.nameOf).filter(
    (shift) => only === undefined || shift.person === only,
  )
  return personShifts(shifts).map(({ person, from, to }) => ({
    uid: `${schedule.slug}-${encodeURIComponent(person)}-${utc(from)}@tocsin`,
    from,
    to,
    summary: summaryOf(person),
    description: reasonsOf(shifts, person, from, to),
    link: options.linkOf?.(schedule),
  }))
}

const reasonsOf = (shifts: readonly Shift[], person: Person, from: Instant, to: Instant): string =>
  [...new Set(shifts.filter((shift) => shift.person === person && from <= shift.from && shift.to <= to).map((shift) => shift.reason))].join(
    '\n',
  )

function calendar(name: string, events: readonly CalendarEvent[], now: Instant): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Tocsin//On-call//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    'X-PUBLISHED-TTL:PT1H',
    ...events.flatMap((event) => [
      'BEGIN:VEVENT',
      `UID:${event.uid}`,
      `DTSTAMP:${utc(now)}`,
      `DTSTART:${utc(event.from)}`,
      `DTEND:${utc(event.to)}`,
      `SUMMARY:${escapeText(event.summary)}`,
      `DESCRIPTION:${escapeText(event.description)}`,
      ...(event.link === undefined ? [] : [`URL:${event.link}`]),
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${foldLine(line)}\r\n`).join('')
}

/** `20261124T151448Z`: iCalendar knows no fractions of a second. */
const utc = (at: Instant): string => `${at.slice(0, 19).replace(/[-:]/g, '')}Z`

// Wall clocks as numbers. A wall time is the milliseconds that its digits would be in UTC, so that adding days and hours is integer
// arithmetic; only the step to and from an instant knows the zone. Zone rules are read once a year and zone, then kept.
import { Temporal } from '#kernel/time.ts'

const minuteMs = 60_000
export const hourMs = 3_600_000
export const dayMs = 86_400_000

export interface WallClock {
  /** Epoch milliseconds of a wall time: the first instant of one that happens twice, the end of the gap for one that does not exist. */
  toInstant(wall: number): number
  /** The wall time that the clock shows at this epoch millisecond. */
  toWall(at: number): number
}

/** The wall clock of an IANA zone. Throws RangeError for an unknown zone. */
export function wallClock(zone: string): WallClock {
  const rulesOf = rulesIn(zone)
  const offsetAt = (at: number): number => {
    const rules = rulesOf(yearOf(at))
    return rules.transitions.findLast((transition) => transition.at <= at)?.offset ?? rules.offset
  }
  return {
    toWall: (at) => at + offsetAt(at),
    toInstant(wall) {
      // No offset reaches a day, so at `wall - dayMs` the wall time has not come yet, and at `wall + dayMs` it is over.
      let at = wall - offsetAt(wall - dayMs)
      for (let year = yearOf(wall - dayMs); year <= yearOf(wall + dayMs); year++) {
        for (const transition of rulesOf(year).transitions) {
          if (transition.at <= wall - dayMs) continue
          if (at < transition.at) return at
          at = Math.max(transition.at, wall - transition.offset)
        }
      }
      return at
    },
  }
}

/** Reads `2026-11-24T15:14` or `2026-11-24T15:14:48`, a wall time, into its milliseconds. */
export const wallMs = (text: string): number => Date.parse(`${text}Z`)

/** Reads `09:30` or `09:30:15` into milliseconds since midnight. */
export function timeOfDayMs(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number)
  return hours * hourMs + minutes * minuteMs + seconds * 1000
}

type YearRules = { offset: number; transitions: { at: number; offset: number }[] }
const zones = new Map<string, Map<number, YearRules>>()

const yearOf = (at: number): number => new Date(at).getUTCFullYear()

function rulesIn(zone: string): (year: number) => YearRules {
  const years = zones.get(zone) ?? new Map<number, YearRules>()
  return (year) => {
    const known = years.get(year)
    if (known) return known
    const fresh = readRules(zone, year)
    zones.set(zone, years.set(year, fresh))
    return fresh
  }
}

function readRules(zone: string, year: number): YearRules {
  const start = Temporal.Instant.fromEpochMilliseconds(Date.UTC(year, 0, 1)).toZonedDateTimeISO(zone)
  const fresh: YearRules = { offset: offsetMs(start), transitions: [] }
  const end = Date.UTC(year + 1, 0, 1)
  // A transition at the very start of the year is already in the year's first offset.
  for (let next = start.getTimeZoneTransition('next'); next && next.epochMilliseconds < end; next = next.getTimeZoneTransition('next')) {
    fresh.transitions.push({ at: next.epochMilliseconds, offset: offsetMs(next) })
  }
  return fresh
}

const offsetMs = (moment: Temporal.ZonedDateTime): number => moment.offsetNanoseconds / 1e6

// How good a schedule is over a range: where nobody is on call, and how evenly the burden lies on its people, nights and weekends counted.
import { epochMs, secondsBetween, spokenDuration, type Instant } from '#kernel/time.ts'
import { finalShifts, gaps, personShifts } from './final-schedule.ts'
import type { NameOf } from './overrides.ts'
import { intersection, windowSpans, type Span } from './restriction.ts'
import type { Person, Schedule, Window } from './schedule.ts'

/** One person's burden. `load` is their part against a fair part: 1 is exactly fair, 2 twice as much, null for people of no rotation. */
type PersonShare = {
  person: Person
  shifts: number
  seconds: number
  nightSeconds: number
  weekendSeconds: number
  /** Part of all on-call time, 0 to 1. */
  share: number
  load: number | null
}

export type Quality = {
  gaps: { from: Instant; to: Instant }[]
  gapSeconds: number
  /** Part of the range in which somebody is on call, 0 to 1. */
  coverage: number
  /** The greatest burden first; everybody of an active rotation is listed, also with nothing. */
  shares: PersonShare[]
  reason: string
}

export type QualityOptions = {
  /** Night hours on the wall clock; 22:00 to 06:00 when absent. */
  night?: { from: string; to: string }
  /** The IANA zone in which a person lives, since night is theirs; the schedule's when absent. */
  zoneOf?: (person: Person) => string
  nameOf?: NameOf
}

/** Judges the final schedule over [from, to). An empty range counts as covered. */
export function quality(schedule: Schedule, from: Instant, to: Instant, options: QualityOptions = {}): Quality {
  const { night = { from: '22:00', to: '06:00' }, zoneOf = () => schedule.zone, nameOf = (person) => person } = options
  const holes = gaps(schedule, from, to)
  const gapSeconds = holes.reduce((sum, gap) => sum + secondsBetween(gap.from, gap.to), 0)
  const windowSeconds = Math.max(0, secondsBetween(from, to))
  const coverage = windowSeconds === 0 ? 1 : 1 - gapSeconds / windowSeconds

  const spansOf = Map.groupBy(personShifts(finalShifts(schedule, from, to)), (shift) => shift.person)
  const members = membersOf(schedule, from, to)
  const hoursIn = hourCounter(from, to)
  const shares: PersonShare[] = [...new Set([...members, ...spansOf.keys()])].map((person) => {
    const spans = (spansOf.get(person) ?? []).map((shift) => ({ from: epochMs(shift.from), to: epochMs(shift.to) }))
    return {
      person,
      shifts: spans.length,
      seconds: totalSeconds(spans),
      nightSeconds: hoursIn({ kind: 'daily', ...night }, zoneOf(person), spans),
      weekendSeconds: hoursIn({ kind: 'weekdays', days: ['sat', 'sun'], from: '00:00', to: '00:00' }, zoneOf(person), spans),
      share: 0,
      load: null,
    }
  })
  const all = shares.reduce((sum, one) => sum + one.seconds, 0)
  for (const one of shares) {
    one.share = all === 0 ? 0 : one.seconds / all
    one.load = members.has(one.person) && all > 0 ? one.share * members.size : null
  }
  shares.sort((a, b) => b.seconds - a.seconds || (a.person < b.person ? -1 : 1))
  return {
    gaps: holes,
    gapSeconds,
    coverage,
    shares,
    reason: `${coverageSentence(holes.length, gapSeconds)}; ${loadSentence(shares, nameOf)}`,
  }
}

/** Everybody with a turn in a layer that is in force at some time of the range. */
const membersOf = (schedule: Schedule, from: Instant, to: Instant): Set<Person> =>
  new Set(
    schedule.layers
      .filter((layer) => (layer.from === undefined || layer.from < to) && (layer.until === undefined || layer.until > from))
      .flatMap((layer) =>
        layer.rotation.participants.filter((person): person is Person => person !== null && (schedule.gone?.get(person) ?? to) > from),
      ),
  )

/** Counts the seconds of spans that lie in a window; what the window covers is worked out once per zone. */
function hourCounter(from: Instant, to: Instant): (window: Window, zone: string, spans: readonly Span[]) => number {
  const covered = new Map<string, Span[]>()
  return (window, zone, spans) => {
    const key = `${window.kind} ${zone}`
    const hours = covered.get(key) ?? windowSpans([window], zone, epochMs(from), epochMs(to))
    covered.set(key, hours)
    return totalSeconds(intersection(spans, hours))
  }
}

const totalSeconds = (spans: readonly Span[]): number => spans.reduce((sum, span) => sum + span.to - span.from, 0) / 1000

const coverageSentence = (count: number, seconds: number): string =>
  count === 0
    ? 'somebody is always on call'
    : `nobody is on call for ${spokenDuration(seconds)} in ${count === 1 ? 'one gap' : `${count} gaps`}`

function loadSentence(shares: readonly PersonShare[], nameOf: NameOf): string {
  const most = shares.find((one) => one.load !== null)
  if (!most?.load) return 'no rotation carries anything'
  return most.load < 1.1 ? 'the burden is even' : `${nameOf(most.person)} carries ${most.load.toFixed(1)} times a fair part`
}

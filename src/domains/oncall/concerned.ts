// Whom a change of who is on call concerns: who has time then that they would not have, and who no longer has what they would. Pure.
import { addSeconds, epochMs, instant, secondsBetween, type Instant } from '#kernel/time.ts'
import { finalShifts } from './final-schedule.ts'
import { joined, type Span } from './restriction.ts'
import type { Person, Schedule } from './schedule.ts'

/** Disjoint and in order, both. */
export type Concern = { person: Person; gains: { from: Instant; to: Instant }[]; loses: { from: Instant; to: Instant }[] }

/** Nobody is told of what is farther away; an override may last for years. */
const looksAheadSeconds = 92 * 86_400

/** Each person who is on call at other times in `after` than in `before`, within [from, to), in the order of their names. */
export function concernsOf(before: Schedule, after: Schedule, from: Instant, to: Instant): Concern[] {
  const end = secondsBetween(from, to) > looksAheadSeconds ? addSeconds(from, looksAheadSeconds) : to
  const byPerson = (schedule: Schedule): Shifts => Map.groupBy(finalShifts(schedule, from, end), ({ person }) => person)
  const [had, has] = [byPerson(before), byPerson(after)]
  return [...new Set([...had.keys(), ...has.keys()])].sort().flatMap((person) => {
    const [old, fresh] = [spansOf(had, person), spansOf(has, person)]
    const concern = { person, gains: without(fresh, old), loses: without(old, fresh) }
    return concern.gains.length + concern.loses.length === 0 ? [] : [concern]
  })
}

type Shifts = Map<Person, { from: Instant; to: Instant }[]>

const spansOf = (shifts: Shifts, person: Person): Span[] =>
  joined((shifts.get(person) ?? []).map(({ from, to }) => ({ from: epochMs(from), to: epochMs(to) })))

/** What of some spans none of the others covers; both sorted and disjoint. */
function without(spans: readonly Span[], others: readonly Span[]): { from: Instant; to: Instant }[] {
  return spans.flatMap((span) => {
    const rest: Span[] = []
    let from = span.from
    for (const other of others) {
      if (other.to <= from || other.from >= span.to) continue
      if (other.from > from) rest.push({ from, to: other.from })
      from = other.to
    }
    if (from < span.to) rest.push({ from, to: span.to })
    return rest.map((one) => ({ from: instant(one.from), to: instant(one.to) }))
  })
}

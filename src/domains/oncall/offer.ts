// Whether a shift can be offered, and whether an offer can still be taken. Pure.
import { spokenTime, type Instant } from '#kernel/time.ts'
import { finalShifts, personShifts } from './final-schedule.ts'
import type { NameOf } from './overrides.ts'
import type { Person, Schedule } from './schedule.ts'

export type Offerable = { allowed: true; reason: string } | { allowed: false; reason: string }

/** A person gives away only what is theirs: they are on call over all of what is left of [from, to), and it is not over. */
export function offerable(schedule: Schedule, person: Person, from: Instant, to: Instant, now: Instant, nameOf: NameOf): Offerable {
  if (from >= to) return { allowed: false, reason: 'The end has to be later than the beginning.' }
  if (to <= now) return { allowed: false, reason: 'That shift is over.' }
  const start = from < now ? now : from
  const own = personShifts(finalShifts(schedule, start, to).filter((shift) => shift.person === person))
  const [first] = own
  if (own.length === 1 && first!.from === start && first!.to === to) return { allowed: true, reason: `${nameOf(person)} is on call then` }
  const hole = first?.from === start ? first.to : start
  return { allowed: false, reason: `${nameOf(person)} is not on call for ${schedule.name} at ${spokenTime(hole, schedule.zone)}.` }
}

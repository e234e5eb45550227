// Whose turn it is in one rotation. Handoffs lie on the wall clock: a day's handoff stays at its wall time over a change of the clock, an
// hourly turn over the spring gap skips the missing hour, one over the autumn hour lasts two real hours.
import { epochMs, instant, type Instant } from '#kernel/time.ts'
import type { Person, Rotation } from './schedule.ts'
import { dayMs, hourMs, wallClock, wallMs } from './wall-clock.ts'

/** One turn, half open. `index` counts from the turn at the anchor and may be negative. */
export type Turn = { index: number; person: Person | null; from: Instant; to: Instant }

/** The turn in which an instant lies. `zone` is IANA. */
export function turnAt(rotation: Rotation, zone: string, at: Instant): Turn {
  const handoff = handoffsOf(rotation, zone)
  const index = handoff.turnIndexAt(epochMs(at))
  let end = index + 1
  while (handoff.at(end) <= epochMs(at)) end++
  return { index, person: participant(rotation, index), from: instant(handoff.at(index)), to: instant(handoff.at(end)) }
}

/** Every instant in [from, to], both ends included, at which a turn starts; sorted, none twice. */
export function rotationHandoffs(rotation: Rotation, zone: string, from: Instant, to: Instant): Instant[] {
  const handoff = handoffsOf(rotation, zone)
  const found = new Set<Instant>()
  for (let index = handoff.turnIndexAt(epochMs(from)); handoff.at(index) <= epochMs(to); index++) {
    if (handoff.at(index) >= epochMs(from)) found.add(instant(handoff.at(index)))
  }
  return [...found]
}

/** The turns that touch a window of epoch milliseconds, uncut and in order; those that the clock's gap leaves empty are left out. */
export function turnsMs(rotation: Rotation, zone: string, from: number, to: number): { person: Person | null; from: number; to: number }[] {
  const handoff = handoffsOf(rotation, zone)
  const turns = []
  let index = handoff.turnIndexAt(from)
  for (let start = handoff.at(index); start < to; index++) {
    const end = handoff.at(index + 1)
    if (end > start) turns.push({ person: participant(rotation, index), from: start, to: end })
    start = end
  }
  return turns
}

const participant = (rotation: Rotation, index: number): Person | null => {
  const count = rotation.participants.length
  return rotation.participants[((index % count) + count) % count] ?? null
}

const unitMs = { hour: hourMs, day: dayMs, week: 7 * dayMs, month: 30.436875 * dayMs }

/** Handoff k as an epoch millisecond, and the greatest k whose handoff is not after an instant. */
function handoffsOf({ unit, length, anchor }: Rotation, zone: string) {
  const clock = wallClock(zone)
  const start = wallMs(anchor)
  const first = new Date(start)
  const wall =
    unit === 'month'
      ? (k: number) =>
          Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + k * length, first.getUTCDate()) + (((start % dayMs) + dayMs) % dayMs)
      : (k: number) => start + k * length * unitMs[unit]
  const at = (k: number) => clock.toInstant(wall(k))
  return {
    at,
    turnIndexAt(instantMs: number): number {
      // A good guess on the wall clock, then whole steps: at most a few, since months and clock changes move a handoff by days.
      let k = Math.floor((clock.toWall(instantMs) - start) / (length * unitMs[unit]))
      while (at(k) > instantMs) k--
      while (at(k + 1) <= instantMs) k++
      return k
    },
  }
}

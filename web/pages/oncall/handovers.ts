// When who takes over from whom, read off the final shifts: what a grid can only hint at.
import type { PersonView, Shift } from './schedule-words.ts'

export interface Handover {
  at: string
  off: PersonView[]
  on: PersonView[]
}

/** Every change of who is on call in [fromMs, toMs), in order. The shifts reach beyond both ends, else their cuts would look like changes. */
export function handoversIn(shifts: readonly Shift[], fromMs: number, toMs: number): Handover[] {
  const times = [...new Set(shifts.flatMap((shift) => [shift.from, shift.to]))].sort()
  return times
    .filter((at) => Date.parse(at) >= fromMs && Date.parse(at) < toMs)
    .map((at) => {
      const before = shifts.filter((shift) => shift.from < at && shift.to >= at).map((shift) => shift.person)
      const after = shifts.filter((shift) => shift.from <= at && shift.to > at).map((shift) => shift.person)
      const without = (some: PersonView[], others: PersonView[]) =>
        some.filter(
          (one, index) =>
            !others.some((other) => other.handle === one.handle) && some.findIndex((other) => other.handle === one.handle) === index,
        )
      return { at, off: without(before, after), on: without(after, before) }
    })
    .filter(({ off, on }) => off.length + on.length > 0)
}

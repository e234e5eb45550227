// What overrides make of the layers' answer. They apply in the order in which they were made, so that a later one changes what an earlier
// one arranged; a temporary schedule lies above all others. People stay distinct: nobody is on call twice at once.
import { epochMs, spokenTime } from '#kernel/time.ts'
import type { Override, Person } from './schedule.ts'

/** One person on call, and what put them there: a layer by name, or an override. */
export type OnCall = { person: Person; layer: string | null; override: Override | null }
/** Gives the name by which a sentence calls a person. */
export type NameOf = (person: Person) => string
/** An override with its times as epoch milliseconds; `shifts` is empty for every kind but a period. */
export type TimedOverride = { override: Override; from: number; to: number; shifts: { person: Person; from: number; to: number }[] }

/** Reads the times of the overrides that touch [from, to), in the order in which they were made. */
export function timedOverrides(overrides: readonly Override[], from: number, to: number): TimedOverride[] {
  const timed: TimedOverride[] = []
  for (const override of overrides) {
    const span = { from: epochMs(override.from), to: epochMs(override.to) }
    if (span.from >= to || span.to <= from) continue
    const shifts = override.kind === 'period' ? override.shifts : []
    timed.push({
      override,
      ...span,
      shifts: shifts.map((shift) => ({ person: shift.person, from: epochMs(shift.from), to: epochMs(shift.to) })),
    })
  }
  return timed
}

/**
 * The people on call at an instant, given the layers' answer. `effective` are the overrides that the answer owes something to. One that puts
 * somebody on call who does not count is left out.
 */
export function applyOverrides(
  base: readonly OnCall[],
  overrides: readonly TimedOverride[],
  at: number,
  counts: Counts = () => true,
): { on: OnCall[]; effective: Override[] } {
  const active = overrides.filter((timed, i) => isActive(timed, at) && (!('add' in timed.override) || counts(timed.override.add, i)))
  const periods = active.filter((timed) => timed.override.kind === 'period')
  if (periods.length > 0) {
    const on = periods.flatMap(({ override, shifts }) =>
      shifts.filter((shift) => shift.from <= at && at < shift.to).map(({ person }) => ({ person, layer: null, override })),
    )
    return { on: distinct(on), effective: periods.map((timed) => timed.override) }
  }
  let on = [...base]
  let effective: Override[] = []
  for (const { override } of active) {
    const has = (person: Person) => on.some((one) => one.person === person)
    switch (override.kind) {
      case 'replace':
        if (!has(override.remove) || override.remove === override.add) continue
        on = distinct(on.map((one) => (one.person === override.remove ? { person: override.add, layer: null, override } : one)))
        break
      case 'remove':
        if (!has(override.remove)) continue
        on = on.filter((one) => one.person !== override.remove)
        break
      case 'add':
        if (has(override.add)) continue
        on.push({ person: override.add, layer: null, override })
        break
      case 'period':
        continue
      case 'takeover':
        on = [{ person: override.add, layer: null, override }]
        effective = []
        break
    }
    effective.push(override)
  }
  return { on, effective }
}

const isActive = ({ from, to }: TimedOverride, at: number): boolean => from <= at && at < to

/** Whether what puts a person on call still counts. `made` is the place of the override that does, among all; absent for a layer. */
export type Counts = (person: Person, made?: number) => boolean

/** At an instant, those count who are `there`, and whoever is replaced by an override that was made later and counts itself: they hold its place. */
export function countingAt(overrides: readonly TimedOverride[], at: number, there: (person: Person) => boolean): Counts {
  const counts: Counts = (person, made = -1) =>
    there(person) ||
    overrides.some(
      (timed, i) =>
        i > made &&
        timed.override.kind === 'replace' &&
        timed.override.remove === person &&
        isActive(timed, at) &&
        counts(timed.override.add, i),
    )
  return counts
}

/** "override by Kenji until Wed 25 Nov, 18:00 CET". The time is spoken in `zone`. */
export const overrideSentence = (override: Override, zone: string, nameOf: NameOf): string =>
  `${override.kind === 'period' ? 'temporary schedule' : 'override'} by ${nameOf(override.by)} until ${spokenTime(override.to, zone)}`

/** Keeps the first entry of every person. */
export function distinct(on: readonly OnCall[]): OnCall[] {
  const seen = new Set<Person>()
  return on.filter(({ person }) => !seen.has(person) && seen.add(person))
}

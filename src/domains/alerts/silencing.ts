// Silences: for a stretch of time, alerts that match do not page. What must stay true: nothing is silenced outside `[startsAt, endsAt)`, and
// the verdict names the silence, its end and its maker.
import type { Fault } from '#kernel/errors.ts'
import type { Labels } from '#kernel/signal.ts'
import { inZone, latest, spokenTime, type Instant } from '#kernel/time.ts'
import { compileMatchers, matchesAll, type CompiledMatcher, type Matcher } from './matcher.ts'

export type Silence = {
  id: string
  /** What it is for, in its maker's words. */
  comment: string
  /** The name of who made it. */
  createdBy: string
  startsAt: Instant
  endsAt: Instant
  /** Alternatives; within one, all matchers are required. */
  matcherSets: Matcher[][]
}
export type CompiledSilence = Omit<Silence, 'matcherSets'> & { matcherSets: CompiledMatcher[][] }

export type SilencingVerdict = { silenced: true; by: string[]; until: Instant; reason: string } | { silenced: false; reason: string }

/** Gives `{ faults }` when a pattern is not right, or when a set would match every alert. */
export function compileSilence(silence: Silence): CompiledSilence | { faults: Fault[] } {
  const compiled = silence.matcherSets.map((set) => compileMatchers(set))
  const faults = compiled.flatMap((set) => ('faults' in set ? set.faults : []))
  const matcherSets = compiled.filter((set): set is CompiledMatcher[] => !('faults' in set))
  if (silence.matcherSets.length === 0) faults.push({ path: '/matcherSets', message: 'has no matchers' })
  matcherSets.forEach((set, index) => {
    if (matchesAll(set, {}))
      faults.push({ path: `/matcherSets/${index}`, message: 'also matches an alert without labels; name one value that must be there' })
  })
  return faults.length > 0 ? { faults } : { ...silence, matcherSets }
}

/** Where a silence stands in its life. */
export function silenceState(silence: Pick<Silence, 'startsAt' | 'endsAt'>, at: Instant): 'pending' | 'active' | 'expired' {
  if (at >= silence.endsAt) return 'expired'
  return at < silence.startsAt ? 'pending' : 'active'
}

/** Whether the silence is about an alert with these labels, at any time. */
export const silenceMatches = (silence: Pick<CompiledSilence, 'matcherSets'>, labels: Labels): boolean =>
  silence.matcherSets.some((set) => matchesAll(set, labels))

/** Whether an alert with these labels is silenced at that moment; `until` is when the last of them ends. `zone` is for the sentence only. */
export function silencing(silences: readonly CompiledSilence[], labels: Labels, at: Instant, zone: string): SilencingVerdict {
  const active = silences.filter((silence) => silenceState(silence, at) === 'active')
  const by = active.filter((silence) => silenceMatches(silence, labels))
  if (by.length === 0)
    return { silenced: false, reason: active.length === 0 ? 'no silence is active' : `none of ${active.length} active silences matches` }
  const each = by.map((silence) => `'${silence.comment}' until ${clockTime(silence.endsAt, at, zone)} (${silence.createdBy})`)
  return {
    silenced: true,
    by: by.map(({ id }) => id),
    until: latest(...(by.map(({ endsAt }) => endsAt) as [Instant])),
    reason: `silenced by ${each.join(' and ')}`,
  }
}

/** "14:00" on the day of `now`, else "Wed 25 Nov, 14:00 CET". */
function clockTime(at: Instant, now: Instant, zone: string): string {
  const moment = inZone(at, zone)
  return moment.toPlainDate().equals(inZone(now, zone).toPlainDate())
    ? moment.toPlainTime().toString({ smallestUnit: 'minute' })
    : spokenTime(at, zone)
}

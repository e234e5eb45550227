// Mute and active times of a route: whether it may notify at a moment. A muted route still ends the matching; nothing is lost, it is told later.
import type { Instant } from '#kernel/time.ts'
import { isWithin, type TimeInterval } from './time-interval.ts'

/** Named intervals; a name holds while one of its intervals does. */
export type NamedIntervals = ReadonlyMap<string, readonly TimeInterval[]>
export type MuteTimes = { muteTimes?: readonly string[]; activeTimes?: readonly string[] }

/** `by` are the names that mute: the mute times that hold, or the active times when none of them does. */
export type Muting = { muted: boolean; by: string[]; reason: string }

/**
 * Muted while one of its mute times holds, or while it has active times and none holds. A name that nobody defined mutes nothing, because a
 * page too many is better than one that nobody got; the reason says so.
 */
export function muting(route: MuteTimes, intervals: NamedIntervals, at: Instant): Muting {
  const holds = (name: string): boolean | undefined => intervals.get(name)?.some((interval) => isWithin(interval, at))
  const { muteTimes = [], activeTimes = [] } = route
  const mutedBy = muteTimes.filter((name) => holds(name) === true)
  if (mutedBy.length > 0) return { muted: true, by: mutedBy, reason: `muted: it is ${quoted(mutedBy)}` }

  const unknown = [...muteTimes, ...activeTimes].filter((name) => !intervals.has(name))
  const note = unknown.length > 0 ? ` (there is no time interval ${quoted(unknown)})` : ''
  const active = activeTimes.filter((name) => holds(name) !== false)
  if (activeTimes.length > 0 && active.length === 0)
    return { muted: true, by: [...activeTimes], reason: `muted: it is outside ${quoted(activeTimes)}` }
  if (activeTimes.length > 0) return { muted: false, by: [], reason: `not muted: it is ${quoted(active)}${note}` }
  if (muteTimes.length > 0) return { muted: false, by: [], reason: `not muted: it is outside ${quoted(muteTimes)}${note}` }
  return { muted: false, by: [], reason: 'not muted: it has no mute or active times' }
}

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(' and ')

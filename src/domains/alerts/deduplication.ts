// What an incoming signal does to the alert of its key. What must stay true: a resolved alert is never opened again, what is said again about
// an open one is recorded and pages nobody, a key counts only within its integration (the caller looks nowhere else), and what was heard before what is
// known of the alert changes nothing of that.
// https://github.com/PagerDuty/developer-docs/blob/main/docs/events-API-v2/02-Trigger-Events.md, and Alertmanager's merging of alerts.
import { never } from '#kernel/errors.ts'
import type { Signal } from '#kernel/signal.ts'
import { addSeconds, earliest, latest, type Instant } from '#kernel/time.ts'
import type { AlertState } from './alert.ts'

/** The newest alert of the key, as far as it decides. `firstAt`, `heardAt`: when its source said first and last that it fires. */
export type Known = {
  state: AlertState
  startedAt?: Instant
  endsAt?: Instant | null
  resolvedAt?: Instant | null
  firstAt?: Instant | null
  heardAt?: Instant | null
}

/** `heardAt`: when it came, if that was before now. */
export type Said = Pick<Signal, 'action' | 'startedAt' | 'endsAt'> & { heardAt?: Instant }

/**
 * `resolvesCurrentAt`: the open alert had run out before, and must be resolved at that moment before the new one is stored. `over`: it fired before it was resolved.
 * `count`: it fired before it was last heard.
 */
export type Deduplication =
  | { does: 'new'; reason: string; resolvesCurrentAt?: Instant }
  | { does: 'repeat' | 'count' | 'over' | 'acknowledge' | 'resolve' | 'drop'; reason: string }

/** What the signal does to `current`, the newest alert with its key, which may be resolved. A trigger whose `endsAt` was past when it came is a resolve. */
export function deduplicate(current: Known | undefined, signal: Said, now: Instant): Deduplication {
  const ended = signal.endsAt !== undefined && signal.endsAt <= (signal.heardAt ?? now)
  const action = signal.action === 'trigger' && ended ? 'resolve' : signal.action
  switch (action) {
    case 'trigger':
      return onTrigger(current, signal.heardAt ?? now)
    case 'resolve':
      return onResolve(current, signal)
    case 'acknowledge':
      return onAcknowledge(current, signal)
    default:
      return never(action)
  }
}

/** From when to when an alert is, by what its source said. `endsBy` tells a time that the source named from one that we assumed. */
export type Extent = { startedAt: Instant; endsAt: Instant | null; endsBy: 'source' | 'timeout' | null }

/**
 * The extent after a signal: the earliest start and the latest end win. An end that the source names moves with each signal (Prometheus sends
 * it again and again, always a little later); without one, the alert ends `resolveAfterSeconds` after the last signal, or never.
 */
export function extentAfter(
  before: Extent | undefined,
  signal: Pick<Signal, 'startedAt' | 'endsAt'>,
  now: Instant,
  resolveAfterSeconds: number | null,
): Extent {
  const said: Extent =
    signal.endsAt !== undefined
      ? { startedAt: signal.startedAt ?? earliest(now, signal.endsAt), endsAt: signal.endsAt, endsBy: 'source' }
      : resolveAfterSeconds !== null
        ? { startedAt: signal.startedAt ?? now, endsAt: addSeconds(now, resolveAfterSeconds), endsBy: 'timeout' }
        : { startedAt: signal.startedAt ?? now, endsAt: null, endsBy: null }
  if (before === undefined) return said
  const startedAt = earliest(before.startedAt, said.startedAt)
  const over = (extent: Extent): boolean => extent.endsAt !== null && extent.endsAt <= now
  // It ends now: an end that was only expected counts no more. It goes on: an end that the source once named still stands if it is later.
  const earlierCounts = over(said) ? over(before) : before.endsBy === 'source'
  if (before.endsAt === null || said.endsAt === null || !earlierCounts) return { ...said, startedAt }
  return { startedAt, endsAt: latest(before.endsAt, said.endsAt), endsBy: before.endsAt > said.endsAt ? before.endsBy : said.endsBy }
}

function onTrigger(current: Known | undefined, heardAt: Instant): Deduplication {
  if (current === undefined) return { does: 'new', reason: 'no alert has this key' }
  if (current.state !== 'resolved' && isBeforeThat(heardAt, current))
    return { does: 'count', reason: 'the alert with this key was heard of since: only counted' }
  if (current.state !== 'resolved' && current.endsAt != null && current.endsAt <= heardAt) {
    return {
      does: 'new',
      resolvesCurrentAt: current.endsAt,
      reason: 'the alert with this key had ended by its own time; this is a new one',
    }
  }
  switch (current.state) {
    case 'resolved':
      if (current.resolvedAt != null && heardAt < current.resolvedAt && !(ranOut(current) && !isBeforeThat(heardAt, current)))
        return { does: 'over', reason: 'its end was heard before this, which came before it' }
      return { does: 'new', reason: 'the last alert with this key is resolved, and a resolved alert is never opened again' }
    case 'acknowledged':
      return { does: 'repeat', reason: 'the alert with this key is acknowledged: recorded, nobody is paged again' }
    case 'suppressed':
      return { does: 'repeat', reason: 'the alert with this key is held back: recorded' }
    case 'triggered':
      return { does: 'repeat', reason: 'the alert with this key is open: recorded, nobody is paged again' }
    default:
      return never(current.state)
  }
}

/** Whether nobody said that it is over: the end that its source had named came, and nothing was known then of what it has said since. */
const ranOut = ({ endsAt, resolvedAt }: Known): boolean => endsAt != null && resolvedAt != null && endsAt <= resolvedAt

/** What came at the same moment counts in the order in which it is read. */
const isBeforeThat = (heardAt: Instant, { heardAt: last }: Known): boolean => last != null && heardAt < last

function onResolve(current: Known | undefined, signal: Said): Deduplication {
  if (current === undefined) return { does: 'drop', reason: 'there is no alert with this key to resolve' }
  if (current.state !== 'resolved')
    return signal.heardAt !== undefined && isBeforeThat(signal.heardAt, current)
      ? { does: 'drop', reason: 'the alert with this key has fired again since' }
      : { does: 'resolve', reason: 'its source says that it is over' }
  const resolvedAt = current.resolvedAt ?? null
  const sameOccurrence = resolvedAt !== null && (signal.startedAt === undefined || signal.startedAt <= resolvedAt)
  if (sameOccurrence && signal.endsAt !== undefined && signal.endsAt > resolvedAt) {
    return { does: 'repeat', reason: 'the alert with this key is resolved: only its end is moved' }
  }
  return { does: 'drop', reason: 'the alert with this key is resolved already' }
}

function onAcknowledge(current: Known | undefined, { heardAt }: Said): Deduplication {
  if (current === undefined) return { does: 'drop', reason: 'there is no alert with this key to acknowledge' }
  if (heardAt !== undefined && current.firstAt != null && heardAt < current.firstAt)
    return { does: 'drop', reason: 'the alert with this key has begun anew since' }
  switch (current.state) {
    case 'resolved':
      return { does: 'drop', reason: 'the alert with this key is resolved' }
    case 'acknowledged':
      return { does: 'drop', reason: 'the alert with this key is acknowledged already' }
    case 'triggered':
    case 'suppressed':
      return { does: 'acknowledge', reason: 'its source says that somebody has it' }
    default:
      return never(current.state)
  }
}

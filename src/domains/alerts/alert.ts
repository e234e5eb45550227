// What an alert is and its legal moves. It begins as triggered; somebody takes it (acknowledged) or something holds it back (suppressed), and
// either may be undone; in the end it is resolved, from where no way leads back: what comes again is a new alert.
import { actorRef, type Actor } from '#kernel/actor.ts'
import { never, refuse, type Refusal } from '#kernel/errors.ts'
import { secondsBetween, spokenDuration, type Instant } from '#kernel/time.ts'

export type AlertState = 'triggered' | 'acknowledged' | 'suppressed' | 'resolved'

/** Where an alert stands, with what only that state has. `reason` says how it came there. */
export type Standing =
  | { state: 'triggered'; acknowledgedAt: null; acknowledgedBy: null; snoozedUntil: null; resolvedAt: null; reason: string }
  | {
      state: 'acknowledged'
      acknowledgedAt: Instant
      acknowledgedBy: string
      snoozedUntil: Instant | null
      resolvedAt: null
      reason: string
    }
  | { state: 'suppressed'; acknowledgedAt: null; acknowledgedBy: null; snoozedUntil: null; resolvedAt: null; reason: string }
  | {
      state: 'resolved'
      acknowledgedAt: Instant | null
      acknowledgedBy: string | null
      snoozedUntil: null
      resolvedAt: Instant
      reason: string
    }

/** An alert as a row holds it: the same columns in every state. */
export type StandingRow = {
  state: AlertState
  acknowledgedAt: Instant | null
  acknowledgedBy: string | null
  snoozedUntil: Instant | null
  resolvedAt: Instant | null
  reason: string
}

/** Everything else that an alert has, with its new standing. */
type Moved<Row> = Omit<Row, keyof StandingRow> & Standing
export type Move<Row> = { refused?: false; alert: Moved<Row> } | Refusal

/** Nobody snoozes for longer: what is known for a month is not an alert. */
const longestSnoozeSeconds = 31 * 86_400

const untaken = { acknowledgedAt: null, acknowledgedBy: null, snoozedUntil: null, resolvedAt: null } as const

/** Somebody takes it; its escalation stops. It ends a snooze too: from then on it is in somebody's hands. */
export function acknowledge<Row extends StandingRow>(alert: Row, actor: Actor, now: Instant): Move<Row> {
  switch (alert.state) {
    case 'triggered':
    case 'suppressed':
      return taken(alert, actorRef(actor), now, null, 'acknowledged')
    case 'acknowledged':
      if (alert.snoozedUntil !== null) return taken(alert, actorRef(actor), now, null, 'acknowledged')
      return refuse(`This alert was acknowledged ${ago(alert.acknowledgedAt, now)} already.`)
    case 'resolved':
      return refuse(alreadyResolved(alert, now))
    default:
      return never(alert.state)
  }
}

/** Gives it back: it pages again. */
export function unacknowledge<Row extends StandingRow>(alert: Row, now: Instant): Move<Row> {
  switch (alert.state) {
    case 'acknowledged':
      return moved(alert, { ...untaken, state: 'triggered', reason: 'given back' })
    case 'triggered':
    case 'suppressed':
      return refuse('Nobody has acknowledged this alert.')
    case 'resolved':
      return refuse(alreadyResolved(alert, now))
    default:
      return never(alert.state)
  }
}

/** Takes it until a moment, at which it pages again. */
export function snooze<Row extends StandingRow>(alert: Row, until: Instant, actor: Actor, now: Instant): Move<Row> {
  if (until <= now) return refuse('A snooze ends in the future.')
  if (secondsBetween(now, until) > longestSnoozeSeconds)
    return refuse('A snooze is at most 31 days long; a silence or a maintenance window can be longer.')
  if (alert.state === 'resolved') return refuse(alreadyResolved(alert, now))
  if (alert.state === 'suppressed') return refuse(`This alert does not page now: ${alert.reason}.`)
  return taken(alert, actorRef(actor), now, until, `snoozed until ${until}`)
}

/** The snooze has run out: it pages again. Refused while it has not, so that a late timer does no harm. */
export function wakeFromSnooze<Row extends StandingRow>(alert: Row, now: Instant): Move<Row> {
  if (alert.state !== 'acknowledged' || alert.snoozedUntil === null) return refuse('This alert is not snoozed.')
  if (alert.snoozedUntil > now) return refuse(`This alert is snoozed until ${alert.snoozedUntil}.`)
  return moved(alert, { ...untaken, state: 'triggered', reason: 'the snooze is over' })
}

/** It is over. `at` is when it ended by its source's account, never later than now; `why` is kept. */
export function resolve<Row extends StandingRow>(alert: Row, at: Instant, now: Instant, why: string): Move<Row> {
  if (alert.state === 'resolved') return refuse(alreadyResolved(alert, now))
  const { acknowledgedAt, acknowledgedBy } = alert
  return moved(alert, {
    state: 'resolved',
    acknowledgedAt,
    acknowledgedBy,
    snoozedUntil: null,
    resolvedAt: at < now ? at : now,
    reason: why,
  })
}

/** A silence, an inhibition, a maintenance window or a muted route holds it back; `why` is that rule's sentence. */
export function suppress<Row extends StandingRow>(alert: Row, why: string, now: Instant): Move<Row> {
  switch (alert.state) {
    case 'triggered':
    case 'suppressed':
      return moved(alert, { ...untaken, state: 'suppressed', reason: why })
    case 'acknowledged':
      return refuse('This alert is acknowledged: there is no page to hold back.')
    case 'resolved':
      return refuse(alreadyResolved(alert, now))
    default:
      return never(alert.state)
  }
}

/** Nothing holds it back any longer: it pages. */
export function release<Row extends StandingRow>(alert: Row, why: string): Move<Row> {
  if (alert.state !== 'suppressed') return refuse('This alert is not held back.')
  return moved(alert, { ...untaken, state: 'triggered', reason: why })
}

/** Triggered alone pages: an acknowledged alert is in hand, a suppressed one is held back, a resolved one is over. */
export const mayPage = (alert: Pick<StandingRow, 'state'>): boolean => alert.state === 'triggered'

const moved = <Row extends StandingRow>(alert: Row, standing: Standing): Move<Row> => ({ alert: { ...alert, ...standing } })

const taken = <Row extends StandingRow>(alert: Row, by: string, now: Instant, snoozedUntil: Instant | null, reason: string): Move<Row> =>
  moved(alert, { state: 'acknowledged', acknowledgedAt: now, acknowledgedBy: by, snoozedUntil, resolvedAt: null, reason })

const ago = (at: Instant | null, now: Instant): string => (at === null ? 'before' : `${spokenDuration(secondsBetween(at, now))} ago`)

const alreadyResolved = (alert: StandingRow, now: Instant): string =>
  `This alert was resolved ${ago(alert.resolvedAt, now)}; a resolved alert is never opened again.`

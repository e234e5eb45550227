// Decides about alerts and carries it out: holds them back, or puts them into their groups and says so. Many at once cost as much as a few:
// rules are read once, groups are locked and written together, decisions are written in one statement.
import type { CommandContext } from '#kernel/command.ts'
import type { Tell } from '#kernel/process.ts'
import type { Instant } from '#kernel/time.ts'
import { decideAlert, labelsOf, type Surroundings } from './decision.ts'
import { alertSuppressed, type AlertId } from './events.ts'
import { hold } from './hold.ts'
import { joinGroups, type Joining, type Turns } from './joining.ts'
import * as store from './store.ts'
import { readSurroundings } from './surroundings.ts'

export type Context = Pick<CommandContext, 'scope' | 'emit' | 'newId' | 'now'> & { tell: Tell }

/** Decides about alerts that are in no group yet. One that is in a group, or over, or that somebody has, is left as it is. */
export async function dispatch(context: Context, alertIds: readonly AlertId[], around?: Surroundings): Promise<void> {
  const alerts = (await store.lockAlerts(context.scope, alertIds)).filter(
    ({ groupId, state }) => groupId === null && (state === 'triggered' || state === 'suppressed'),
  )
  if (alerts.length === 0) return
  await store.setDecisions(
    context.scope,
    await decideAll(context, alerts, around ?? (await readSurroundings(context, alerts.map(askedLabelsOf)))),
  )
}

/** Looks again at alerts that are held back: of which it would be decided otherwise by now, it is. What pages comes first, and at most so many at once. */
export async function reconsider(context: Context, held: readonly store.Held[], most: number): Promise<void> {
  const around = await readSurroundings(context, held.map(askedLabelsOf))
  const others = held.flatMap((alert) => {
    const { does, reason } = decide(alert, around, context.now)
    return does === 'suppress' && reason === alert.reason ? [] : [{ id: alert.id, does }]
  })
  const { group = [], suppress = [] } = Object.groupBy(others, ({ does }) => does)
  const ids = [...group, ...suppress].slice(0, most).map(({ id }) => id)
  if (ids.length > 0) await dispatch(context, ids, around)
}

/** Decides about open alerts in no group, and writes everything but the alerts: their groups, what is said, when to look again. */
export async function decideAll(
  context: Context,
  alerts: readonly store.Undecided[],
  around: Surroundings,
  turns?: Turns,
): Promise<store.Decided[]> {
  const { emit, now } = context
  const joining: Joining[] = []
  const held: store.Decided[] = []
  for (const alert of alerts) {
    const decision = decide(alert, around, now)
    if (decision.does === 'group') {
      joining.push({ alert, decision })
      continue
    }
    const { reason, trace } = decision
    held.push({ id: alert.id, state: 'suppressed', reason, trace, groupId: null, serviceId: null, teamId: null, snoozedUntil: null })
    if (alert.state !== 'suppressed') await emit(alertSuppressed, { alertId: alert.id, cause: decision.cause })
    if (decision.lookAgainAt) await context.tell(hold, alert.id, { type: 'held', until: decision.lookAgainAt })
  }
  return joining.length === 0 ? held : [...held, ...(await joinGroups(context, joining, turns))]
}

export const subjectOf = <Alert extends store.Undecided>(alert: Alert) => ({
  ...alert,
  source: alert.integrationName,
  service: alert.serviceSlug,
  integration: alert.integrationName,
})

/** What rules ask of it. */
export const askedLabelsOf = (alert: store.Undecided) => labelsOf(subjectOf(alert))

const decide = (alert: store.Undecided, around: Surroundings, now: Instant) =>
  decideAlert(
    subjectOf(alert),
    around.inhibitors.length === 0 ? around : { ...around, inhibitors: around.inhibitors.filter((other) => other.id !== alert.id) },
    now,
  )

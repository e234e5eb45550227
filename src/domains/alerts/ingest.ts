// Takes signals in: deduplicates them against the open alerts by (integration, key), decides about what is new, and stores it all in one statement
// each for what is new and what is said again.
import { never } from '#kernel/errors.ts'
import type { AlertSeverity } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import { alertResolved, alertsWaiting, alertTriggered, alertWorsened, type AlertId, type GroupId, type IntegrationId } from './events.ts'
import { lookAround, withKeys, type Around, type Batch, type How, type KeyedBatch, type Open } from './around.ts'
import { deduplicate } from './deduplication.ts'
import { askedLabelsOf, decideAll, type Context } from './dispatch.ts'
import { noteEarlyEnds, placeOf, type End, type Place } from './end-store.ts'
import { acknowledgeFromSource, settleGroups } from './group-lifecycle.ts'
import type { Turns } from './joining.ts'
import { howOver, insertAlerts, leaveInfoGroups, updateAlerts, type Decided, type NewAlert, type Repeat } from './store.ts'
import { markOf, withInhibitors } from './surroundings.ts'

export type { Batch } from './around.ts'

/**
 * Stores all batches in the current transaction. Answers the deduplication key of each signal, batch by batch. `decides: 'later'` stores without
 * deciding, and leaves that to a reaction: for when deciding fails, since nothing that was sent may be lost for it.
 */
export async function ingest(context: Context, batches: Batch[], how: How = {}): Promise<string[][]> {
  const keyed = withKeys(context, batches)
  return takeIn(context, keyed, await lookAround(context, keyed, how))
}

/** `ingest` in two parts: its first questions, and the rest. */
export async function takeIn(
  context: Context,
  batches: readonly KeyedBatch[],
  { open, ends, services, standing }: Around,
): Promise<string[][]> {
  const { scope, emit, newId, now } = context

  const fresh: NewAlert[] = []
  const repeats = new Map<AlertId, Repeat>()
  const over = new Map<string, Over>(ends)
  const early = new Map<string, Place & { heardAt: Instant }>()
  const resolved: { alert: Open; by: 'source' | 'expiry' }[] = []
  const acknowledgedGroups = new Set<GroupId>()
  const worse = new Map<AlertId, AlertSeverity>()
  const turns: Turns = { beganIn: new Map(), endedIn: new Map() }
  let turn = -1

  for (const { integration, signals } of batches) {
    turn += 1
    for (const signal of signals) {
      const place = placeOf({ integrationId: integration.id, dedupKey: signal.dedupKey })
      const heardAt = signal.heardAt ?? now
      const current = open.get(place)
      const ended = signal.isLate ? over.get(place) : undefined
      const verdict = deduplicate(current ?? (ended && { ...ended, state: 'resolved' }), signal, now)
      switch (verdict.does) {
        case 'new':
          if (current && verdict.resolvesCurrentAt !== undefined) end(place, current, verdict.resolvesCurrentAt, 'expiry')
          begin(place, integration, signal)
          break
        case 'repeat':
          if (!current) hearEarlyEnd(place, integration.id, signal.dedupKey, heardAt)
          else {
            if (current.severity === 'info' && signal.severity !== 'info' && !current.fresh) worse.set(current.id, signal.severity)
            current.severity = signal.severity
            repeat(current, {
              count: 1,
              severity: signal.severity,
              title: signal.title,
              body: signal.body ?? null,
              endsAt: signal.endsAt ?? null,
              heardAt,
            })
          }
          break
        case 'count':
          repeat(current!, { count: 1 })
          break
        case 'over':
          if (ended!.fresh) ended!.fresh.count += 1
          else if (ended!.id !== undefined) change(ended!.id, { count: 1 })
          else end(place, begin(place, integration, signal), ended!.resolvedAt, 'source')
          break
        case 'acknowledge':
          if (current!.fresh) Object.assign(current!.fresh, { state: 'acknowledged', acknowledgedAt: now })
          else change(current!.id, { state: 'acknowledged', acknowledgedAt: now })
          current!.state = 'acknowledged'
          if (current!.groupId) acknowledgedGroups.add(current!.groupId)
          break
        case 'resolve':
          end(place, current!, heardAt, 'source')
          break
        case 'drop':
          if (signal.action === 'resolve' && !current) hearEarlyEnd(place, integration.id, signal.dedupKey, heardAt)
          break
        default:
          never(verdict)
      }
    }
  }
  // What has begun and run out before it was read.
  for (const [place, alert] of open)
    if (alert.fresh && alert.endsAt !== null && alert.endsAt <= now) end(place, alert, alert.endsAt, 'expiry')
  for (const alert of early.size > 0 ? await noteEarlyEnds(scope, [...early.values()]) : []) {
    const { heardAt } = early.get(placeOf(alert))!
    if (deduplicate(alert, { action: 'resolve', heardAt }, now).does === 'resolve') end(placeOf(alert), alert as Open, heardAt, 'source')
  }
  if (repeats.size > 0)
    scope.last(
      updateAlerts(
        scope,
        [...repeats.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      ),
    )
  for (const alert of fresh) {
    await emit(
      alertTriggered,
      { alertId: alert.id, integrationId: alert.integrationId, serviceId: alert.serviceId, severity: alert.severity },
      { stream: alert.integrationId },
    )
  }
  for (const { alert, by } of resolved)
    await emit(alertResolved, { alertId: alert.id, groupId: alert.groupId, by }, { stream: alert.integrationId })
  // Each by itself: one that can never be decided about keeps none of the others waiting.
  for (const { id, integrationId } of standing ? [] : fresh) await emit(alertsWaiting, { integrationId, alertIds: [id] })
  for (const groupId of [...acknowledgedGroups].sort()) await acknowledgeFromSource(context, groupId)
  const touchedGroups = new Set(resolved.flatMap(({ alert }) => alert.groupId ?? []))
  for (const { id, groupId } of worse.size > 0 ? await leaveInfoGroups(scope, [...worse.keys()]) : []) {
    await emit(alertWorsened, { alertId: id, groupId, severity: worse.get(id)! })
    touchedGroups.add(groupId)
  }
  if (fresh.length > 0) {
    const decided = standing ? await decideFresh(context, fresh, standing, turns) : new Map<AlertId, Decided>()
    scope.last(
      insertAlerts(
        scope,
        fresh.map((one) => {
          const alert = { ...one, mayInhibit: standing ? markOf(standing, one) : null }
          const its = decided.get(alert.id)
          // What is held back and somebody has is theirs.
          return its
            ? { ...alert, decided: its.state === 'suppressed' ? { ...its, state: alert.acknowledgedAt ? 'acknowledged' : its.state } : its }
            : alert
        }),
      ),
    )
    const takenGroups = fresh.flatMap(({ id, state }) => (state === 'acknowledged' && decided.get(id)?.groupId) || [])
    for (const groupId of [...new Set(takenGroups)].sort()) await acknowledgeFromSource(context, groupId)
  }
  // Now that what began has joined: a group that has lost its last alert and got another goes on.
  await settleGroups(context, [...touchedGroups].sort(), 'source')
  return batches.map(({ signals }) => signals.map(({ dedupKey }) => dedupKey))

  function begin(place: string, integration: Batch['integration'], signal: KeyedBatch['signals'][number]): Open {
    const service = signal.service === undefined ? undefined : services.get(signal.service)
    const { dedupKey, heardAt } = signal
    const alert: NewAlert = {
      id: newId('alt'),
      integrationId: integration.id,
      dedupKey,
      state: 'triggered',
      severity: signal.severity,
      title: signal.title,
      body: signal.body ?? '',
      labels: signal.labels,
      details: signal.details ?? null,
      links: signal.links ?? [],
      images: signal.images ?? [],
      serviceId: (service?.id ?? integration.serviceId) as NewAlert['serviceId'],
      teamId: (service ? service.teamId : integration.teamId) as NewAlert['teamId'],
      count: 1,
      startedAt: signal.startedAt ?? now,
      lastAt: now,
      endsAt: signal.endsAt ?? null,
      acknowledgedAt: null,
      resolvedAt: null,
      ...(heardAt === undefined ? {} : { firstAt: heardAt, heardAt }),
    }
    fresh.push(alert)
    turns.beganIn.set(alert.id, turn)
    const { id, integrationId, endsAt } = alert
    const firstAt = heardAt ?? now
    const begun: Open = {
      id,
      integrationId,
      dedupKey,
      groupId: null,
      state: 'triggered',
      severity: alert.severity,
      endsAt,
      firstAt,
      heardAt: firstAt,
      fresh: alert,
    }
    open.set(place, begun)
    return begun
  }

  /** An end for which no alert is open: one that fired before it may be read later. */
  function hearEarlyEnd(place: string, integrationId: IntegrationId, dedupKey: string, at: Instant): void {
    if ((over.get(place)?.resolvedAt ?? '') >= at) return
    early.set(place, { integrationId, dedupKey, heardAt: at })
    over.set(place, { resolvedAt: at })
  }

  /** It is said again of one that is open. */
  function repeat(alert: Open, said: Partial<Repeat>): void {
    alert.heardAt = said.heardAt ?? alert.heardAt
    alert.endsAt = said.endsAt ?? alert.endsAt
    const { fresh: its } = alert
    if (!its) return change(alert.id, said)
    its.count += 1
    its.severity = said.severity ?? its.severity
    its.title = said.title ?? its.title
    its.body = said.body ?? its.body
    its.endsAt = said.endsAt ?? its.endsAt
    if (said.heardAt) its.heardAt = said.heardAt
  }

  /** What is said last counts; all of it is counted. */
  function change(id: AlertId, said: Partial<Repeat>): void {
    const before = repeats.get(id) ?? unchanged(id)
    repeats.set(id, {
      ...before,
      ...said,
      count: before.count + (said.count ?? 0),
      acknowledgedAt: before.acknowledgedAt ?? said.acknowledgedAt ?? null,
    })
  }

  function end(place: string, alert: Open, at: Instant, by: 'source' | 'expiry'): void {
    if (alert.fresh) Object.assign(alert.fresh, { state: 'resolved', resolvedAt: at })
    else change(alert.id, { state: 'resolved', resolvedAt: at, over: howOver[by] })
    open.delete(place)
    const { id, groupId, heardAt, fresh: its } = alert
    // What has run out had before.
    if (groupId) turns.endedIn.set(groupId, Math.max(turns.endedIn.get(groupId) ?? -1, by === 'expiry' ? turn - 1 : turn))
    over.set(place, { resolvedAt: at, id, endsAt: by === 'expiry' ? at : null, heardAt, ...(its ? { fresh: its } : {}) })
    resolved.push({ alert, by })
  }
}

/** How the last alert of a key ended. Without `id` none was open then. */
type Over = Omit<End, keyof Place> & { fresh?: NewAlert }

/** Decides about alerts that are not stored yet. */
async function decideFresh(
  context: Context,
  fresh: readonly NewAlert[],
  { integrations, slugs, ...standing }: NonNullable<Around['standing']>,
  turns: Turns,
): Promise<Map<AlertId, Decided>> {
  const open = fresh.filter((alert) => alert.state !== 'resolved')
  const undecided = open.map((alert) => ({
    ...alert,
    firstAt: context.now,
    integrationName: integrations.get(alert.integrationId) ?? '',
    serviceSlug: (alert.serviceId && slugs.get(alert.serviceId)) ?? null,
  }))
  const inhibitors = undecided.map((alert) => ({ id: alert.id, title: alert.title, labels: askedLabelsOf(alert) }))
  const decided = await decideAll(
    context,
    undecided,
    await withInhibitors(
      context,
      standing,
      inhibitors.map(({ labels }) => labels),
      inhibitors,
    ),
    turns,
  )
  return new Map(decided.map((its) => [its.id, its]))
}

const unchanged = (id: AlertId): Repeat => ({
  id,
  count: 0,
  state: null,
  severity: null,
  title: null,
  body: null,
  endsAt: null,
  resolvedAt: null,
  acknowledgedAt: null,
  heardAt: null,
  over: null,
})

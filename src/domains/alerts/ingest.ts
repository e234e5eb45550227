// Takes signals in: deduplicates them against the open alerts by (integration, key), decides about what is new, and stores it all in one statement
// each for what is new and what is said again.
import { alertResolved, alertsReceived, alertsWaiting, alertTriggered, type AlertId, type GroupId } from './events.ts'
import { lookAround, withKeys, type Around, type Batch, type How, type KeyedBatch, type Open } from './around.ts'
import { deduplicate } from './deduplication.ts'
import { decideAll, type Context } from './dispatch.ts'
import { acknowledgeFromSource, settleGroups } from './group-lifecycle.ts'
import { insertAlerts, updateAlerts, type Decided, type NewAlert, type Repeat } from './store.ts'
import { withInhibitors } from './surroundings.ts'

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
export async function takeIn(context: Context, batches: readonly KeyedBatch[], { open, services, standing }: Around): Promise<string[][]> {
  const { scope, emit, newId, now } = context

  const fresh: NewAlert[] = []
  const repeats = new Map<string, Repeat>()
  const touchedGroups = new Set<GroupId>()
  const acknowledgedGroups = new Set<GroupId>()

  for (const { integration, signals } of batches) {
    for (const signal of signals) {
      const { dedupKey } = signal
      const place = `${integration.id} ${dedupKey}`
      const current = open.get(place)
      const verdict = deduplicate(current, signal, now)
      switch (verdict.does) {
        case 'new': {
          if (current && 'resolvesCurrentAt' in verdict && verdict.resolvesCurrentAt) await end(current, 'expiry', integration.id)
          const service = signal.service === undefined ? undefined : services.get(signal.service)
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
          }
          fresh.push(alert)
          open.set(place, {
            id: alert.id,
            integrationId: integration.id,
            dedupKey,
            groupId: null,
            state: 'triggered',
            endsAt: alert.endsAt,
            fresh: alert,
          })
          break
        }
        case 'repeat':
          if (current!.fresh) {
            current!.fresh.count += 1
            current!.fresh.endsAt = signal.endsAt ?? current!.fresh.endsAt
          } else {
            const before = repeats.get(current!.id)
            repeats.set(current!.id, {
              id: current!.id,
              count: (before?.count ?? 0) + 1,
              state: before?.state ?? null,
              severity: signal.severity,
              title: signal.title,
              body: signal.body ?? null,
              endsAt: signal.endsAt ?? null,
              resolvedAt: null,
              acknowledgedAt: before?.acknowledgedAt ?? null,
            })
          }
          break
        case 'acknowledge':
          if (current!.fresh) Object.assign(current!.fresh, { state: 'acknowledged', acknowledgedAt: now })
          else
            repeats.set(current!.id, {
              ...emptyRepeat(current!.id),
              ...repeats.get(current!.id),
              state: 'acknowledged',
              acknowledgedAt: now,
            })
          current!.state = 'acknowledged'
          if (current!.groupId) acknowledgedGroups.add(current!.groupId)
          break
        case 'resolve':
          await end(current!, 'source', integration.id)
          open.delete(place)
          break
        case 'drop':
          break
      }
    }
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
  for (const [integrationId, some] of Map.groupBy(fresh, (alert) => alert.integrationId)) {
    const received = { integrationId, alertIds: some.map((alert) => alert.id) }
    await emit(alertsReceived, received)
    if (!standing) await emit(alertsWaiting, received)
  }
  for (const groupId of [...acknowledgedGroups].sort()) await acknowledgeFromSource(context, groupId)
  await settleGroups(context, [...touchedGroups].sort(), 'source')
  if (fresh.length > 0) {
    const decided = standing ? await decideFresh(context, fresh, standing) : new Map<AlertId, Decided>()
    scope.last(
      insertAlerts(
        scope,
        fresh.map((alert) => {
          const its = decided.get(alert.id)
          return its ? { ...alert, decided: its } : alert
        }),
      ),
    )
  }
  return batches.map(({ signals }) => signals.map(({ dedupKey }) => dedupKey))

  async function end(alert: Open, by: 'source' | 'expiry', stream: string): Promise<void> {
    if (alert.fresh) Object.assign(alert.fresh, { state: 'resolved', resolvedAt: now })
    else repeats.set(alert.id, { ...emptyRepeat(alert.id), ...repeats.get(alert.id), state: 'resolved', resolvedAt: now })
    if (alert.groupId) touchedGroups.add(alert.groupId)
    await emit(alertResolved, { alertId: alert.id, groupId: alert.groupId, by }, { stream })
  }
}

/** Decides about alerts that are not stored yet. */
async function decideFresh(
  context: Context,
  fresh: readonly NewAlert[],
  { integrations, slugs, ...standing }: NonNullable<Around['standing']>,
): Promise<Map<AlertId, Decided>> {
  const open = fresh.filter((alert) => alert.state !== 'resolved')
  const undecided = open.map((alert) => ({
    ...alert,
    firstAt: context.now,
    integrationName: integrations.get(alert.integrationId) ?? '',
    serviceSlug: (alert.serviceId && slugs.get(alert.serviceId)) ?? null,
  }))
  const decided = await decideAll(context, undecided, await withInhibitors(context, standing, open))
  return new Map(decided.map((its) => [its.id, its]))
}

const emptyRepeat = (id: AlertId): Repeat => ({
  id,
  count: 0,
  state: null,
  severity: null,
  title: null,
  body: null,
  endsAt: null,
  resolvedAt: null,
  acknowledgedAt: null,
})

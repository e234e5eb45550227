// Takes signals in: deduplicates them against the open alerts by (integration, key), decides about what is new, and stores it all in one statement
// each for what is new and what is said again.
import type { CommandContext } from '#kernel/command.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { Signal } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import { findServices, type Service } from '#domains/directory/index.ts'
import { alertResolved, alertsReceived, alertsWaiting, alertTriggered, type AlertId, type GroupId, type IntegrationId } from './events.ts'
import { deduplicate } from './deduplication.ts'
import { decideAll, type Context } from './dispatch.ts'
import { acknowledgeFromSource, settleGroups } from './group-lifecycle.ts'
import { namesOf } from './rule-store.ts'
import { insertAlerts, lockOpen, updateAlerts, type Decided, type NewAlert, type Repeat } from './store.ts'
import { readSurroundings } from './surroundings.ts'

export type Batch = { integration: { id: IntegrationId; serviceId: string | null; teamId: string | null }; signals: Signal[] }

type Open = {
  id: AlertId
  integrationId: IntegrationId
  dedupKey: string
  groupId: GroupId | null
  state: 'triggered' | 'acknowledged' | 'suppressed'
  endsAt: Instant | null
  fresh?: NewAlert
}

/**
 * Stores all batches in the current transaction. Answers the deduplication key of each signal, batch by batch. `decides: 'later'` stores without
 * deciding, and leaves that to a reaction: for when deciding fails, since nothing that was sent may be lost for it.
 */
export async function ingest(
  context: Context,
  batches: Batch[],
  { decides = 'now' }: { decides?: 'now' | 'later' } = {},
): Promise<string[][]> {
  const { scope, emit, newId, now } = context
  const keys = batches.map((batch) => batch.signals.map((signal) => signal.dedupKey ?? newId('evt')))
  const wanted = batches.flatMap((batch, b) => batch.signals.map((_, s) => ({ integrationId: batch.integration.id, key: keys[b]![s]! })))
  const [rows, services] = await allOfThem([
    lockOpen(
      scope,
      wanted.map((pair) => pair.integrationId),
      wanted.map((pair) => pair.key),
    ),
    servicesOf(scope, batches),
  ])
  const open = new Map<string, Open>(rows.map((row) => [`${row.integrationId} ${row.dedupKey}`, row as Open]))

  const fresh: NewAlert[] = []
  const repeats = new Map<string, Repeat>()
  const touchedGroups = new Set<GroupId>()
  const acknowledgedGroups = new Set<GroupId>()

  for (const [b, { integration, signals }] of batches.entries()) {
    for (const [s, signal] of signals.entries()) {
      const dedupKey = keys[b]![s]!
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
    await updateAlerts(
      scope,
      [...repeats.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
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
    if (decides === 'later') await emit(alertsWaiting, received)
  }
  for (const groupId of [...acknowledgedGroups].sort()) await acknowledgeFromSource(context, groupId)
  await settleGroups(context, [...touchedGroups].sort(), 'source')
  if (fresh.length > 0) {
    const decided = decides === 'now' ? await decideFresh(context, fresh) : new Map<AlertId, Decided>()
    await insertAlerts(
      scope,
      fresh.map((alert) => {
        const its = decided.get(alert.id)
        return its ? { ...alert, decided: its } : alert
      }),
    )
  }
  return keys

  async function end(alert: Open, by: 'source' | 'expiry', stream: string): Promise<void> {
    if (alert.fresh) Object.assign(alert.fresh, { state: 'resolved', resolvedAt: now })
    else repeats.set(alert.id, { ...emptyRepeat(alert.id), ...repeats.get(alert.id), state: 'resolved', resolvedAt: now })
    if (alert.groupId) touchedGroups.add(alert.groupId)
    await emit(alertResolved, { alertId: alert.id, groupId: alert.groupId, by }, { stream })
  }
}

/** Decides about alerts that are not stored yet. */
async function decideFresh(context: Context, fresh: readonly NewAlert[]): Promise<Map<AlertId, Decided>> {
  const open = fresh.filter((alert) => alert.state !== 'resolved')
  const [names, around] = await allOfThem([
    namesOf(
      context.scope,
      [...new Set(open.map((alert) => alert.integrationId))],
      [...new Set(open.flatMap((alert) => alert.serviceId ?? []))],
    ),
    readSurroundings(context, open),
  ])
  const undecided = open.map((alert) => ({
    ...alert,
    firstAt: context.now,
    integrationName: names.integrations?.[alert.integrationId] ?? '',
    serviceSlug: (alert.serviceId && names.services?.[alert.serviceId]) ?? null,
  }))
  const decided = await decideAll(context, undecided, around)
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

async function servicesOf(scope: CommandContext['scope'], batches: Batch[]): Promise<Map<string, Service>> {
  const slugs = [
    ...new Set(batches.flatMap((batch) => batch.signals.flatMap((signal) => (signal.service === undefined ? [] : [signal.service])))),
  ]
  return slugs.length === 0 ? new Map() : new Map((await findServices(scope, slugs)).map((service) => [service.slug, service]))
}

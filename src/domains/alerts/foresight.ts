// What would become of a signal by the rules as they were last read: for the time in which nothing can be read. No rule is told twice here: deciding is
// `decision.ts`, and whether it pages is `paging.ts`.
import type { Scope } from '#kernel/scope.ts'
import type { Signal } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import { listServices, type Service } from '#domains/directory/index.ts'
import { decideAlert } from './decision.ts'
import type { Inhibitor } from './inhibition.ts'
import type { Batch } from './ingest.ts'
import { allKeys } from './integration-store.ts'
import { pagingOf } from './paging.ts'
import { integrationNames } from './rule-store.ts'
import { openGroupKeys } from './store.ts'
import { readWrittenStanding, standingOf, withInhibitors, type WrittenStanding } from './surroundings.ts'

/** How a sender is recognised: by the hash of its key, and what it signs with, still sealed. */
export type IntegrationKey = Awaited<ReturnType<typeof allKeys>>[number]

/** Plain data, which can be written down. */
export type LastKnownRules = {
  standing: WrittenStanding
  inhibitors: readonly Inhibitor[]
  keys: readonly IntegrationKey[]
  services: Service[]
  /** Names of the integrations by id. */
  integrations: ReadonlyMap<string, string>
  /** Whoever joins one of these pages nobody. */
  openGroups: ReadonlySet<string>
}

/** Everything that an alert is decided by. Open groups are the newest 20,000. */
export async function readRulesForOutage(scope: Scope): Promise<LastKnownRules> {
  const standing = await readWrittenStanding({ scope })
  return {
    standing,
    inhibitors: (await withInhibitors({ scope }, standingOf(standing), undefined)).inhibitors,
    keys: await allKeys(scope),
    services: await listServices(scope, { limit: 100_000 }),
    integrations: await integrationNames(scope),
    openGroups: await openGroupKeys(scope, 20_000),
  }
}

/** Which policy a signal that triggers would page by, and what is told together with it; undefined when it would page nobody new. */
export function foresee(
  known: LastKnownRules,
  { integration }: Pick<Batch, 'integration'>,
  signal: Signal & { dedupKey: string },
  now: Instant,
): { groupKey: string; policy: string; title: string; service: string } | undefined {
  const named = known.services.find(({ slug }) => slug === signal.service) ?? known.services.find(({ id }) => id === integration.serviceId)
  const alert = {
    id: '',
    title: signal.title,
    body: signal.body ?? '',
    severity: signal.severity,
    source: known.integrations.get(integration.id) ?? '',
    labels: signal.labels,
    service: named?.slug ?? null,
    integration: known.integrations.get(integration.id) ?? '',
    integrationId: integration.id,
    dedupKey: signal.dedupKey,
    firstAt: signal.startedAt ?? now,
  }
  const decision = decideAlert(alert, { ...standingOf(known.standing), inhibitors: known.inhibitors }, now)
  if (decision.does !== 'group' || known.openGroups.has(decision.groupKey)) return undefined
  const service = known.services.find(({ slug }) => slug === (alert.service ?? decision.target.service))
  const { policy } = pagingOf(decision.target, service, signal.severity)
  return policy === null ? undefined : { groupKey: decision.groupKey, policy, title: signal.title, service: service?.name ?? '' }
}

// What has to be known before signals are taken in: which of their alerts are open, and what all of them are decided by. All of it is asked at once.
import type { CommandContext } from '#kernel/command.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { Signal } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import { findServices, type Service } from '#domains/directory/index.ts'
import type { Context } from './dispatch.ts'
import type { AlertId, GroupId, IntegrationId } from './events.ts'
import { namesOf } from './rule-store.ts'
import { lockOpen, type NewAlert } from './store.ts'
import { readStanding, type Standing } from './surroundings.ts'

export type Batch = { integration: { id: IntegrationId; serviceId: string | null; teamId: string | null }; signals: Signal[] }

export type Open = {
  id: AlertId
  integrationId: IntegrationId
  dedupKey: string
  groupId: GroupId | null
  state: 'triggered' | 'acknowledged' | 'suppressed'
  endsAt: Instant | null
  fresh?: NewAlert
}

export type KeyedBatch = Omit<Batch, 'signals'> & { signals: (Signal & { dedupKey: string })[] }
export type How = { decides?: 'now' | 'later' }
/** `open`: by integration and key. Without `standing` nothing is decided now. */
export type Around = {
  open: Map<string, Open>
  services: ReadonlyMap<string, Service>
  standing: (Standing & { integrations: ReadonlyMap<string, string>; slugs: ReadonlyMap<string, string> }) | undefined
}

export const withKeys = ({ newId }: Pick<Context, 'newId'>, batches: readonly Batch[]): KeyedBatch[] =>
  batches.map(({ integration, signals }) => ({
    integration,
    signals: signals.map((signal) => ({ ...signal, dedupKey: signal.dedupKey ?? newId('evt') })),
  }))

/** All that has to be known before anything is decided, asked at once. */
export async function lookAround(context: Context, batches: readonly KeyedBatch[], { decides = 'now' }: How = {}): Promise<Around> {
  const { scope } = context
  const keys = batches.flatMap(({ integration, signals }) => signals.map(({ dedupKey }) => [integration.id, dedupKey] as const))
  const ids = [...new Set(batches.map(({ integration }) => integration.id))]
  const serviceIds = [...new Set(batches.flatMap(({ integration }) => integration.serviceId ?? []))]
  const [rows, services, names, standing] = await allOfThem([
    lockOpen(
      scope,
      keys.map(([id]) => id),
      keys.map(([, key]) => key),
    ),
    servicesOf(scope, batches),
    decides === 'now' ? namesOf(scope, ids, serviceIds) : undefined,
    decides === 'now' ? readStanding(context) : undefined,
  ])
  return {
    open: new Map(rows.map((row) => [`${row.integrationId} ${row.dedupKey}`, row as Open])),
    services: new Map(services.map((service) => [service.slug, service])),
    standing: standing && {
      ...standing,
      integrations: new Map(Object.entries(names?.integrations ?? {})),
      slugs: new Map([...Object.entries(names?.services ?? {}), ...services.map(({ id, slug }) => [id, slug] as const)]),
    },
  }
}

async function servicesOf(scope: CommandContext['scope'], batches: readonly Batch[]): Promise<readonly Service[]> {
  const slugs = [...new Set(batches.flatMap(({ signals }) => signals.flatMap(({ service }) => service ?? [])))]
  return slugs.length === 0 ? [] : findServices(scope, slugs)
}

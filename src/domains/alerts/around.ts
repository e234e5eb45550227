// What has to be known before signals are taken in: which of their alerts are open, and what all of them are decided by. All of it is asked at once.
import type { CommandContext } from '#kernel/command.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { AlertSeverity, Signal } from '#kernel/signal.ts'
import { addSeconds, secondsBetween, type Instant } from '#kernel/time.ts'
import { findServices, type Service } from '#domains/directory/index.ts'
import type { Context } from './dispatch.ts'
import { endsOf, placeOf, type End } from './end-store.ts'
import type { AlertId, GroupId, IntegrationId } from './events.ts'
import { namesOf } from './rule-store.ts'
import { lockOpen, type NewAlert } from './store.ts'
import { readStanding, type Standing } from './surroundings.ts'

/** `heardAt`: when it came in. */
export type Batch = {
  integration: { id: IntegrationId; serviceId: string | null; teamId: string | null }
  signals: Signal[]
  heardAt?: Instant
}

export type Open = {
  id: AlertId
  integrationId: IntegrationId
  dedupKey: string
  groupId: GroupId | null
  state: 'triggered' | 'acknowledged' | 'suppressed'
  severity: AlertSeverity
  endsAt: Instant | null
  firstAt: Instant
  heardAt: Instant | null
  fresh?: NewAlert
}

/** `heardAt`: when it came, if that was before now. `isLate`: others may have taken in meanwhile what came after it. */
export type Heard = Signal & { heardAt?: Instant; isLate?: boolean }
export type KeyedBatch = Omit<Batch, 'signals'> & { signals: (Heard & { dedupKey: string })[] }
export type How = { decides?: 'now' | 'later' }
/** `open`, and `ends` for what is late: by integration and key. Without `standing` nothing is decided now. */
export type Around = {
  open: Map<string, Open>
  ends: Map<string, End>
  services: ReadonlyMap<string, Service>
  standing: (Standing & { integrations: ReadonlyMap<string, string>; slugs: ReadonlyMap<string, string> }) | undefined
}

/** What is taken in so long after it came is late: less than what a node waits for before it keeps it in its file and says yes. */
const lateAfterSeconds = 5

export const withKeys = ({ newId, now }: Pick<Context, 'newId' | 'now'>, batches: readonly Batch[]): KeyedBatch[] =>
  batches.map(({ integration, signals, heardAt }) => {
    const late = heardAt !== undefined && isLate(heardAt, now) ? { heardAt, isLate: true } : {}
    return {
      integration,
      signals: signals.map((signal) => ({ ...late, ...notAfter(signal, now), dedupKey: signal.dedupKey ?? newId('evt') })),
    }
  })

/** Two nodes that follow the database's clock are less apart than this: what one kept may be a little ahead of the one that reads it. */
const mostApartSeconds = 1

/**
 * What a node kept before its database had told it the time may be from the future by its machine's clock, and would come after all that is said now. A little
 * ahead it stays as it is, in the order in which its node heard it.
 */
const notAfter = (signal: Heard, now: Instant): Heard =>
  signal.heardAt !== undefined && signal.heardAt > addSeconds(now, mostApartSeconds) ? { ...signal, heardAt: now } : signal

/** Whether so much time has passed that what was known then may have changed. */
export const isLate = (began: Instant, now: Instant): boolean => secondsBetween(began, now) >= lateAfterSeconds

/** All that has to be known before anything is decided, asked at once. */
export async function lookAround(context: Context, batches: readonly KeyedBatch[], { decides = 'now' }: How = {}): Promise<Around> {
  const { scope } = context
  const keys = batches.flatMap(({ integration, signals }) => signals.map(({ dedupKey }) => [integration.id, dedupKey] as const))
  const ids = [...new Set(batches.map(({ integration }) => integration.id))]
  const serviceIds = [...new Set(batches.flatMap(({ integration }) => integration.serviceId ?? []))]
  const late = new Map(batches.flatMap(lateOf).map((place) => [placeOf(place), place]))
  const [rows, ends, services, names, standing] = await allOfThem([
    lockOpen(
      scope,
      keys.map(([id]) => id),
      keys.map(([, key]) => key),
    ),
    late.size === 0 ? [] : endsOf(scope, [...late.values()]),
    servicesOf(scope, batches),
    decides === 'now' ? namesOf(scope, ids, serviceIds) : undefined,
    decides === 'now' ? readStanding(context) : undefined,
  ])
  return {
    open: new Map(rows.map((row) => [placeOf(row), row as Open])),
    ends: new Map(ends.sort((a, b) => (a.resolvedAt < b.resolvedAt ? -1 : 1)).map((end) => [placeOf(end), end])),
    services: new Map(services.map((service) => [service.slug, service])),
    standing: standing && {
      ...standing,
      integrations: new Map(Object.entries(names?.integrations ?? {})),
      slugs: new Map([...Object.entries(names?.services ?? {}), ...services.map(({ id, slug }) => [id, slug] as const)]),
    },
  }
}

const lateOf = ({ integration, signals }: KeyedBatch) =>
  signals.flatMap(({ action, dedupKey, isLate }) => (isLate && action === 'trigger' ? [{ integrationId: integration.id, dedupKey }] : []))

async function servicesOf(scope: CommandContext['scope'], batches: readonly Batch[]): Promise<readonly Service[]> {
  const slugs = [...new Set(batches.flatMap(({ signals }) => signals.flatMap(({ service }) => service ?? [])))]
  return slugs.length === 0 ? [] : findServices(scope, slugs)
}

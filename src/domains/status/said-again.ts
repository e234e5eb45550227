// What an incident that comes back says of components: what it said last while it was open, unless somebody has said since that they work.
import { allOfThem } from '#kernel/gather.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Instant } from '#kernel/time.ts'
import type { ComponentStatus } from './component-status.ts'
import { workedBefore } from './store.ts'
import { saidByOthers, updatesOfIncident, type Update } from './update-store.ts'

type Said = { componentId: string; status: ComponentStatus }

/** What was last said to be other than working before the last end, and when. `updates`: the newest first. Pure. */
export function lastSaid(updates: readonly Pick<Update, 'components' | 'lastedSeconds' | 'at'>[]): {
  endedAt: Instant | undefined
  said: (Said & { at: Instant })[]
} {
  const end = updates.findIndex(({ lastedSeconds }) => lastedSeconds !== null)
  if (end === -1) return { endedAt: undefined, said: [] }
  const said = new Map<string, Said & { at: Instant }>()
  for (const { components, at } of updates.slice(end + 1))
    for (const one of components) if (!said.has(one.componentId)) said.set(one.componentId, { ...one, at })
  return { endedAt: updates[end]!.at, said: [...said.values()].filter(({ status }) => status !== 'works') }
}

/** `incidentId` has come back after its end was told: what it says again. */
export async function saidAgain(scope: Scope, incidentId: string): Promise<Said[]> {
  const updates = await updatesOfIncident(scope, incidentId)
  const { endedAt, said } = lastSaid(updates)
  if (endedAt === undefined || said.length === 0) return []
  const ids = said.map(({ componentId }) => componentId)
  // Its own ends say that they work as well, and are over now: of what came after the last one only what another incident says counts.
  const its = updates.map(({ at }) => at)
  const [worked, others] = await allOfThem([workedBefore(scope, ids, endedAt, its), saidByOthers(scope, ids, incidentId)])
  const newer = [...worked, ...others.filter(({ status }) => status === 'works')]
  return said
    .filter(({ componentId, at }) => !newer.some((other) => other.componentId === componentId && other.at > at))
    .map(({ componentId, status }) => ({ componentId, status }))
}

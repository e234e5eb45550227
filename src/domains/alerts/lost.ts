// What was taken in with a yes, and the database does not have any more: it has failed over to a copy that lags behind, or was set back. It is taken in
// again by the names of its commits, each once, whatever of it the database has all the same.
import type { Instant } from '#kernel/time.ts'
import { keepInOrder, type Keepable } from './backlog.ts'
import * as store from './backlog-store.ts'
import type { Context } from './dispatch.ts'
import { lostTakenIn, type IntegrationId } from './events.ts'
import { thoseThatAre } from './integration-store.ts'
import type { KeptSignal } from './taken.ts'

/** What a commit took in, and when the first of it came. */
export type TakenIn = { commit: string; at: Instant; what: readonly Keepable[] }

/** When the first and the last of it came, of which commits, how many alerts were taken in again, and of how many the integration is lost too. */
export type TakenInAgain = { since: Instant; until: Instant; commits: string[]; alerts: number; unknown: number }

/** Keeps, to be read in its order and as of when it came, what the database has lost of these. Undefined when that is nothing. */
export async function takeInLost(context: Context, taken: readonly TakenIn[]): Promise<TakenInAgain | undefined> {
  if (taken.length === 0) return undefined
  const { scope, emit } = context
  const missing = await store.commitsMissing(
    scope,
    taken.map(({ commit }) => commit),
  )
  const lost = taken.filter(({ commit }) => missing.has(commit))
  if (lost.length === 0) return undefined
  // From now on they never will be: what a server that is only behind would still get.
  await store.commitsThatFailed(scope, [...missing])
  const all = lost.flatMap(({ what, at }) => what.map((one) => asOf(one, at)))
  const there = await thoseThatAre(scope, [...new Set(all.map(integrationOf))])
  const kept = all.filter((one) => there.has(integrationOf(one)))
  if (kept.length > 0) await keepInOrder(context, kept)
  for (const [integrationId, some] of Map.groupBy(kept, integrationOf))
    await emit(lostTakenIn, { integrationId, signals: countOf(some), since: lost[0]!.at })
  const times = lost.map(({ at }) => at).sort()
  return { since: times[0]!, until: times.at(-1)!, commits: [...missing], alerts: countOf(kept), unknown: countOf(all) - countOf(kept) }
}

const integrationOf = (one: Keepable): IntegrationId => ('batch' in one ? one.batch : one.request).integration.id

const countOf = (all: readonly Keepable[]): number =>
  all.reduce((sum, one) => sum + ('batch' in one ? one.batch.signals.length : one.request.unread.count), 0)

function asOf(one: Keepable, at: Instant): Keepable {
  if ('request' in one) return { request: { ...one.request, heardAt: one.request.heardAt ?? at } }
  const { integration, signals, heardAt = at } = one.batch
  // What was in a node's file came when its line says.
  const asOfThen = (signal: KeptSignal): KeptSignal => ({
    ...signal,
    startedAt: signal.startedAt ?? signal.heardAt ?? heardAt,
    heardAt: signal.heardAt ?? heardAt,
  })
  return { batch: { integration, signals: signals.map(asOfThen) } }
}

// What was changed before something began to be wrong: the first thing that whoever is woken wants to know.
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { changesOf, lastChange, type Change } from './store.ts'

/** For so long before the beginning a change may have to do with it. */
const looksBackSeconds = 86_400

/** The last change of a service, or of none in particular, in the day before. */
export const changedBefore = (
  scope: Scope,
  serviceId: string | null,
  began: Instant,
): Promise<{ summary: string; at: Instant } | undefined> =>
  lastChange(scope, { serviceId, since: addSeconds(began, -looksBackSeconds), until: began })

/** The newest changes of these services, and of none in particular, from the day before until a moment. */
export const changesAround = (
  scope: Scope,
  serviceIds: readonly string[],
  began: Instant,
  until: Instant,
  most: number,
): Promise<Change[]> => changesOf(scope, serviceIds, addSeconds(began, -looksBackSeconds), until, most)

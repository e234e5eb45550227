// What was changed before something began to be wrong: the first thing that whoever is woken wants to know.
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import type { ChangeId } from './events.ts'
import { changesOf, changesWithin, lastChange, type Change } from './store.ts'

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

/** At most so many of them stand in one timeline. */
const mostInATimeline = 100

/** What was changed on these services, and on none in particular, while something was wrong, and the last change in the day before. */
export const changesInTimeline = (scope: Scope, serviceIds: readonly string[], began: Instant, until: Instant): Promise<ChangeId[]> =>
  changesWithin(scope, serviceIds, { looksBackTo: addSeconds(began, -looksBackSeconds), began, until }, mostInATimeline)

// Which policies name a schedule.
import type { Scope } from '#kernel/scope.ts'
import { namesIn } from './policy.ts'
import { listPolicies } from './schedule-store.ts'

/** Slugs of the policies that page whoever is on call in this schedule. */
export const policiesNaming = async (scope: Scope, schedule: string): Promise<string[]> =>
  (await listPolicies(scope)).filter((policy) => namesIn(policy.levels).schedules.includes(schedule)).map((policy) => policy.slug)

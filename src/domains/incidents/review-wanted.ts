// Whether an incident's process wants a review of it, and why.
import type { Scope } from '#kernel/scope.ts'
import { boardOf } from './change.ts'
import { holds } from './guard.ts'
import { guardValues } from './incident.ts'
import { processAt } from './process-store.ts'
import { findIncident } from './store.ts'

/** False, with its reason, for an incident that the scope does not see or whose process has no review. */
export async function reviewWanted(scope: Scope, incidentId: string): Promise<{ holds: boolean; reason: string }> {
  const incident = await findIncident(scope, incidentId)
  if (!incident) return { holds: false, reason: 'there is no such incident' }
  const { review, name } = await processAt(scope, incident.type, incident.processVersion)
  if (!review) return { holds: false, reason: `${name} has no review` }
  return holds(review.when, guardValues(incident, await boardOf(scope, incident), scope.now))
}

// When stakeholders were last told, read from the record: the slice that publishes updates comes after this one.
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import { countEvents, readEvents } from '#platform/events/read.ts'
import type { Instant } from '#kernel/time.ts'
import type { LastUpdate } from './clocks.ts'
import type { IncidentId } from './incident.ts'

/** The newest update of an incident, when it promised the next, and whether the incident was reopened after it. */
export async function lastUpdateOf(scope: Scope, id: IncidentId): Promise<LastUpdate> {
  const newest = async (type: string) => (await readEvents(scope, sql`stream = ${id} and type = ${type}`, 1))[0]
  const [update, reopened] = [await newest('update.published'), await newest('incident.reopened')]
  const { nextUpdateAt } = (update?.data ?? {}) as { nextUpdateAt?: Instant | null }
  const isAfter = reopened !== undefined && (update === undefined || reopened.position > update.position)
  return { at: update?.at ?? null, nextAt: nextUpdateAt ?? null, reopenedAt: isAfter ? reopened.at : null }
}

/** How many were published: the next one is this plus one. */
export const countUpdates = (scope: Scope, id: IncidentId): Promise<number> =>
  countEvents(scope, sql`stream = ${id} and type = 'update.published'`)

// When stakeholders were last told, read from the record: the slice that publishes updates comes after this one.
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import { countEvents, readEvents } from '#platform/events/read.ts'
import type { Instant } from '#kernel/time.ts'
import type { LastUpdate } from './clocks.ts'
import type { IncidentId } from './incident.ts'

/** The newest update of an incident, and when it promised the next; undefined when there was none. */
export async function lastUpdateOf(scope: Scope, id: IncidentId): Promise<LastUpdate | undefined> {
  const [event] = await readEvents(scope, sql`stream = ${id} and type = 'update.published'`, 1)
  if (!event) return undefined
  const { nextUpdateAt } = event.data as { nextUpdateAt?: Instant | null }
  return { at: event.at, nextAt: nextUpdateAt ?? null }
}

/** How many were published: the next one is this plus one. */
export const countUpdates = (scope: Scope, id: IncidentId): Promise<number> =>
  countEvents(scope, sql`stream = ${id} and type = 'update.published'`)

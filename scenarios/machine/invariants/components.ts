// I11 for those who look at a status page: a component is as bad as something says that has not ended, an incident or planned work; and it works
// when nothing says otherwise. Told from what was published, and not from what holds it.
import { sql } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { demand, look } from '../record.ts'
import type { Invariant } from './invariant.ts'

const about = new Set(['component', 'maintenance', 'update', 'incident'])

type Component = { id: string; slug: string; status: string }
/** What one thing says of a component, at what time by its node's clock and where in the record (null for planned work), and whether it has ended since. */
type Said = { component: string; by: string; status: string; at: Instant; position: number | null; isOver: boolean; number: number }

export const components: Invariant = {
  id: 'I11',
  says: 'a component is as bad as something says that has not ended, and works when nothing does',
  async always({ events, at }, { database, seen }) {
    if (!events.some(({ type }) => about.has(type.split('.')[0]!))) return
    const [all, said] = await look(database, at, async (scope) => [
      await scope.query<Component>(sql`select id, slug, status from components`),
      await scope.query<Said>(sql`
        select named."componentId" as component, incident_id as by, named.status, created_at as at,
            (select max(position) from events where type = 'update.published' and about ->> 'update' = u.id) as position, number, n.ended_at is not null or exists (
            select 1 from updates last where last.incident_id = u.incident_id and last.number >= u.number and lasted_seconds is not null) as "isOver"
          from updates u join incident_notices n using (incident_id)
          cross join lateral json_to_recordset(u.components) as named ("componentId" text, status text)
        union all select named, id, 'maintenance', began_at, null, 1, ended_at is not null from maintenances
          cross join lateral json_array_elements_text(component_ids) as named where began_at is not null`),
    ])
    for (const { id, slug, status } of all) {
      const ofIt = said.filter(({ component }) => component === id)
      const last = [...Map.groupBy(ofIt, ({ by }) => by).values()].map((one) => one.reduce((a, b) => (b.number > a.number ? b : a)))
      const open = last.filter((one) => !one.isOver && one.status !== 'works')
      // Somebody has said since that it works.
      const works = ofIt.filter((one) => one.status === 'works')
      const since = open.filter((one) => !works.some((other) => mayBeLater(other, one, seen.apartSeconds)))
      demand(
        'I11',
        status !== 'works' || since.length === 0,
        () => `${slug} works, and ${since[0]?.by} says that it is ${since[0]?.status}`,
      )
      demand(
        'I11',
        status === 'works' || open.some((one) => one.status === status),
        () => `${slug} is ${status}, and nothing that is open says so`,
      )
      if (status === 'maintenance' && last.some((one) => one.isOver && one.by.startsWith('inc_')))
        seen.reached.add('planned work that outlasts an incident')
    }
  },
}

/** What was published is in the record's order, whatever the clocks of their nodes say; of planned work only those are known. */
const mayBeLater = (one: Said, other: Said, apartSeconds: number): boolean =>
  one.position !== null && other.position !== null ? one.position > other.position : one.at >= addSeconds(other.at, -apartSeconds)

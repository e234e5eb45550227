// I11 for who reads that an incident is back: it says of components again what it said last while it was open, and of no others.
import { sql } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { demand, look } from '../record.ts'
import type { Invariant } from './invariant.ts'

type Update = {
  incident: string
  number: number
  at: Instant
  isEnd: boolean
  isReturn: boolean
  components: { componentId: string; status: string }[]
}
/** That a component works, by whomever it was said, or came to be so. */
type Works = { component: string; at: Instant; incident: string | null }

export const backAgain: Invariant = {
  id: 'I11',
  says: 'what comes back says of components what it said last while it was open',
  async quiet({ database, now, seen }) {
    const [updates, works] = await look(database, now, async (scope) => [
      await scope.query<Update>(sql`select incident_id as incident, number, created_at as at, lasted_seconds is not null as "isEnd",
          text like 'This is not over after all.%' as "isReturn", components from updates where incident_id is not null order by number`),
      await scope.query<Works>(sql`select component_id as component, at, null as incident from component_changes where status = 'works'
        union all select named."componentId", created_at, incident_id from updates
          cross join lateral json_to_recordset(components) as named ("componentId" text, status text) where named.status = 'works'`),
    ])
    for (const [incident, its] of Map.groupBy(updates, (one) => one.incident)) {
      const own = new Set(its.map(({ at }) => at))
      const byOthers = works.filter((one) => (one.incident === null ? !own.has(one.at) : one.incident !== incident))
      for (const [index, back] of its.entries()) {
        if (!back.isReturn) continue
        const before = its.slice(
          0,
          its.slice(0, index).findLastIndex(({ isEnd }) => isEnd),
        )
        const last = new Map(before.flatMap(({ components, at }) => components.map((one) => [one.componentId, { ...one, at }])))
        const bad = [...last.values()].filter(({ status }) => status !== 'works')
        const named = new Map(back.components.map(({ componentId, status }) => [componentId, status]))
        if (named.size > 0) seen.reached.add('an incident that came back and said again how components are')
        for (const [component, status] of named)
          demand(
            'I11',
            bad.some((one) => one.componentId === component && one.status === status),
            () => `${incident} is back and says that ${component} is ${status}, which it did not say last`,
          )
        for (const { componentId, status, at } of bad)
          demand(
            'I11',
            named.has(componentId) || byOthers.some((one) => one.component === componentId && one.at >= addSeconds(at, -seen.apartSeconds)),
            () => `${incident} is back and no longer says that ${componentId} is ${status}`,
          )
      }
    }
  },
}

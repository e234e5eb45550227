// I2: each page ends acknowledged, ended with its reason, or exhausted, and then its owners were told. Whoever a level told has a line for each way.
import { sql } from '#kernel/sql.ts'
import { demand, look } from '../record.ts'
import type { Invariant } from './invariant.ts'

export const pages: Invariant = {
  id: 'I2',
  says: 'each page comes to an end, and whoever it told was told or there is a reason',
  async quiet({ database, now, seen }) {
    await look(database, now, async (scope) => {
      const rows = await scope.query<{ id: string; state: string; reason: string; group: string | null; owners: number }>(sql`
        select p.id, p.state, p.reason, g.state as group, (select count(*) from page_people t where t.page_id = p.id and t.reach_key like '%/owners/%') as owners
        from pages p left join alert_groups g on g.id = p.group_id`)
      for (const page of rows) {
        demand('I2', page.state !== 'paging', () => `${page.id} still pages: ${page.reason}`)
        demand('I2', page.reason !== '', () => `${page.id} is ${page.state} without a reason`)
        demand(
          'I2',
          page.state !== 'exhausted' || page.owners > 0 || page.reason.includes('nobody else to tell'),
          () => `${page.id} is exhausted and told no owner`,
        )
        if (page.group === null) continue
        demand(
          'I2',
          (page.group === 'resolved') === (page.state === 'ended'),
          () => `${page.id} is ${page.state}, its group is ${page.group}`,
        )
        demand(
          'I2',
          (page.group === 'acknowledged') === (page.state === 'acknowledged'),
          () => `${page.id} is ${page.state}, its group is ${page.group}`,
        )
      }
      const paged = await scope.query<{ id: string; reason: string }>(sql`
        select g.id, g.reason from alert_groups g where g.policy is not null and g.state = 'triggered' and not exists (select 1 from pages p where p.group_id = g.id)`)
      demand('I2', paged.length === 0, () => `${paged[0]?.id} pages nobody although it says: ${paged[0]?.reason}`)

      const told = await scope.query<{ key: string; ended: boolean | null; reason: string | null; lines: number; open: number }>(sql`
        select t.reach_key as key, r.ended_at is not null as ended, r.reason, count(n.id) as lines, count(n.id) filter (where n.status in ('waiting', 'sending')) as open
        from page_people t left join processes r on r.name = 'notifications.reach' and r.key = t.reach_key left join notifications n on n.reach_key = t.reach_key
        group by t.reach_key, r.ended_at, r.reason`)
      for (const { key, ended, reason, lines, open } of told) {
        demand('I3', ended === true && open === 0, () => `${key} was to be told, and it is not over: ${reason ?? 'it never began'}`)
        demand(
          'I3',
          lines > 0 || /cannot be reached|disabled|no such|not told|cancelled/.test(reason ?? ''),
          () => `${key} was told by nothing: ${reason}`,
        )
      }
      // What reached its person in a summary has arrived with that: see there.
      const all = seen.handed.filter((one) => one.arrived)
      const arrived = new Set(all.map((one) => one.key))
      const arrivedForAll = new Set(all.filter((one) => !one.isForgotten).map((one) => one.key))
      const settled = await scope.query<{ id: string; status: string; reason: string }>(sql`select id, status, reason from notifications n
        where status in ('delivered', 'failed') and not exists (select 1 from summary_entries e where e.reach_key = n.reach_key)`)
      for (const { id, status, reason } of settled) {
        if (status === 'delivered') demand('I3', arrived.has(id), () => `${id} is recorded as delivered and never arrived`)
        else demand('I3', !arrivedForAll.has(id), () => `${id} is recorded as failed (${reason}) and has arrived`)
      }
    })
  },
}

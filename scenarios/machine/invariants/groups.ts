// I7: an alert group is open for exactly as long as one of its alerts is, and says how many are. Those that somebody has are snoozed all or none.
import { sql } from '#kernel/sql.ts'
import { demand, look } from '../record.ts'
import type { Invariant } from './invariant.ts'

const about = new Set(['group', 'alert'])

export const groups: Invariant = {
  id: 'I7',
  says: 'a group is open for as long as one of its alerts is',
  async always({ events, at }, { database }) {
    if (!events.some(({ type }) => about.has(type.split('.')[0]!))) return
    const [wrong] = await look(database, at, (scope) =>
      scope.query<{ id: string; state: string; said: number; open: number }>(sql`select * from (
        select g.id, g.state, g.open_count as said, (select count(*) from alerts a where a.group_id = g.id and a.state <> 'resolved') as open from alert_groups g) as groups
        where (state = 'resolved') = (open > 0) or state <> 'resolved' and said <> open limit 1`),
    )
    demand('I7', wrong === undefined, () => `${wrong?.id} is ${wrong?.state} with ${wrong?.open} open alerts, and says ${wrong?.said}`)
    const [mixed] = await look(database, at, (scope) =>
      scope.query<{ id: string }>(sql`select group_id as id from alerts where state = 'acknowledged' and group_id is not null
        group by group_id having count(*) <> count(snoozed_until) and count(snoozed_until) > 0 or count(distinct snoozed_until) > 1 limit 1`),
    )
    demand('I7', mixed === undefined, () => `the alerts of ${mixed?.id} do not say the same of until when it is snoozed`)
  },
}

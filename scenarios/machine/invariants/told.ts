// I11 for who reads about an incident: what was said of it last agrees with what it is, over or not, and so does whether it stands among the troubles.
import { sql } from '#kernel/sql.ts'
import { demand, look } from '../record.ts'
import type { Invariant } from './invariant.ts'

type Told = { number: number; isOver: boolean; last: string; isOpen: boolean; cameBack: boolean }

export const told: Invariant = {
  id: 'I11',
  says: 'whoever reads about an incident reads last whether it is over',
  async quiet({ database, now, seen }) {
    const all = await look(database, now, (scope) =>
      scope.query<Told>(sql`
        select i.number, i.state_kind <> 'open' as "isOver", n.ended_at is null as "isOpen",
            (select state from updates where incident_id = i.id order by number desc limit 1) as last,
            exists (select 1 from updates one join updates later using (incident_id) where one.incident_id = i.id and one.state = 'Solved'
              and later.number > one.number and later.state <> 'Solved') as "cameBack"
          from incidents i join incident_notices n on n.incident_id = i.id`),
    )
    for (const { number, isOver, last, isOpen, cameBack } of all) {
      if (cameBack) seen.reached.add('an incident that came back after it was told that it is over')
      demand('I11', isOver !== isOpen, () => `incident ${number} is ${isOver ? 'over' : 'open'}, and its notice is not`)
      demand('I11', isOver === (last === 'Solved'), () => `incident ${number} is ${isOver ? 'over' : 'open'}, and said last is ${last}`)
    }
  },
}

// I3: nobody is paged for what a silence covers; and when all has come to rest nothing is held back by what is over, or never was.
import { sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import { demand, look } from '../record.ts'
import type { Invariant } from './invariant.ts'

type Silence = { name: string; matchers: string }

export const heldBack: Invariant = {
  id: 'I3',
  says: 'what a silence covers pages nobody, and what nothing holds back does',
  async always({ events, at }, { seen, database }) {
    for (const { type, about, at: decidedAt } of events) {
      if (type === 'alert.suppressed') seen.reached.add('an alert that was held back')
      if (type !== 'group.opened' && type !== 'alert.joined') continue
      const alert = about['alert']!
      if (seen.events.some((event) => event.type === 'alert.suppressed' && event.about['alert'] === alert))
        seen.reached.add('an alert that paged after it was held back')
      const [silence] = await look(database, at, (scope) =>
        // A name is all of it that cannot have changed since it was decided about.
        scope.query<Silence>(sql`select silences.name, matchers #>> '{}' as matchers from silences, alerts where alerts.id = ${alert} and matchers #>> '{}' = 'alertname=' || (labels ->> 'alertname')
          and silences.starts_at <= ${addSeconds(decidedAt, -seen.apartSeconds)} and silences.ends_at > ${addSeconds(decidedAt, seen.apartSeconds)}`),
      )
      demand('I3', silence === undefined, () => `${alert} is in a group although ${silence?.name} covers it (${silence?.matchers})`)
    }
  },
  async quiet({ database, now }) {
    // Of what stays as it is: a rule of the machine names a severity on each side.
    const held = await look(database, now, (scope) =>
      scope.query<{ id: string; reason: string; isHeld: boolean }>(sql`
        with rules as (select definition ->> 'source' as source, definition ->> 'target' as target, definition -> 'equal' as equal from inhibition_rules)
        select id, reason, exists (select 1 from rules, alerts other where other.id <> alerts.id and other.state <> 'resolved'
          and source = 'severity=' || (other.labels ->> 'severity') and target = 'severity=' || (alerts.labels ->> 'severity')
          and not exists (select 1 from json_array_elements_text(equal) as label (name) where other.labels ->> name is distinct from alerts.labels ->> name)) as "isHeld"
        from alerts where state = 'suppressed'`),
    )
    for (const { id, reason, isHeld } of held)
      demand('I3', isHeld, () => `${id} is held back, and nothing holds it back any more: ${reason}`)
  },
}

// I1, to the last one: what was answered with a success is counted once, also when it went through a file or nothing was heard of its commit; and where it is
// known in which order it was said, each alert is what was said between two ends.
import { sql } from '#kernel/sql.ts'
import { demand, look, type Sent } from '../record.ts'
import { isInOrder } from './accepted.ts'
import type { Invariant } from './invariant.ts'

type Row = { integration: string; key: string; counts: number[]; closedByHand: boolean }

export const counted: Invariant = {
  id: 'I1',
  says: 'each alert that was accepted is counted once, in its order',
  async quiet({ database, now, seen }) {
    const rows = await look(database, now, (scope) =>
      scope.query<Row>(sql`select integration_id as integration, dedup_key as key, array_agg(count order by first_at, id) as counts,
          bool_or(reason = 'Resolved by a person.') as "closedByHand" from alerts group by 1, 2`),
    )
    const found = new Map(rows.map((row) => [`${row.integration} ${row.key}`, row]))
    for (const [place, all] of Map.groupBy(seen.sent, ({ integration, key }) => `${integration} ${key}`)) {
      const { counts, closedByHand } = found.get(place) ?? { counts: [], closedByHand: false }
      const triggers = all.filter(({ action }) => action === 'trigger')
      const least = triggers.filter(({ stored }) => stored).length
      const count = counts.reduce((sum, one) => sum + one, 0)
      // What was refused, or never answered, may count: its sender sends it again.
      demand('I1', count >= least, () => `${place} is counted ${count} times, and ${least} were accepted`)
      demand('I1', count <= triggers.length, () => `${place} is counted ${count} times, and ${triggers.length} were sent`)
      if (closedByHand || !isInOrder(all) || !all.at(-1)!.stored) continue
      const expected = alertsOf(all)
      demand('I1', counts.join() === expected.join(), () => `${place} has alerts of ${counts.join()}, and ${expected.join()} was said`)
    }
  },
}

/** How often each alert of a key was said, one after the other. */
function alertsOf(all: readonly Sent[]): number[] {
  const counts: number[] = []
  let isOpen = false
  for (const { action } of all) {
    if (action === 'resolve') isOpen = false
    if (action !== 'trigger') continue
    if (isOpen) counts[counts.length - 1]!++
    else counts.push(1)
    isOpen = true
  }
  return counts
}

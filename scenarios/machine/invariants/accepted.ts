// I1: what was answered with a success is stored, its alert is as the last thing that was said of it, and nothing else is there.
import { sql } from '#kernel/sql.ts'
import { demand, look, type Sent } from '../record.ts'
import type { Invariant } from './invariant.ts'

type Row = { integration: string; key: string; alerts: number; open: number; closedByHand: boolean }

export const accepted: Invariant = {
  id: 'I1',
  says: 'each accepted request has its alert, in the state that was last said; nothing else has',
  async quiet({ database, now, seen }) {
    const rows = await look(database, now, (scope) =>
      scope.query<Row>(sql`select a.integration_id as integration, a.dedup_key as key, count(*) as alerts, count(*) filter (where a.state <> 'resolved') as open,
          coalesce((array_agg(a.reason order by a.first_at desc, a.id desc))[1] = 'Resolved by a person.', false) as "closedByHand"
        from alerts a group by 1, 2`),
    )
    const found = new Map(rows.map((row) => [`${row.integration} ${row.key}`, row]))
    const sent = Map.groupBy(seen.sent, ({ integration, key }) => `${integration} ${key}`)
    for (const [key, row] of found) {
      const triggers = (sent.get(key) ?? []).filter(({ action }) => action === 'trigger')
      demand('I1', row.alerts <= triggers.length, () => `${key} has ${row.alerts} alerts of ${triggers.length} requests`)
      demand('I1', row.open <= 1, () => `${key} has ${row.open} open alerts`)
    }
    for (const [key, all] of sent) {
      const row = found.get(key)
      const wasStored = all.some(({ action, stored }) => action === 'trigger' && stored)
      demand('I1', !wasStored || row !== undefined, () => `${key} was accepted and is not there`)
      const last = lastSaid(all)
      if (!last?.stored || !row) continue
      if (last.action === 'resolve') demand('I1', row.open === 0, () => `${key} was said to be over, and it is open`)
      if (last.action === 'trigger') demand('I1', row.open === 1 || row.closedByHand, () => `${key} fired last, and it is not open`)
    }
  },
}

/**
 * The one that began after all others had been answered; undefined when there is none such, or when one never was. What is read late, from the file of another
 * node, is known by the time at which it came.
 */
function lastSaid(all: readonly Sent[]): Sent | undefined {
  const last = all.at(-1)!
  const isEarlier = (other: Sent) => isBefore(other, last) || (isAnswered(other, last) && other.endedAt! < last.beganAt)
  return all.slice(0, -1).every(isEarlier) ? last : undefined
}

/** Whether each began when the one before had been answered, and was read behind it: what is in a node's file is not, for what another node takes in. */
export const isInOrder = (all: readonly Sent[]): boolean =>
  all.every((one, index) => all.slice(0, index).every((other) => isBefore(other, one)))

const isBefore = (other: Sent, one: Sent): boolean =>
  isAnswered(other, one) && (!other.inFile || other.node === one.node || (other.handedOver ?? Infinity) < one.began)

const isAnswered = ({ ended }: Sent, one: Sent): boolean => ended !== undefined && ended < one.began

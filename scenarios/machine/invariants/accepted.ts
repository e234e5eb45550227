// I1: what was answered with a success is stored, its alert is as the last thing that was said of it, and nothing else is there.
import { sql } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { demand, look, type Seen, type Sent } from '../record.ts'
import type { Invariant, Look } from './invariant.ts'

type Row = { integration: string; key: string; alerts: number; open: number; closedByHand: boolean }

export const accepted: Invariant = {
  id: 'I1',
  says: 'each accepted request has its alert, in the state that was last said; nothing else has',
  /** When all of an integration is read, and no node holds anything of it. */
  async always({ events }, { database, disks, now, seen }) {
    const read = new Set(events.flatMap(({ type, about }) => (type === 'backlog.read' ? (about['integration'] ?? []) : [])))
    if (read.size === 0 || disks.some((disk) => disk.holds())) return
    const found = await alertsNow(database, now, read)
    for (const [key, all] of Map.groupBy(seen.sent, placeOf)) if (read.has(all[0]!.integration)) isAsSaid(key, all, found.get(key), seen)
  },
  async quiet({ database, now, seen }) {
    const found = await alertsNow(database, now)
    const sent = Map.groupBy(seen.sent, placeOf)
    for (const [key, row] of found) {
      const triggers = (sent.get(key) ?? []).filter(({ action }) => action === 'trigger')
      demand('I1', row.alerts <= triggers.length, () => `${key} has ${row.alerts} alerts of ${triggers.length} requests`)
      demand('I1', row.open <= 1, () => `${key} has ${row.open} open alerts`)
    }
    for (const [key, all] of sent) {
      const row = found.get(key)
      const wasStored = all.some(({ action, stored }) => action === 'trigger' && stored)
      demand('I1', !wasStored || row !== undefined, () => `${key} was accepted and is not there`)
      isAsSaid(key, all, row, seen)
    }
  },
}

/** What is in the database, by integration and key; of some integrations only those of which nothing waits to be read. */
async function alertsNow(database: Look['database'], now: Instant, some?: ReadonlySet<string>): Promise<Map<string, Row>> {
  const rows = await look(database, now, (scope) =>
    scope.query<Row>(sql`select a.integration_id as integration, a.dedup_key as key, count(*) as alerts, count(*) filter (where a.state <> 'resolved') as open,
        coalesce((array_agg(a.reason order by a.resolved_at desc nulls first, a.first_at desc, a.id desc))[1] = 'Resolved by a person.', false) as "closedByHand"
      from alerts a where ${some === undefined ? sql`true` : sql`a.integration_id = any(${[...some]}::text[]) and ${nothingWaits}`} group by 1, 2`),
  )
  return new Map(rows.map((row) => [placeOf(row), row]))
}

const nothingWaits = sql`not exists (select from backlog where integration_id = a.integration_id)
  and not exists (select from unread_requests where integration_id = a.integration_id)`

function isAsSaid(key: string, all: readonly Sent[], row: Row | undefined, seen: Seen): void {
  const last = lastSaid(all)
  if (!last?.stored || !row) return
  if (contraryTo(last, all).some((other) => isAnswered(other, last) && !isBefore(other, last)))
    seen.reached.add('an alert of which two nodes kept a part each')
  if (last.action === 'resolve') demand('I1', row.open === 0, () => `${key} was said to be over, and it is open`)
  if (last.action === 'trigger') demand('I1', row.open === 1 || row.closedByHand, () => `${key} fired last, and it is not open`)
}

const settledAfterSeconds = 600

const placeOf = ({ integration, key }: { integration: string; key: string }): string => `${integration} ${key}`

/**
 * The last one that says whether it fires; undefined when one that says the contrary may have come after it. What is read late, from the file of another node, is
 * known by the time at which it came.
 */
function lastSaid(all: readonly Sent[]): Sent | undefined {
  const last = all.findLast(({ action }) => action !== 'acknowledge')
  return last && contraryTo(last, all).every((other) => isEarlier(other, last)) ? last : undefined
}

const contraryTo = (last: Sent, all: readonly Sent[]): Sent[] =>
  all.filter(({ action }) => action !== 'acknowledge' && action !== last.action)

const isEarlier = (other: Sent, one: Sent): boolean =>
  isBefore(other, one) ||
  (isAnswered(other, one) && other.endedAt! < one.beganAt) ||
  // Whatever became of it, it was not now.
  (other.ended === undefined && addSeconds(other.beganAt, settledAfterSeconds) < one.beganAt)

/** Whether each began when the one before had been answered, and was read behind it: what is in a node's file is not, for what another node takes in. */
export const isInOrder = (all: readonly Sent[]): boolean =>
  all.every((one, index) => all.slice(0, index).every((other) => isBefore(other, one)))

// By the clocks of two nodes, or of one and the one that comes after it, which are a little apart, the later may have come first: what is read late is known by no other.
const isBefore = (other: Sent, one: Sent): boolean =>
  isAnswered(other, one) &&
  other.endedAt! <= one.beganAt &&
  (!other.inFile || other.node === one.node || (other.handedOver ?? Infinity) < one.began)

const isAnswered = ({ ended }: Sent, one: Sent): boolean => ended !== undefined && ended < one.began

// I15: while the database is away, whoever was last known to be paged first is told in time, and what they get says that it is no ordinary page. When all has
// come to rest no file holds anything, and nothing waits to be read.
import { addSeconds, type Instant } from '#kernel/time.ts'
import { sql } from '#kernel/sql.ts'
import { openAddress } from '#domains/notifications/index.ts'
import { foreseeTold, type LastKnown } from '#app/outage/last-known.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { demand, look, type Seen } from '../record.ts'
import type { Invariant } from './invariant.ts'

/** Patience, the pause between two messages to one person, a database that says nothing, and a look. */
const inTimeSeconds = 20 + 60 + 8 + 2

/** A group of alerts of which people are to hear, once this process of its node knows of it until `due`: `open` are those that are not over. */
type Group = { node: string; title: string; since: Instant; due: Instant | undefined; open: Set<string>; to: string[][] }
/** By node, by alert. */
const groupsOf = new WeakMap<Seen, Map<string, Map<string, Group | undefined>>>()

const ofNode = (seen: Seen, node: string): Map<string, Group | undefined> => {
  const all = groupsOf.get(seen) ?? new Map<string, Map<string, Group | undefined>>()
  groupsOf.set(seen, all)
  const own = all.get(node) ?? new Map<string, Group | undefined>()
  all.set(node, own)
  return own
}

export const degraded: Invariant = {
  id: 'I15',
  says: 'while the database is away, the last known person is told in time, and hears that it is away; afterwards no file holds anything',
  kept({ node, at, known, batches }, { seen, nodes }) {
    const engine = nodes.find(({ name }) => name === node)?.engine
    const alerts = ofNode(seen, node)
    if (!known || !engine) return
    for (const { integration, signals } of batches)
      for (const signal of signals) {
        const place = `${integration.id} ${signal.dedupKey}`
        if (signal.action !== 'trigger') {
          alerts.get(place)?.open.delete(place)
          continue
        }
        if (!alerts.has(place)) {
          const foreseen = foreseeTold(known, integration, signal, at)
          const group = [...alerts.values()].find((one) => one !== undefined && one.title === foreseen?.groupKey)
          const to = foreseen?.people.map(({ userId }) => addressesOf(known, engine, userId)) ?? []
          alerts.set(
            place,
            foreseen && (group ?? { node, title: foreseen.groupKey, since: at, due: undefined, open: new Set<string>(), to }),
          )
        }
        const group = alerts.get(place)
        if (group) group.due ??= addSeconds(at, inTimeSeconds)
        group?.open.add(place)
      }
  },
  emptied: (node, seen) => void groupsOf.get(seen)?.delete(node),
  // The next process reads what is in the file: who was told of a group by either is not told again.
  crashed(node, seen) {
    for (const group of ofNode(seen, node).values()) {
      if (!group) continue
      group.open.clear()
      group.due = undefined
    }
  },
  handing({ key, title }) {
    demand('I15', title.startsWith('Degraded: ') === key.startsWith('degraded-'), () => `${key} says "${title}"`)
  },
  passes({ seen, now }) {
    for (const [node, alerts] of groupsOf.get(seen) ?? [])
      for (const group of new Set(alerts.values())) {
        if (!group || group.open.size === 0 || group.due === undefined || group.due >= now) continue
        if (isExcused(node, group, seen)) continue
        for (const to of group.to)
          demand(
            'I15',
            to.length === 0 || isTold(group, to, seen),
            () => `${to.join()} is not told of ${group.title}, which ${node} has had since ${group.since}`,
          )
      }
  },
  async quiet({ disks, database, now, seen }) {
    demand('I15', !disks.some((disk) => disk.holds()), () => `a node still has something in its file`)
    const [left] = await look(database, now, (scope) =>
      scope.query<{ id: string }>(
        sql`select integration_id as id from backlog union all select integration_id from unread_requests limit 1`,
      ),
    )
    demand('I15', left === undefined, () => `something of ${left?.id} waits to be read`)
    const doubts = await look(database, now, (scope) =>
      scope.query<{ fromFile: boolean }>(sql`select from_file as "fromFile" from intake_commits where id = any(${seen.inDoubt}::text[])`),
    )
    for (const { fromFile } of doubts)
      seen.reached.add(`a commit of which nothing was heard, and which ${fromFile ? 'never was' : 'had succeeded'}`)
  },
}

const addressesOf = (known: LastKnown, { vault }: Engine, userId: string): string[] =>
  (known.addresses.get(userId as never) ?? []).map((address) => {
    const opened = openAddress(vault, address) as string | { endpoint: string }
    return typeof opened === 'string' ? opened : opened.endpoint
  })

const isTold = ({ node, since }: Group, to: readonly string[], seen: Seen): boolean =>
  seen.handed.some((one) => one.node === node && one.key.startsWith('degraded-') && one.at >= since && to.includes(one.to))

/** Its node stood still or was late, or somebody has it. */
const isExcused = (node: string, { since }: Group, seen: Seen): boolean =>
  seen.took.some((one) => one.node === node && one.at >= since) ||
  seen.disturbed.some(
    ({ kind, at, seconds, node: whose }) =>
      (kind === 'late by minutes' || (kind === 'node stands still' && whose === node)) && addSeconds(at, seconds) >= since,
  )

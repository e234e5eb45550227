// I3 and I4 for what is told in summaries: each page waits for one no longer than a minute, is in one only and goes out in no other way, and is recorded
// as that summary is.
import { sql } from '#kernel/sql.ts'
import { secondsBetween, type Instant } from '#kernel/time.ts'
import { deliveryId } from '#domains/notifications/reach-state.ts'
import { concluded, demand, look, type Seen } from '../record.ts'
import type { Invariant } from './invariant.ts'
import { lag } from './levels.ts'

const longestWaitSeconds = 60
const mostMethods = 16

/** What a summary was made of, by the key of the process that tells it; undefined for every other key. */
export const pagesInSummary = (reachKey: string, { events }: Seen): string[] | undefined =>
  reachKey.startsWith('summary/')
    ? (events.find((event) => event.about['summary'] === reachKey.slice(8))?.data as { reachKeys: string[] } | undefined)?.reachKeys
    : undefined

/** How many pages a summary names, by its title. */
export const pagesTold = (title: string): number => Number(/^(\d+) more pages?: /.exec(title)?.[1] ?? NaN)

/** By key of a page: the summary that it is in. */
const summaryOf = concluded('summaries', () => new Map<string, string>())

export const summaries: Invariant = {
  id: 'I3, I4',
  says: 'each page that waits for a summary is in one within a minute, in one only, and is recorded as that is',
  async always({ events, at }, { seen, database }) {
    const known = summaryOf(seen)
    for (const { type, about, data } of events) {
      if (type !== 'notification.summarised') continue
      const id = about['summary']!
      for (const key of (data as { reachKeys: string[] }).reachKeys) {
        demand('I4', !known.has(key), () => `${key} is in ${known.get(key)} and in ${id}`)
        demand('I4', !seen.handed.some((one) => one.reachKey === key && !one.isForgotten), () => `${key} went out singly and is in ${id}`)
        known.set(key, id)
      }
      const first = await look(database, at, (scope) =>
        scope.first<{ at: Instant | null }>(sql`select min(joined_at) as at from summary_entries where summary_id = ${id}`),
      )
      if (!first?.at) continue
      const waited = secondsBetween(first.at, at)
      demand('I3', waited <= longestWaitSeconds + lag(seen, first.at), () => `a page waited ${waited} s for ${id}`)
    }
  },
  handing({ reachKey, title }, seen) {
    demand('I3', !pagesInSummary(reachKey, seen) || pagesTold(title) > 0, () => `${reachKey} does not say how many it tells of: "${title}"`)
    demand('I4', !summaryOf(seen).has(reachKey), () => `${reachKey} goes out singly and is in a summary`)
  },
  async quiet({ database, now, seen }) {
    await look(database, now, async (scope) => {
      const [lost] = await scope.query<{ key: string }>(
        sql`select reach_key as key from summary_entries where summary_id is null and left_why is null`,
      )
      demand('I3', lost === undefined, () => `${lost?.key} still waits for a summary`)
      const rows = await scope.query<{ id: string; status: string; key: string; summary: string }>(
        sql`select n.id, n.status, e.reach_key as key, e.summary_id as summary from summary_entries e join notifications n on n.reach_key = e.reach_key
          where e.summary_id is not null`,
      )
      const own = new Map(
        (
          await scope.query<{ id: string; status: string }>(sql`select id, status from notifications
        where reach_key like 'summary/%'`)
        ).map((row) => [row.id, row.status]),
      )
      const delivered = new Map<string, number>()
      for (const { id, status, key, summary } of rows) {
        const n = Array.from({ length: mostMethods }, (_, i) => i).findIndex((i) => deliveryId(key, i) === id)
        const theirs = deliveryId(`summary/${summary}`, n)
        const found = own.get(theirs)
        // A way that the summary did not have, or what was answered meanwhile, stands for itself.
        if (found === undefined || status === 'cancelled') continue
        demand('I3', status === found, () => `${key} is ${status} by ${summary}, which is ${found}`)
        if (status === 'delivered') delivered.set(theirs, (delivered.get(theirs) ?? 0) + 1)
      }
      for (const [key, count] of delivered) {
        const last = seen.handed.findLast((one) => one.key === key && one.arrived)
        const told = pagesTold(last?.title ?? '')
        demand('I3', told >= count, () => `${count} pages are recorded as delivered by ${key}, which named ${told}`)
      }
    })
  },
}

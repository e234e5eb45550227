// I6: the record has no holes, every chain is right from its first event to its head, and what was read once never changes.
import { sql } from '#kernel/sql.ts'
import { listStreams, verifyStream } from '#platform/events/read.ts'
import { concluded, demand, look } from '../record.ts'
import type { Invariant } from './invariant.ts'

/** The last number of each chain. */
const heads = concluded('heads', () => new Map<string, number>())

export const recordOfEvents: Invariant = {
  id: 'I6',
  says: 'the record is append-only, without holes, chained, and in the order of its times',
  always({ events }, { seen }) {
    const known = heads(seen)
    if (known.size === 0) for (const { stream, sequence } of seen.events.slice(0, -events.length || undefined)) known.set(stream, sequence)
    for (const { stream, sequence, type } of events) {
      const before = known.get(stream) ?? 0
      demand('I6', sequence === before + 1, () => `${stream} goes from ${before} to ${sequence} with ${type}`)
      known.set(stream, sequence)
    }
  },
  async quiet({ seen, database, now }) {
    await look(database, now, async (scope) => {
      for (const stream of await listStreams(scope)) {
        const verdict = await verifyStream(scope, stream)
        demand('I6', verdict.intact, () => `${stream}: ${verdict.intact ? '' : verdict.reason}`)
      }
      const rows = await scope.query<{ position: number; hash: string }>(
        sql`select position, encode(hash, 'hex') as hash from events order by position`,
      )
      const unseen = rows.length - seen.events.length
      demand(
        'I6',
        unseen === 0 && rows.every((row, i) => row.hash === seen.events[i]!.hash),
        () => `the record is not what was read: ${unseen} more`,
      )
    })
  },
}

// What this node was told is committed, remembered for a moment. A server that fails over to a copy which lags behind has lost what was written last, and
// says nothing of that: whoever remembers it can ask.
import { sql } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'

/** One event of a transaction; it stands for all of it. `salt`: its 16 random bytes, by which it is known again. `at`: when it was written. */
export type Seen = { stream: string; salt: Uint8Array; at: Instant }

export type Witness = {
  /** The transaction that wrote it was committed, and waited for the disk. */
  saw(event: Seen): void
  /**
   * Of what is remembered, what the database does not have: when the first and the last of it were written; undefined when it has all. When the
   * transaction commits that is forgotten, so that it is said once.
   */
  lost(tx: Pick<Transaction, 'query' | 'afterCommit'>): Promise<{ since: Instant; until: Instant } | undefined>
}

/** Copies lag by seconds. */
const rememberedSeconds = 60
const mostRemembered = 5000

/** See the file's head. */
export function createWitness(): Witness {
  const seen = new Set<Seen>()

  return {
    saw({ stream, salt, at }) {
      // Nothing more of it: what an event says may be large.
      seen.add({ stream, salt, at })
      const before = addSeconds(at, -rememberedSeconds)
      for (const one of seen) {
        if (seen.size <= mostRemembered && one.at >= before) break
        seen.delete(one)
      }
    },
    async lost(tx) {
      const all = [...seen]
      if (all.length === 0) return undefined
      const salts = all.map(({ salt }) => Buffer.from(salt).toString('base64'))
      const rows = await tx.query<{ place: number }>(sql`
        select place from unnest(${all.map(({ stream }) => stream)}::text[], ${salts}::text[]) with ordinality as seen (stream, salt, place)
        where not exists (select 1 from events where events.stream = seen.stream and events.salt = decode(seen.salt, 'base64'))`)
      const missing = rows.map(({ place }) => all[place - 1]!)
      tx.afterCommit(() => missing.forEach((one) => seen.delete(one)))
      const times = missing.map(({ at }) => at).sort()
      return times.length === 0 ? undefined : { since: times[0]!, until: times.at(-1)! }
    },
  }
}

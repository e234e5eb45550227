// The time of an installation is the database's: every node asks its clock once a second, and goes by that and by what has passed since. What the machine of
// a node says counts only until the database has answered once; that it is wrong, or set while the node runs, moves nothing (ADR 17). It never goes back.
import { epochMs, instant, type Clock, type Instant } from '#kernel/time.ts'
import { sql } from '#kernel/sql.ts'
import type { Log } from '../log.ts'
import type { Database } from './database.ts'
import { silentAfterMs } from './silence.ts'

/** What a machine knows of time, in milliseconds: what it is said to be, since 1970; and what passes, since some moment, whoever sets it. */
export type Machine = { wallMs(): number; elapsedMs(): number }

export type FollowingClock = Clock & {
  /**
   * The database's clock said so, in epoch milliseconds, at some moment between those two of the machine's `elapsedMs`. Answers how many milliseconds this
   * clock was ahead of what it can have been; negative: behind.
   */
  heard(databaseMs: number, askedAt: number, answeredAt: number): number
  readonly elapsedMs: () => number
}

/** Ahead of the database, it runs at half the speed until it is not: what is timed waits at most twice as long, and nothing happens before what it follows from. */
const speedAhead = 0.5
const askEveryMs = 1000
/** Beyond this somebody should know. */
const worthSayingMs = 1000

export function createFollowingClock({ wallMs, elapsedMs }: Machine): FollowingClock {
  let offset = wallMs() - elapsedMs()
  let ahead = { ms: 0, since: 0 }
  let hasHeard = false
  const aheadAt = (at: number) => Math.max(0, ahead.ms - (at - ahead.since) * (1 - speedAhead))
  return {
    elapsedMs,
    now() {
      const at = elapsedMs()
      return instant(Math.floor(at + offset + aheadAt(at)))
    },
    heard(databaseMs, askedAt, answeredAt) {
      // To a whole millisecond. It is moved no further than it must be: an answer that took long says little.
      const nearest = Math.min(Math.max(offset, databaseMs - 1 - answeredAt), databaseMs + 1 - askedAt)
      const wasAhead = offset - nearest
      const at = elapsedMs()
      // Before it has heard anything nothing is timed by it.
      ahead = { ms: hasHeard ? Math.max(0, aheadAt(at) + wasAhead) : 0, since: at }
      offset = nearest
      hasHeard = true
      return wasAhead
    },
  }
}

/** Asks once, and not longer than a database that is there takes. Answers as `heard` does; throws as a transaction does. */
export async function askClock(database: Pick<Database, 'transaction'>, clock: FollowingClock): Promise<number> {
  let askedAt = 0
  const at = await database.transaction(
    async (tx) => {
      askedAt = clock.elapsedMs()
      const [row] = await tx.query<{ at: Instant }>(sql`select clock_timestamp() as at`)
      return row!.at
    },
    { durable: false, silentMs: silentAfterMs },
  )
  return clock.heard(epochMs(at), askedAt, clock.elapsedMs())
}

/** Asks again and again, until it is ended. While the database is away it goes on by what has passed. */
export function followClock(database: Pick<Database, 'transaction'>, clock: FollowingClock, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined
  let isEnded = false
  async function ask(): Promise<void> {
    try {
      const aheadMs = await askClock(database, clock)
      if (Math.abs(aheadMs) > worthSayingMs)
        log.warn({ aheadMs }, "the database's clock was set, or this machine stood still: its time is followed")
    } catch (err) {
      log.debug({ err }, "the database's clock could not be asked")
    }
    if (!isEnded) timer = setTimeout(() => void ask(), askEveryMs)
  }
  timer = setTimeout(() => void ask(), askEveryMs)
  return () => {
    isEnded = true
    clearTimeout(timer)
  }
}

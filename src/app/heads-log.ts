// Writes the signed heads of the record to the log, so that a log server elsewhere holds them: a list in the database can be taken away together with
// what it proves, a line that has gone out cannot.
import { system } from '#kernel/actor.ts'
import type { Instant } from '#kernel/time.ts'
import type { Engine } from '#platform/commands/engine.ts'
import type { Log } from '#platform/log.ts'
import { listSigned } from '#platform/record/heads-store.ts'

const everyMs = 5 * 60_000

/** Looks for heads that are newer than those that were written last: at the first look for the newest. Each is a line of its own. */
export function createHeadsLog(engine: Engine, log: Log): () => Promise<void> {
  let last: Instant | undefined
  return async () => {
    const signed = await engine.transact(system('record.log-heads'), ({ scope }) => listSigned(scope, 10), {
      durable: false,
      looksThrough: true,
    })
    const fresh = last === undefined ? signed.slice(0, 1) : signed.filter(({ at }) => at > last!)
    for (const head of fresh.reverse()) log.info({ head }, 'the record up to here is signed')
    last = signed[0]?.at ?? last
  }
}

/** Looks now and every few minutes, for as long as the process lives and does anything else. */
export function startHeadsLog(engine: Engine, log: Log): void {
  const look = createHeadsLog(engine, log)
  const again = () => void look().catch((err: unknown) => log.warn({ err }, 'the signed heads of the record could not be read for the log'))
  again()
  setInterval(again, everyMs).unref()
}

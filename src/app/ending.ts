// How a node ends: everything that was begun is ended, the last first, also what is begun meanwhile. It ends also when something of that hangs.
import { isAway } from '#platform/database/database.ts'
import type { Log } from '#platform/log.ts'
import { realTiming, type Timing } from './timing.ts'

type CleanUp = () => Promise<void> | void

export type Ending = {
  /** Whoever begins something adds here what ends it. */
  cleanUps: CleanUp[]
  stopping: AbortSignal
  /** Once, whoever asks again. What only a database that is away, or says nothing, keeps from being ended is left to the other nodes. */
  stop(): Promise<void>
}

/** Then whoever has asked for the end has not lost patience yet. Work that runs has 10 seconds, and requests that are being answered 3. */
const mostEndingMs = 15_000
/** Those that come after one that took all of that have so long each: a lock is given back in no time. */
const leastEndingMs = 300

export function createEnding(log: Log, timing: Timing = realTiming): Ending {
  const cleanUps: CleanUp[] = []
  const stopping = new AbortController()
  let ended: Promise<void> | undefined
  async function end(): Promise<void> {
    stopping.abort()
    const began = timing.elapsedMs()
    for (let cleanUp = cleanUps.pop(); cleanUp; cleanUp = cleanUps.pop())
      try {
        await within(cleanUp, Math.max(leastEndingMs, began + mostEndingMs - timing.elapsedMs()))
      } catch (error) {
        if (!isAway(error)) throw error
        log.warn({ err: error }, 'the database is away while this node stops: others take over what it held')
      }
  }
  async function within(cleanUp: CleanUp, ms: number): Promise<void> {
    const tooLong = Promise.withResolvers<void>()
    const forget = timing.after(ms, () => {
      log.warn({}, 'something does not end while this node stops, and is left: others take over what it held')
      tooLong.resolve()
    })
    await Promise.race([Promise.resolve().then(cleanUp), tooLong.promise]).finally(forget)
  }
  return { cleanUps, stopping: stopping.signal, stop: () => (ended ??= end()) }
}

// How a node ends: everything that was begun is ended, the last first, also what is begun meanwhile.
import { isAway } from '#platform/database/database.ts'
import type { Log } from '#platform/log.ts'

type CleanUp = () => Promise<void> | void

export type Ending = {
  /** Whoever begins something adds here what ends it. */
  cleanUps: CleanUp[]
  stopping: AbortSignal
  /** Once, whoever asks again. What only a database that is away keeps from being ended is left to the other nodes. */
  stop(): Promise<void>
}

export function createEnding(log: Log): Ending {
  const cleanUps: CleanUp[] = []
  const stopping = new AbortController()
  let ended: Promise<void> | undefined
  async function end(): Promise<void> {
    stopping.abort()
    for (let cleanUp = cleanUps.pop(); cleanUp; cleanUp = cleanUps.pop())
      try {
        await cleanUp()
      } catch (error) {
        if (!isAway(error)) throw error
        log.warn({ err: error }, 'the database is away while this node stops: others take over what it held')
      }
  }
  return { cleanUps, stopping: stopping.signal, stop: () => (ended ??= end()) }
}

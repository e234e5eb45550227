// A database that may not answer yet: until it was reached, whoever asks hears at once that it is away, and afterwards it is the database itself.
import type { Database } from './database.ts'

export type AwaitedDatabase = Database & {
  isReached(): boolean
  /** One try; nothing to do when it was reached before. Throws why it was not, with nothing left open. */
  reach(): Promise<void>
}

/** `prepare` is done before anybody else may ask. */
export function awaitedDatabase(
  kind: Database['kind'],
  open: () => Promise<Database>,
  prepare: (opened: Database) => Promise<void>,
): AwaitedDatabase {
  let reached: Database | undefined
  let isClosed = false
  const database = (): Database => {
    if (!reached) throw new NotReached()
    return reached
  }
  return {
    kind,
    isReached: () => reached !== undefined,
    async reach() {
      if (reached) return
      const opened = await open()
      try {
        await prepare(opened)
        if (isClosed) throw new NotReached()
      } catch (error) {
        await opened.close().catch(() => undefined)
        throw error
      }
      reached = opened
    },
    transaction: async (work, options) => database().transaction(work, options),
    script: async (text) => database().script(text),
    listen: async (channel, heard) => database().listen(channel, heard),
    onAway: (heard) => database().onAway(heard),
    holdNodeLock: async (lock) => database().holdNodeLock(lock),
    async close() {
      isClosed = true
      await reached?.close()
    },
  }
}

/** `code` as of a connection that was refused, so that it counts as a database that is away. */
class NotReached extends Error {
  readonly code = 'ECONNREFUSED'
  constructor() {
    super('the database has not answered since this process started')
  }
}

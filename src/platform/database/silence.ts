// A connection whose other side says nothing any more, and that nobody has closed: a network that forgot it, a server that hangs. The system would give it up
// after a quarter of an hour, or never. So what waits for its answer for too long breaks it off, fails as with a database that is away, and the next has another.
import type { Duplex } from 'node:stream'
import type pg from 'pg'

/** What is asked of a database that is there is answered in milliseconds, and this is how long it is waited for where others wait behind it. */
export const silentAfterMs = 8000

/** Calls `breakOff` when what it answers was not called within so long. Without an end it is waited for as long as it takes. */
export function unlessAnswered(afterMs: number, breakOff: () => void): () => void {
  if (!Number.isFinite(afterMs)) return () => {}
  const timer = setTimeout(breakOff, afterMs)
  return () => clearTimeout(timer)
}

/** Whatever was asked of this connection fails now, and it can be asked nothing more. */
export function breakOff(client: pg.ClientBase, afterMs: number): void {
  const { connection } = client as pg.ClientBase & { connection: { stream: Duplex } }
  connection.stream.destroy(new Silent(afterMs))
}

/** The answer of a connection that is broken off when it says nothing for so long. */
export function answered<T>(client: pg.ClientBase, afterMs: number, asked: Promise<T>): Promise<T> {
  return asked.finally(unlessAnswered(afterMs, () => breakOff(client, afterMs)))
}

/** `code` as of a connection that was lost, so that it counts as a database that is away. */
class Silent extends Error {
  readonly code = 'ETIMEDOUT'
  constructor(afterMs: number) {
    super(`the database said nothing for ${afterMs} ms`)
  }
}

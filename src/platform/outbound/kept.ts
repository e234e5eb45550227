// Connections that are kept for a moment after an answer, for the next request to the same server: to greet it, and to agree on keys with it, costs both
// more than the request does. Whoever takes one has judged its address again.
import { Agent, type ClientRequestArgs } from 'node:http'
import type { Socket } from 'node:net'

/** Servers end what is idle after five seconds and more: one that is used sooner was hardly given up in the same moment. */
const idleMs = 3000
const mostIdleOfOne = 16

/** What a request says to it: from where to where, and the socket that was opened for it when none was kept. */
export type ThroughKept = { place: string; opened?: Socket }

export class KeptConnections extends Agent {
  constructor() {
    super({ keepAlive: true, maxFreeSockets: mostIdleOfOne, timeout: idleMs })
  }

  /** Whether one to this place waits for its next request. */
  has(place: string): boolean {
    return this.freeSockets[place]?.some(({ destroyed }) => !destroyed) ?? false
  }

  override getName(options?: object): string {
    return (options as ThroughKept).place
  }

  override createConnection(options: ClientRequestArgs): Socket {
    const { opened } = options as ClientRequestArgs & ThroughKept
    if (!opened) throw Object.assign(new Error('the connection was given up'), { code: 'ECONNRESET' })
    return opened
  }
}

// A database that stands on several servers, of which one takes what is written: `postgres://user:password@one:5432,two:5432/name`, as libpq reads it. pg knows
// one server only, so here each connection is tried where the last one was good, and at the next server when that is away or only a copy.
import pg from 'pg'
import { answered, silentAfterMs } from './silence.ts'

/** What connects and, for a pool, makes connections. `connected` tries every server once at most; throws what the last one said. */
export type Hosts = { Client: typeof pg.Client; connected<T>(connect: () => Promise<T>): Promise<T> }

const list = /^(postgres(?:ql)?:\/\/(?:[^@/?]*@)?)([^/?]+)(.*)$/

/** The URL of each server that is named, in their order. What is said to libpq of which of them is wanted, is what is wanted here. */
export function urlsOf(url: string): string[] {
  const [, before, hosts, after] = list.exec(url) ?? []
  if (hosts === undefined || !hosts.includes(',')) return [url]
  const wanted = after!.replace(/([?&])target_session_attrs=[^&]*&?/, '$1').replace(/[?&]$/, '')
  return hosts.split(',').map((host) => `${before}${host}${wanted}`)
}

/** One server is taken as it is, whatever it says of itself. */
export function hostsOf(url: string): Hosts {
  const urls = urlsOf(url)
  if (urls.length === 1) return { Client: pg.Client, connected: (connect) => connect() }
  /** Where it was good, or is tried next. */
  let place = 0
  const isNot = (tried: number) => {
    if (place === tried) place = (tried + 1) % urls.length
  }

  class OfSeveral extends pg.Client {
    readonly #tried = place

    constructor(config?: pg.ClientConfig) {
      super({ ...config, connectionString: urls[place]! })
      // Between its connecting and whoever listens: it fails what is asked of it all the same.
      this.on('error', () => undefined)
    }

    // The pool calls back, and everybody else awaits.
    override connect(callback?: unknown): Promise<never> {
      const connecting = this.#connectToPrimary()
      if (typeof callback !== 'function') return connecting as Promise<never>
      connecting.then(
        () => callback(null, this),
        (error: unknown) => callback(error),
      )
      return undefined as never
    }

    async #connectToPrimary(): Promise<void> {
      try {
        await super.connect()
        const asked = this.query<{ only: string }>("select current_setting('transaction_read_only') as only")
        const { rows } = await answered(this, silentAfterMs, asked)
        if (rows[0]!.only === 'on') throw new OnlyReads()
      } catch (error) {
        isNot(this.#tried)
        void this.end().catch(() => undefined)
        throw error
      }
    }
  }

  return {
    Client: OfSeveral,
    async connected(connect) {
      for (let tries = 1; ; tries++) {
        const tried = place
        try {
          return await connect()
        } catch (error) {
          // It may have waited for a connection in vain: that says nothing of a server.
          if (place === tried || tries === urls.length) throw error
        }
      }
    },
  }
}

/** `code` as of a statement that would write there, so that it counts as a database that is away. */
class OnlyReads extends Error {
  readonly code = '25006'
  constructor() {
    super('this server only reads: it is a copy, or another one is to be written to')
  }
}

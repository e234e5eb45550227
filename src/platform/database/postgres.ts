// A PostgreSQL server, or the one of several that takes what is written: a pool of connections, and one of its own for LISTEN and the node's lock.
import pg from 'pg'
import { join, sql, type Sql } from '#kernel/sql.ts'
import { isAway, type Database } from './database.ts'
import { hostsOf, type Hosts } from './hosts.ts'
import { types } from './moment.ts'
import { findByKey, planForValues, transactionsOn, type Dialect } from './protocol.ts'
import { answered, breakOff, silentAfterMs, unlessAnswered } from './silence.ts'

/**
 * `name`, 12 hex digits, is this node's alone: by it the others find its sessions. Without one they do not. `silentMs`: how long a transaction that says
 * nothing else waits for an answer; without it, however long it takes.
 */
export type PostgresOptions = { poolSize: number; onError: (error: unknown) => void; name?: string; silentMs?: number }

/** So long a connection says nothing before the system asks whether it is still there: sooner than what stands between forgets it. */
const askedIsThereAfterMs = 20_000
/** How long connections are waited for when they are closed. */
const mostClosingMs = 2000

/** Connects to the server at `url`, which may name several (`hosts.ts`). Throws at the first use when it is away. */
export function openPostgres(url: string, options: PostgresOptions): Database {
  const config = {
    connectionString: url,
    types,
    application_name: options.name === undefined ? 'tocsin' : `tocsin ${options.name}`,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    keepAliveInitialDelayMillis: askedIsThereAfterMs,
  } as pg.PoolConfig
  const hosts = hostsOf(url)
  const pool = new pg.Pool({
    ...config,
    Client: hosts.Client,
    pipeline: true,
    max: options.poolSize,
    // As long as a lease: a node that is silent in the middle of a transaction keeps its rows from the others no longer than its jobs.
    idle_in_transaction_session_timeout: 3000,
  } as pg.PoolConfig)
  const hearAway: (() => void)[] = []
  const sayAway = () => hearAway.forEach((heard) => heard())
  const lost = (error: unknown) => {
    options.onError(error)
    sayAway()
  }
  pool.on('error', lost)
  const clients = new Set<pg.PoolClient>()
  // What this node commits it hears of in its own process: the same from the server would wake everything twice.
  const own = new Set<number>()
  pool.on('connect', (client) => {
    clients.add(client)
    own.add(backendOf(client))
    // The pool listens only while a connection is idle. One that is lost in the middle of a transaction fails its statements; without a listener it would
    // end the process as well.
    client.on('error', () => undefined)
    findByKey(client)
    waitForDisk(client)
  })
  pool.on('remove', (client) => {
    clients.delete(client)
    own.delete(backendOf(client))
  })
  const connect = () => hosts.connected(() => pool.connect())
  const listening = listener(hosts, config, lost, own)
  const transaction = transactionsOn({ connect }, onServer(options.silentMs ?? Infinity))
  return {
    kind: 'postgres',
    transaction: (work, options) =>
      transaction(work, options).catch((error: unknown) => {
        if (isAway(error)) sayAway()
        throw error
      }),
    async script(text) {
      const client = await connect()
      await client.query(text).finally(() => client.release())
    },
    listen: (channel, heard) => listening.listen(channel, heard),
    onAway: (heard) => void hearAway.push(heard),
    holdNodeLock: (lock) => listening.hold(lock),
    async close() {
      await listening.close()
      // Else it would wait for each transaction of a server that hangs.
      const ended = unlessAnswered(mostClosingMs, () => clients.forEach((client) => breakOff(client, mostClosingMs)))
      await pool.end().finally(ended)
    },
  }
}

/** Its settings cost no round trip of their own. */
const onServer = (usualSilentMs: number): Dialect => ({
  begin: ({ durable = true, mostMs, looksThrough = false }) => [
    sql`begin`,
    ...(durable ? [] : [sql`set local synchronous_commit = off`]),
    ...selected([
      ...(mostMs === undefined ? [] : [sql`set_config('statement_timeout', ${String(mostMs)}, true)`]),
      ...(looksThrough ? [planForValues] : []),
    ]),
  ],
  becomeDurable: sql`set local synchronous_commit = on`,
  notify: (channel, payload) => sql`select pg_notify(${channel}, ${payload})`,
  silentMs: ({ silentMs = usualSilentMs }) => silentMs,
})

/** A server may be set to answer a commit before it is on the disk. What is answered with yes is not so lost: who may lose something says that. */
const waitForDisk = (client: pg.ClientBase): void =>
  // One that is lost at this moment fails whatever is asked of it next.
  void client
    .query("select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'")
    .catch(() => undefined)

const selected = (settings: Sql[]): Sql[] => (settings.length === 0 ? [] : [sql`select ${join(settings)}`])

/** The process of the server behind a connection. */
const backendOf = (client: pg.PoolClient): number => (client as pg.PoolClient & { processID: number }).processID

/** What is heard when something may have been said while nobody listened: that anything may have changed. */
const somethingMissed = '["*"]'

/** One connection that listens and holds the node's lock, and comes back by itself when it was cut, however long the server is away. */
function listener(hosts: Hosts, config: pg.PoolConfig, onError: (error: unknown) => void, own: ReadonlySet<number>) {
  const channels = new Map<string, ((payload: string) => void)[]>()
  const locks: number[] = []
  let client: Promise<pg.Client> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const heed = (connected: pg.Client, channel: string) => answered(connected, silentAfterMs, connected.query(`listen "${channel}"`))
  const lock = (connected: pg.Client, number: number) => connected.query('select pg_advisory_lock(7468, $1)', [number])

  function open(): Promise<pg.Client> {
    if (client) return client
    const gone = (error: unknown) => {
      onError(error)
      if (client === opening) client = undefined
      comeBack()
    }
    const connect = async () => {
      const fresh = new hosts.Client(config as pg.ClientConfig)
      fresh.on('notification', ({ processId, channel, payload }) => {
        if (!own.has(processId)) channels.get(channel)?.forEach((heard) => heard(payload ?? ''))
      })
      fresh.on('error', gone)
      await fresh.connect()
      return fresh
    }
    const opening = (async () => {
      const fresh = await hosts.connected(connect)
      for (const channel of channels.keys()) await heed(fresh, channel)
      return fresh
    })()
    opening.catch(() => {
      if (client === opening) client = undefined
    })
    client = opening
    return opening
  }

  function comeBack(): void {
    clearTimeout(timer)
    if (closed) return
    timer = setTimeout(() => {
      open().then(
        (connected) => {
          for (const all of channels.values()) for (const heard of all) heard(somethingMissed)
          // Not waited for: the server may not know yet that the one before is gone, and lets go of its lock when it does.
          for (const number of locks) lock(connected, number).catch(() => undefined)
        },
        (error: unknown) => {
          onError(error)
          comeBack()
        },
      )
    }, 500).unref()
  }

  return {
    async listen(channel: string, heard: (payload: string) => void) {
      const known = channels.get(channel)
      channels.set(channel, [...(known ?? []), heard])
      const connected = await open()
      if (!known) await heed(connected, channel)
    },
    async hold(number: number) {
      locks.push(number)
      const connected = await open()
      await answered(connected, silentAfterMs, lock(connected, number))
    },
    async close() {
      closed = true
      clearTimeout(timer)
      const connected = await client?.catch(() => undefined)
      if (connected) await answered(connected, mostClosingMs, connected.end())
    },
  }
}

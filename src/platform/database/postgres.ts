// PostgreSQL by pg: a pool, named prepared statements, and one connection of its own for LISTEN and the node's lock. Statements of a transaction that
// do not wait for each other's rows are sent without waiting: the server does them in order.
import { createHash } from 'node:crypto'
import pg from 'pg'
import { parsers, type Database, type Transaction } from './database.ts'

/** Connects to the server at `url`. Throws at the first use when it is away. */
export function openPostgres(url: string, options: { poolSize: number; onError: (error: unknown) => void }): Database {
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') => parsers[oid] ?? pg.types.getTypeParser(oid, format as 'text'),
  }
  const config = {
    connectionString: url,
    types,
    application_name: 'tocsin',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  } as pg.PoolConfig
  const pool = new pg.Pool({
    ...config,
    pipeline: true,
    max: options.poolSize,
    idle_in_transaction_session_timeout: 10_000,
  } as pg.PoolConfig)
  pool.on('error', options.onError)
  // What this node commits it hears of in its own process: the same from the server would wake everything twice.
  const own = new Set<number>()
  pool.on('connect', (client) => {
    own.add(backendOf(client))
    // The pool listens only while a connection is idle. One that is lost in the middle of a transaction fails its statements; without a listener it would
    // end the process as well.
    client.on('error', () => undefined)
  })
  pool.on('remove', (client) => void own.delete(backendOf(client)))
  const listening = listener(config, options.onError, own)
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    let name = names.get(text)
    if (name === undefined) {
      name = createHash('sha1').update(text).digest('base64url')
      if (names.size < 2000) names.set(text, name)
    }
    return name
  }

  return {
    kind: 'postgres',
    async transaction(work, { durable = true } = {}) {
      const client = await pool.connect()
      const afterCommit: (() => void)[] = []
      const tx: Transaction = {
        async query(statement) {
          return (await client.query({ name: nameOf(statement.text), text: statement.text, values: statement.values })).rows
        },
        afterCommit: (done) => void afterCommit.push(done),
        async notify(channel, payload) {
          await client.query({ name: 'notify', text: 'select pg_notify($1, $2)', values: [channel, payload] })
        },
      }
      let broken: Error | undefined
      let result
      try {
        const begun = client.query(durable ? 'begin' : 'begin; set local synchronous_commit = off')
        // Sent together with the first statement of the work; that it failed is heard below, or from that statement.
        begun.catch(() => undefined)
        result = await work(tx)
        await begun
        await client.query('commit')
      } catch (error) {
        await client.query('rollback').catch((failed: Error) => (broken = failed))
        throw error
      } finally {
        client.release(broken)
      }
      for (const done of afterCommit) done()
      return result
    },
    async script(text) {
      await pool.query(text)
    },
    listen: (channel, heard) => listening.listen(channel, heard),
    holdNodeLock: (lock) => listening.hold(lock),
    async close() {
      await listening.close()
      await pool.end()
    },
  }
}

/** The process of the server behind a connection. */
const backendOf = (client: pg.PoolClient): number => (client as pg.PoolClient & { processID: number }).processID

/** One connection that listens, and comes back by itself when it was cut. A notification lost meanwhile costs one poll. */
function listener(config: pg.PoolConfig, onError: (error: unknown) => void, own: ReadonlySet<number>) {
  const channels = new Map<string, ((payload: string) => void)[]>()
  const locks: number[] = []
  let client: Promise<pg.Client> | undefined
  let closed = false
  const connect = async (): Promise<pg.Client> => {
    const fresh = new pg.Client(config as pg.ClientConfig)
    fresh.on('notification', ({ processId, channel, payload }) => {
      if (!own.has(processId)) channels.get(channel)?.forEach((heard) => heard(payload ?? ''))
    })
    fresh.on('error', (error) => {
      onError(error)
      client = undefined
      if (!closed) setTimeout(() => void open().catch(onError), 500).unref()
    })
    await fresh.connect()
    for (const channel of channels.keys()) await fresh.query(`listen "${channel}"`)
    for (const lock of locks) await fresh.query('select pg_advisory_lock(7468, $1)', [lock])
    return fresh
  }
  const open = (): Promise<pg.Client> => {
    client ??= connect().catch((error: unknown) => {
      client = undefined
      throw error
    })
    return client
  }
  return {
    async listen(channel: string, heard: (payload: string) => void) {
      const known = channels.get(channel)
      channels.set(channel, [...(known ?? []), heard])
      if (!known) await (await open()).query(`listen "${channel}"`)
    },
    async hold(lock: number) {
      locks.push(lock)
      await (await open()).query('select pg_advisory_lock(7468, $1)', [lock])
    },
    async close() {
      closed = true
      await (await client?.catch(() => undefined))?.end()
    },
  }
}

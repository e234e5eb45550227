// PostgreSQL by pg: a pool, named prepared statements, and one connection of its own for LISTEN and the node's lock. Statements of a transaction that
// do not wait for each other's rows are sent without waiting: the server does them in order.
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import pg from 'pg'
import { allOfThem } from '#kernel/gather.ts'
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
    // As long as a lease: a node that is silent in the middle of a transaction keeps its rows from the others no longer than its jobs.
    idle_in_transaction_session_timeout: 3000,
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
    async transaction(work, { durable = true, mostMs } = {}) {
      const client = await pool.connect()
      const afterCommit: (() => void)[] = []
      const last: Promise<unknown>[] = []
      const send = sender(client)
      const tx: Transaction = {
        async query(statement) {
          return (await send({ name: nameOf(statement.text), text: statement.text, values: statement.values })).rows
        },
        afterCommit: (done) => void afterCommit.push(done),
        last(statement) {
          last.push(statement)
          // Heard at the commit, unless something else has failed first.
          statement.catch(() => undefined)
        },
        becomeDurable() {
          if (!durable) tx.last(send({ text: 'set local synchronous_commit = on' }))
        },
        async notify(channel, payload) {
          await send({ name: 'notify', text: 'select pg_notify($1, $2)', values: [channel, payload] })
        },
      }
      let broken: Error | undefined
      let result
      try {
        const settings = `${durable ? '' : '; set local synchronous_commit = off'}${mostMs === undefined ? '' : `; set local statement_timeout = ${mostMs}`}`
        const begun = send({ text: `begin${settings}` })
        // Sent together with the first statement of the work; that it failed is heard below, or from that statement.
        begun.catch(() => undefined)
        result = await work(tx)
        // One that has failed makes this a rollback.
        await allOfThem([...last, begun, send({ text: 'commit' })])
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

/** Sends what is asked at the same moment in one write: each is a call of the system, and costs more than the statement. */
function sender(client: pg.PoolClient) {
  const { stream } = (client as pg.PoolClient & { connection: { stream: Socket } }).connection
  let isHeld = false
  return (query: pg.QueryConfig): Promise<pg.QueryResult> => {
    if (!isHeld) {
      isHeld = true
      stream.cork()
      setImmediate(() => {
        isHeld = false
        stream.uncork()
      })
    }
    return client.query(query)
  }
}

/** The process of the server behind a connection. */
const backendOf = (client: pg.PoolClient): number => (client as pg.PoolClient & { processID: number }).processID

/** What is heard when something may have been said while nobody listened: that anything may have changed. */
const somethingMissed = '["*"]'

/** One connection that listens and holds the node's lock, and comes back by itself when it was cut, however long the server is away. */
function listener(config: pg.PoolConfig, onError: (error: unknown) => void, own: ReadonlySet<number>) {
  const channels = new Map<string, ((payload: string) => void)[]>()
  const locks: number[] = []
  let client: Promise<pg.Client> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const lock = (connected: pg.Client, number: number) => connected.query('select pg_advisory_lock(7468, $1)', [number])

  function open(): Promise<pg.Client> {
    if (client) return client
    const fresh = new pg.Client(config as pg.ClientConfig)
    const gone = (error: unknown) => {
      onError(error)
      if (client === opening) client = undefined
      comeBack()
    }
    fresh.on('notification', ({ processId, channel, payload }) => {
      if (!own.has(processId)) channels.get(channel)?.forEach((heard) => heard(payload ?? ''))
    })
    fresh.on('error', gone)
    const opening = (async () => {
      await fresh.connect()
      for (const channel of channels.keys()) await fresh.query(`listen "${channel}"`)
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
      if (!known) await (await open()).query(`listen "${channel}"`)
    },
    async hold(number: number) {
      locks.push(number)
      await lock(await open(), number)
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await (await client?.catch(() => undefined))?.end()
    },
  }
}

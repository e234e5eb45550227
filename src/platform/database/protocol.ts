// PostgreSQL's own protocol by pg, which a server and the embedded database both speak: named prepared statements, and what a transaction asks without
// waiting for an answer is sent together and done in order.
import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import pg from 'pg'
import { allOfThem } from '#kernel/gather.ts'
import { parsers, type Database, type Transaction, type TransactionOptions } from './database.ts'

/** How values come out, for pg. */
export const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => parsers[oid] ?? pg.types.getTypeParser(oid, format as 'text'),
}

/** In what the two differ. */
export type Dialect = {
  begin(options: TransactionOptions): string
  /** What makes a transaction wait for the disk that would not have. */
  becomeDurable: string | undefined
  /** What tells the other nodes, where there are any. */
  notify: ((channel: string, payload: string) => pg.QueryConfig) | undefined
}

const mostNames = 2000

/** Transactions on connections of the pool, each of which has one at a time. */
export function transactionsOn(pool: pg.Pool, dialect: Dialect): Database['transaction'] {
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    let name = names.get(text)
    if (name === undefined) {
      name = createHash('sha1').update(text).digest('base64url')
      if (names.size < mostNames) names.set(text, name)
    }
    return name
  }
  return async (work, options = {}) => {
    const { durable = true } = options
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
        if (!durable && dialect.becomeDurable !== undefined) tx.last(send({ text: dialect.becomeDurable }))
      },
      async notify(channel, payload) {
        if (dialect.notify) await send(dialect.notify(channel, payload))
      },
    }
    let broken: Error | undefined
    let result
    try {
      const begun = send({ text: dialect.begin(options) })
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
  }
}

/** Sends what is asked at the same moment in one write: each is a call of the system, or into the embedded database, and costs more than the statement. */
function sender(client: pg.PoolClient) {
  const { stream } = (client as pg.PoolClient & { connection: { stream: Duplex } }).connection
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

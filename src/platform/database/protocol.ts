// PostgreSQL's own protocol by pg, which a server and the embedded database both speak: named prepared statements, and what a transaction asks without
// waiting for an answer is sent together and done in order.
import type pg from 'pg'
import { allIsAsked, allOfThem } from '#kernel/gather.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { TransactionOver, type Database, type Transaction, type TransactionOptions } from './database.ts'
import { moments } from './moment.ts'
import { answered } from './silence.ts'

/** In what the two differ. */
export type Dialect = {
  begin(options: TransactionOptions): Sql[]
  /** What makes a transaction wait for the disk that would not have. */
  becomeDurable: Sql | undefined
  /** What tells the other nodes, where there are any. */
  notify: ((channel: string, payload: string) => Sql) | undefined
  /** How long it is waited for an answer; Infinity: however long it takes. */
  silentMs: (options: TransactionOptions) => number
}

/**
 * To plan a statement takes the database longer than to find some rows by their keys, so a connection plans each once, and for keys: a plan that is made
 * while a table is small, and that would read all of it, is still kept when it has grown. What had to read all of a table could be taken for work that is
 * worth compiling.
 */
export function findByKey(client: pg.ClientBase): void {
  const settings = [
    'plan_cache_mode = force_generic_plan',
    'enable_seqscan = off',
    'enable_hashjoin = off',
    'enable_mergejoin = off',
    'jit = off',
    // A server may be set to a zone whose offsets had seconds once, which JavaScript cannot read.
    "timezone = 'UTC'",
  ]
  // One that is lost at this moment fails whatever is asked of it next.
  client.query(settings.map((setting) => `set ${setting}`).join('; ')).catch(() => undefined)
}

/** Until the end of the transaction each statement is planned for its values: what a `select` sets. */
export const planForValues = sql`set_config('plan_cache_mode', 'auto', true), set_config('enable_seqscan', 'on', true),
  set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'on', true)`

/** Transactions on connections of the pool, each of which has one at a time. */
export function transactionsOn(pool: { connect(): Promise<pg.PoolClient> }, dialect: Dialect): Database['transaction'] {
  return async (work, options = {}) => {
    const { durable = true, atOneMoment = false } = options
    const client = await pool.connect()
    const afterCommit: (() => void)[] = []
    const afterEnd: ((isCommitted: boolean) => void)[] = []
    const last: Promise<unknown>[] = []
    const silentMs = dialect.silentMs(options)
    const { ask, send, hasSent } = moments(client, silentMs)
    let isOver = false
    const tx: Transaction = {
      async query<Row>(statement: Sql) {
        if (isOver || (atOneMoment && hasSent())) throw new TransactionOver()
        return (await ask(statement)) as Row[]
      },
      afterCommit: (done) => void afterCommit.push(done),
      afterEnd: (done) => void afterEnd.push(done),
      last(statement) {
        last.push(statement)
        // Heard at the commit, unless something else has failed first.
        statement.catch(() => undefined)
      },
      becomeDurable() {
        if (!durable && dialect.becomeDurable !== undefined) tx.last(tx.query(dialect.becomeDurable))
      },
      async notify(channel, payload) {
        if (dialect.notify) await tx.query(dialect.notify(channel, payload))
      },
    }
    let broken: Error | undefined
    let isCommitted = false
    try {
      const begun = allOfThem(atOneMoment ? [] : dialect.begin(options).map(ask))
      // Sent together with the first statement of the work; that it failed is heard below, or from that statement.
      begun.catch(() => undefined)
      const result = await work(tx)
      await allIsAsked()
      isOver = true
      // One that has failed makes this a rollback.
      await allOfThem([...last, begun, ...(atOneMoment ? [] : [ask(sql`commit`)])])
      isCommitted = true
      return result
    } catch (error) {
      // Behind everything that was asked: nothing of it may run when the transaction is over.
      send()
      isOver = true
      await answered(client, silentMs, client.query('rollback')).catch((failed: Error) => (broken = failed))
      throw error
    } finally {
      isOver = true
      client.release(broken)
      if (isCommitted) for (const done of afterCommit) done()
      for (const done of afterEnd) done(isCommitted)
    }
  }
}

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import type { Database } from './database.ts'
import { openPostgres } from './postgres.ts'

const server = process.env['TEST_DATABASE_URL']

describe.skipIf(server === undefined)('PostgreSQL', () => {
  const heard: unknown[] = []
  let database: Database
  let other: Database
  beforeAll(() => {
    database = openPostgres(server!, { poolSize: 2, onError: (error) => void heard.push(error) })
    other = openPostgres(server!, { poolSize: 2, onError: () => undefined })
  })
  afterAll(async () => {
    await database.close()
    await other.close()
  })

  test('a connection that is lost in the middle of a transaction fails it and nothing else', async () => {
    const admin = new pg.Client({ connectionString: server! })
    await admin.connect()
    let timesAway = 0
    database.onAway(() => void timesAway++)
    const lost = database.transaction(async (tx) => {
      const [row] = await tx.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await admin.query('select pg_terminate_backend($1)', [row!.pid])
      // Nothing is asked of it at the moment in which it goes.
      await new Promise((resolve) => setTimeout(resolve, 200))
      await tx.query(sql`select 1 as one`)
    })
    await expect(lost).rejects.toThrow()
    expect(timesAway).toBe(1)
    await expect(database.transaction((tx) => tx.query(sql`select 1 / 0`))).rejects.toThrow()
    expect(timesAway).toBe(1)
    expect(await database.transaction((tx) => tx.query(sql`select 1 as one`))).toEqual([{ one: 1 }])
    await admin.end()
  })

  test('a transaction whose node says nothing more holds its rows no longer than a lease', async () => {
    const limit = sql`select current_setting('idle_in_transaction_session_timeout') as limit`
    expect(await database.transaction((tx) => tx.query(limit))).toEqual([{ limit: '3s' }])
  })

  test('a commit waits for the disk also where the server is set not to, unless it says that it may be lost', async () => {
    const url = new URL(server!)
    url.searchParams.set('options', '-c synchronous_commit=off')
    const hasty = openPostgres(url.href, { poolSize: 1, onError: () => undefined })
    const how = sql`select current_setting('synchronous_commit') as commit`
    try {
      expect(await hasty.transaction((tx) => tx.query(how))).toEqual([{ commit: 'on' }])
      expect(await hasty.transaction((tx) => tx.query(how), { durable: false })).toEqual([{ commit: 'off' }])
    } finally {
      await hasty.close()
    }
    url.searchParams.set('options', '-c synchronous_commit=remote_apply')
    const careful = openPostgres(url.href, { poolSize: 1, onError: () => undefined })
    try {
      expect(await careful.transaction((tx) => tx.query(how))).toEqual([{ commit: 'remote_apply' }])
    } finally {
      await careful.close()
    }
  })

  test('a node hears what others say, and not itself', async () => {
    const said: string[] = []
    await database.listen('bell', (payload) => void said.push(payload))
    await database.transaction((tx) => tx.notify('bell', 'mine'))
    await other.transaction((tx) => tx.notify('bell', 'of the other'))
    await expect.poll(() => said).toEqual(['of the other'])
  })

  test('after a database that was away for a while it hears again, holds its lock again, and is told that it may have missed something', async () => {
    const name = `away_${process.pid}`
    const admin = new pg.Client({ connectionString: server! })
    await admin.connect()
    await admin.query(`create database ${name}`)
    const url = new URL(server!)
    url.pathname = `/${name}`
    const errors: unknown[] = []
    const away = openPostgres(url.href, { poolSize: 1, onError: (error) => void errors.push(error) })
    try {
      const said: string[] = []
      await away.listen('bell', (payload) => void said.push(payload))
      await away.holdNodeLock(42)
      let timesAway = 0
      away.onAway(() => void timesAway++)
      await admin.query(`alter database ${name} allow_connections false`)
      await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [name])
      // The connection, and the first try to have it back.
      await expect.poll(() => errors.length).toBeGreaterThanOrEqual(2)
      await admin.query(`alter database ${name} allow_connections true`)
      await expect.poll(() => said).toEqual(['["*"]'])
      expect(timesAway).toBe(errors.length)
      const holders = () =>
        admin.query(`select 1 from pg_locks join pg_database on oid = database where datname = $1 and locktype = 'advisory' and granted`, [
          name,
        ])
      await expect.poll(async () => (await holders()).rowCount).toBe(1)
      const neighbour = openPostgres(url.href, { poolSize: 1, onError: () => undefined })
      await neighbour.transaction((tx) => tx.notify('bell', 'of the other'))
      await expect.poll(() => said).toEqual(['["*"]', 'of the other'])
      await neighbour.close()
    } finally {
      await away.close()
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    }
  })
})

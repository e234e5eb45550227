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
    const lost = database.transaction(async (tx) => {
      const [row] = await tx.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await admin.query('select pg_terminate_backend($1)', [row!.pid])
      // Nothing is asked of it at the moment in which it goes.
      await new Promise((resolve) => setTimeout(resolve, 200))
      await tx.query(sql`select 1 as one`)
    })
    await expect(lost).rejects.toThrow()
    expect(await database.transaction((tx) => tx.query(sql`select 1 as one`))).toEqual([{ one: 1 }])
    await admin.end()
  })

  test('a node hears what others say, and not itself', async () => {
    const said: string[] = []
    await database.listen('bell', (payload) => void said.push(payload))
    await database.transaction((tx) => tx.notify('bell', 'mine'))
    await other.transaction((tx) => tx.notify('bell', 'of the other'))
    await expect.poll(() => said).toEqual(['of the other'])
  })
})

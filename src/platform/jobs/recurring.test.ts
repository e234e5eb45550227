// What is done again and again is there once, however many nodes start at the same time: on PostgreSQL, where their transactions are under way together.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { instant } from '#kernel/time.ts'
import { ownDatabase } from '#scenarios/world/own-database.ts'
import type { Database } from '../database/database.ts'
import { openPostgres } from '../database/postgres.ts'
import { keepRecurring } from './store.ts'

const server = process.env['TEST_DATABASE_URL']
const now = instant('2026-11-29T12:00:00Z')

describe.skipIf(server === undefined)('what recurs', () => {
  let own: Awaited<ReturnType<typeof ownDatabase>>
  let database: Database
  beforeAll(async () => {
    own = await ownDatabase(server!)
    database = openPostgres(own.url, { poolSize: 6, onError: () => undefined })
    await database.script(
      'create table jobs (id serial primary key, kind text not null, lane text not null, due timestamptz, payload json, owner text)',
    )
  })
  afterAll(async () => {
    await database?.close()
    await own.drop()
  })
  const lanes = async () =>
    (await database.transaction((tx) => tx.query<{ lane: string }>(sql`select lane from jobs order by lane, id`))).map(({ lane }) => lane)
  const start = (...names: string[]) =>
    database.transaction(async (tx) => {
      await keepRecurring(tx, names, now)
      await new Promise((resolve) => setTimeout(resolve, 50))
    })

  test('is written once by nodes that start at the same time', async () => {
    await Promise.all([start('forget', 'remind'), start('forget', 'remind'), start('forget', 'remind')])
    expect(await lanes()).toEqual(['forget', 'remind'])
  })

  test('is once again where it had been written twice, and what nobody knows any more is gone', async () => {
    await database.script(`insert into jobs (kind, lane) values ('recurring', 'forget'), ('recurring', 'old')`)
    await start('forget', 'remind')
    expect(await lanes()).toEqual(['forget', 'remind'])
  })
})

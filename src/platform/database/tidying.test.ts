import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { emptyCluster } from '#scenarios/world/database.ts'
import type { Database } from './database.ts'
import { tidy } from './tidying.ts'

let database: Database
beforeAll(async () => void (database = await emptyCluster()))
afterAll(() => database.close())

// What was changed is counted at most once a second, unless it is asked for.
const change = (text: string) => database.script(`${text}; select pg_stat_force_next_flush()`)
const dead = async () => {
  const counted = sql`select n_dead_tup as count from pg_stat_user_tables where relname = 'busy'`
  return (await database.transaction((tx) => tx.query<{ count: number }>(counted)))[0]!.count
}

test('a table of which much was changed is tidied, once, and one of which little was is left alone', async () => {
  await database.script('create table busy (id int primary key, n int); create table calm (id int)')
  await change('insert into busy select n, n from generate_series(1, 1500) as n; insert into calm values (1)')
  expect(await tidy(database)).toEqual(['busy'])
  expect(await tidy(database)).toEqual([])
  await change('update busy set n = n + 1 where id <= 1200')
  expect(await tidy(database)).toEqual([])
  await change('update busy set n = n + 1 where id <= 1200')
  expect(await dead()).toBeGreaterThan(1300)
  expect(await tidy(database)).toEqual(['busy'])
  expect(await dead()).toBe(0)
})

// What becomes of a database in which another program has something already.
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { emptyCluster } from '#scenarios/world/database.ts'
import { ownDatabase } from '#scenarios/world/own-database.ts'
import type { Database } from './database.ts'
import { migrate, notOursIn, readMigrations, routinesIn, tablesIn } from './migrate.ts'
import { openPostgres } from './postgres.ts'

const migrations = readMigrations(fileURLToPath(new URL('../../../migrations', import.meta.url)))
const links = migrations.findIndex(({ name }) => name === '0022-links.sql')
const server = process.env['TEST_DATABASE_URL']

let database: Database
let close: () => Promise<void>
beforeAll(async () => {
  const own = server === undefined ? undefined : await ownDatabase(server)
  database = own ? openPostgres(own.url, { poolSize: 2, onError: () => undefined }) : await emptyCluster()
  close = async () => (await database.close(), own?.drop())
})
afterAll(() => close())

/** All relations and functions of its schema, and what was applied. */
const everything = () =>
  database.transaction(async (tx) => {
    const names = await tx.query<{ name: string }>(sql`
      select relname || ' ' || relkind::text as name from pg_class where relnamespace = current_schema()::regnamespace
      union all select oid::regprocedure::text from pg_proc where pronamespace = current_schema()::regnamespace order by name`)
    const [{ place }] = (await tx.query(sql`select to_regclass('migrations')::text as place`)) as [{ place: string | null }]
    return { names, rows: place === null ? [] : await tx.query(sql`select to_json(migrations)::text as row from migrations order by row`) }
  })

const theirs: [what: string, make: string, drop: string][] = [
  [
    'function hash_behind(bytea, bytea)',
    'create function hash_behind(a bytea, b bytea) returns bytea language sql immutable return a || b',
    'drop function hash_behind(bytea, bytea)',
  ],
  [
    'function hash_chain(bytea)',
    'create function hash_chain(bytea) returns bytea language sql immutable return $1',
    'drop function hash_chain(bytea)',
  ],
  ['table users', 'create table users (login text)', 'drop table users'],
  ['table alerts', 'create view alerts as select 1 as one', 'drop view alerts'],
  ['table migrations', 'create table migrations (version text)', 'drop table migrations'],
]
const sentence = (what: string) =>
  `Nothing was changed: this database holds a ${what} that is not Tocsin's. Give Tocsin a database of its own, or rename what is there.`

describe('what another program has by a name that a migration needs is named, and nothing is changed:', () => {
  test.each(theirs)('a %s, at the first start', async (what, make, drop) => {
    await database.script(make)
    const before = await everything()
    await expect(migrate(database, migrations)).rejects.toMatchObject({ code: 'refused', message: sentence(what) })
    expect(await everything()).toEqual(before)
    await database.script(drop)
  })

  test.each(theirs.slice(0, 2))('a %s, at the start after an upgrade', async (what, make, drop) => {
    await migrate(database, migrations.slice(0, links))
    await database.script(make)
    const before = await everything()
    await expect(migrate(database, migrations)).rejects.toMatchObject({ code: 'refused', message: sentence(what) })
    expect(await everything()).toEqual(before)
    await database.script(drop)
  })

  test("one of that name that takes something else is in nobody's way", async () => {
    await database.script('create function hash_chain(text) returns text language sql immutable return $1')
    expect(await migrate(database, migrations)).toEqual(migrations.slice(links).map(({ name }) => name))
    const [row] = await database.transaction((tx) =>
      tx.query<{ theirs: string; ours: string }>(
        sql`select hash_chain('a'::text) as theirs, encode(hash_chain(link), 'hex') as ours from (values ('\\x61'::bytea)) as one (link)`,
      ),
    )
    expect(row).toEqual({ theirs: 'a', ours: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb' })
  })
})

test('what was made by a migration is not taken for another program’s', async () => {
  expect(await database.transaction((tx) => notOursIn(tx, migrations))).toBeUndefined()
  expect(await migrate(database, migrations)).toEqual([])
})

test('every function and table is found in the files', () => {
  expect(routinesIn(migrations)).toEqual(['hash_behind(bytea, bytea)', 'hash_chain(bytea)'])
  expect(tablesIn(migrations)).toContain('notifications')
})

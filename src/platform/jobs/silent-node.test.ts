// A node that hangs in the middle of its work, on PostgreSQL: what it has begun does not keep the others from it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import pg from 'pg'
import { sql } from '#kernel/sql.ts'
import { ownDatabase } from '#scenarios/world/own-database.ts'
import type { Database } from '../database/database.ts'
import { openPostgres } from '../database/postgres.ts'
import { enterNode, takeOver } from './store.ts'

const server = process.env['TEST_DATABASE_URL']

describe.skipIf(server === undefined)('a node that says nothing more', () => {
  let own: Awaited<ReturnType<typeof ownDatabase>>
  let admin: pg.Client
  const opened: Database[] = []
  const nameOf = (node: string) => Buffer.from(node.padEnd(6)).toString('hex').slice(0, 12)
  const open = (node: string, address = own.url) => {
    const database = openPostgres(address, { poolSize: 6, onError: () => undefined, name: nameOf(node) })
    opened.push(database)
    return database
  }
  beforeAll(async () => {
    own = await ownDatabase(server!)
    admin = new pg.Client({ connectionString: server! })
    await admin.connect()
    await open('setup').script(`create table nodes (id text primary key, lock integer, started_at timestamptz, seen_at timestamptz);
      create table jobs (id int, owner text); create table things (id int primary key); insert into things values (1)`)
  })
  afterAll(async () => {
    goesOn.resolve()
    for (const database of opened) await database.close().catch(() => undefined)
    await admin.end()
    await own.drop()
  })

  const goesOn = Promise.withResolvers<void>()
  /** Holds the thing, and says nothing more. */
  async function hang(database: Database): Promise<void> {
    const began = Promise.withResolvers<void>()
    const hung = database.transaction(async (tx) => {
      const got = tx.query(sql`select id from things where id = 1 for update`)
      setTimeout(began.resolve, 100)
      await got
      await goesOn.promise
    })
    hung.catch(() => undefined)
    await began.promise
  }
  const underWay = async (node: string) =>
    (await admin.query('select 1 from pg_stat_activity where application_name = $1 and xact_start is not null', [`tocsin ${nameOf(node)}`]))
      .rowCount

  test('several of its transactions that wait for each other are ended at once, and nobody else is', async () => {
    const [silent, busy, watching] = [open('silent'), open('busy'), open('watching')] as [Database, Database, Database]
    for (const [database, lock] of [
      [silent, 11],
      [busy, 12],
      [watching, 13],
    ] as const) {
      await database.holdNodeLock(lock)
      await database.transaction((tx) => enterNode(tx, `nod_${lock}`, lock))
    }
    await Promise.all([hang(silent), hang(silent), hang(silent)])
    expect(await underWay('silent')).toBe(3)
    await new Promise((resolve) => setTimeout(resolve, 1200))
    const others = busy.transaction(async (tx) => {
      await tx.query(sql`select pg_sleep(0.3)`)
      return 'still there'
    })
    await watching.transaction((tx) =>
      tx.query(sql`update nodes set seen_at = clock_timestamp() - interval '4 seconds' where id = 'nod_11'`),
    )
    expect(await watching.transaction((tx) => takeOver(tx, 'nod_13', true))).toEqual(['nod_11'])
    await expect.poll(() => underWay('silent')).toBe(0)
    await watching.transaction((tx) => tx.query(sql`select id from things where id = 1 for update`))
    expect(await others).toBe('still there')
    expect(await busy.transaction((tx) => tx.query(sql`select 1 as one`))).toEqual([{ one: 1 }])
  })

  test('one that has only now got what another of them was ended for is ended too', async () => {
    const [silent, watching] = [open('chain'), open('after')] as [Database, Database]
    await silent.holdNodeLock(41)
    await silent.transaction((tx) => enterNode(tx, 'nod_41', 41))
    await hang(silent)
    await hang(silent)
    // As the server ends the first after three seconds.
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and state like 'idle in transaction%'`,
      [`tocsin ${nameOf('chain')}`],
    )
    await expect.poll(() => underWay('chain')).toBe(1)
    await watching.transaction((tx) =>
      tx.query(sql`update nodes set seen_at = clock_timestamp() - interval '4 seconds' where id = 'nod_41'`),
    )
    expect(await watching.transaction((tx) => takeOver(tx, 'nod_42', true))).toContain('nod_41')
    // Long before the server would end it by itself.
    await expect.poll(() => underWay('chain'), { timeout: 1500 }).toBe(0)
  })

  test('sessions under a name that the address gives are left alone: others may have it too', async () => {
    const shared = `${own.url}?application_name=tocsin%20prod`
    const [silent, busy, looks] = [open('s', shared), open('b', shared), open('l', shared)] as [Database, Database, Database]
    await silent.holdNodeLock(31)
    await silent.transaction((tx) => enterNode(tx, 'nod_31', 31))
    const idle = busy.transaction(async (tx) => {
      await tx.query(sql`select 1`)
      await new Promise((resolve) => setTimeout(resolve, 1500))
      await looks.transaction(async (other) => {
        await other.query(sql`update nodes set seen_at = clock_timestamp() - interval '4 seconds' where id = 'nod_31'`)
        expect(await takeOver(other, 'nod_32', true)).toContain('nod_31')
      })
      return tx.query(sql`select 1 as one`)
    })
    expect(await idle).toEqual([{ one: 1 }])
  })

  test('one whose lock nobody holds is gone, and whoever looks does not end itself', async () => {
    const [gone, looks] = [open('gone'), open('looks')] as [Database, Database]
    await gone.transaction((tx) => enterNode(tx, 'nod_21', 21))
    expect(await looks.transaction((tx) => takeOver(tx, 'nod_22', true))).toContain('nod_21')
    expect(await looks.transaction((tx) => tx.query(sql`select 1 as one`))).toEqual([{ one: 1 }])
  })
})

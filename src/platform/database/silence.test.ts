// A PostgreSQL that says nothing any more while every connection to it stands. The time that is waited for an answer is passed by hand.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { startProxy, type Proxy } from '#scenarios/machine/real/proxy.ts'
import { ownDatabase } from '#scenarios/world/own-database.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { createWorker } from '../jobs/worker.ts'
import { silentLog } from '../log.ts'
import { createFollowingClock, followClock } from './clock.ts'
import { isAway, type Database } from './database.ts'
import { openPostgres } from './postgres.ts'
import { silentAfterMs } from './silence.ts'

const server = process.env['TEST_DATABASE_URL']

describe.skipIf(server === undefined)('a database that says nothing any more', () => {
  let own: Awaited<ReturnType<typeof ownDatabase>>
  let way: Proxy
  let database: Database
  beforeAll(async () => {
    own = await ownDatabase(server!)
    way = await startProxy(Number(new URL(server!).port))
  })
  beforeEach(async () => {
    const url = new URL(own.url)
    url.host = `127.0.0.1:${way.port}`
    database = openPostgres(url.href, { poolSize: 4, onError: () => undefined })
    // Connections that are there: what is tried here is not that none can be made.
    await Promise.all(Array.from({ length: 4 }, () => session(Infinity)))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(async () => {
    vi.useRealTimers()
    way.set(undefined)
    await database.close()
  })
  afterAll(async () => {
    await way.stop()
    await own.drop()
  })
  const falls = () => way.set({ kind: 'silent', direction: 'both' })
  const session = (silentMs: number) =>
    database.transaction(async (tx) => (await tx.query<{ pid: number }>(sql`select pg_backend_pid() as pid`))[0]!.pid, { silentMs })
  /** Whatever is under way in this process comes to where it waits for somebody. */
  async function turns(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  async function passes(ms: number): Promise<void> {
    await turns()
    await vi.advanceTimersByTimeAsync(ms)
    await turns()
  }
  /** How it has ended by now. */
  function endOf(work: Promise<unknown>): () => unknown {
    let end: unknown = 'not yet'
    work.then(
      () => (end = 'done'),
      (error: unknown) => (end = error),
    )
    return () => end
  }

  test('a transaction waits for its answer for so long and no longer, and the next one has another connection', async () => {
    const first = await session(5000)
    falls()
    const silent = endOf(session(5000))
    await passes(4999)
    expect(silent()).toBe('not yet')
    await passes(1)
    expect(isAway(silent())).toBe(true)
    way.set(undefined)
    expect(await session(5000)).not.toBe(first)
  })

  test('so it is with a rollback; and without an end it is waited for as long as it takes', async () => {
    const fallen = Promise.withResolvers<void>()
    const refused = endOf(
      database.transaction(
        async (tx) => {
          await tx.query(sql`select 1`)
          falls()
          fallen.resolve()
          throw new Error('refused')
        },
        { silentMs: 5000 },
      ),
    )
    await fallen.promise
    const patient = session(Infinity)
    const later = endOf(patient)
    await passes(5000)
    expect(refused()).toMatchObject({ message: 'refused' })
    await passes(3_600_000)
    expect(later()).toBe('not yet')
    way.set(undefined)
    expect(await patient).toBeGreaterThan(0)
  })

  test('its clock is asked again, over another connection', async () => {
    let passed = 0
    const clock = createFollowingClock({ wallMs: () => 0, elapsedMs: () => passed++ })
    const heard = vi.spyOn(clock, 'heard')
    const asks = vi.fn<Database['transaction']>(database.transaction)
    const end = followClock({ transaction: asks as Database['transaction'] }, clock, silentLog())
    await passes(1000)
    await vi.waitUntil(() => heard.mock.calls.length === 1)
    falls()
    await passes(1000)
    expect(asks).toHaveBeenCalledTimes(2)
    await passes(silentAfterMs)
    await passes(1000)
    expect(asks).toHaveBeenCalledTimes(3)
    way.set(undefined)
    await vi.waitUntil(() => heard.mock.calls.length === 2)
    end()
  })

  test('it is closed all the same', async () => {
    await database.listen('bell', () => undefined)
    const begun = Promise.withResolvers<void>()
    const hung = endOf(
      database.transaction(async (tx) => {
        await tx.query(sql`select 1`)
        falls()
        begun.resolve()
        await tx.query(sql`select 2`)
      }),
    )
    await begun.promise
    const closed = endOf(database.close())
    await passes(10_000)
    expect(closed()).toBe('done')
    expect(isAway(hung())).toBe(true)
    database = { ...database, close: () => Promise.resolve() }
  })

  describe('a node', () => {
    let world: World
    beforeAll(async () => {
      world = await createWorld(catalogueOf([]))
    })
    afterAll(() => world.close())

    test('that claims work of it claims again, and ends when it is told to', async () => {
      await database.script(`create table nodes (id text primary key, lock integer, started_at timestamptz, seen_at timestamptz);
        create table quiet (since timestamptz); create table processes (name text, key text, ended_at timestamptz, wake_at timestamptz);
        create table jobs (id bigint, kind text, lane text, due timestamptz, payload json, owner text, fence int, attempts int, started_at timestamptz,
          parked_at timestamptz, last_error text)`)
      const claims: Promise<unknown>[] = []
      const transaction: Database['transaction'] = (work, options) => {
        const result = database.transaction(work, options)
        // Of what a worker asks only its claims may be lost.
        if (options?.durable === false) claims.push(result)
        return result
      }
      const worker = createWorker({ ...world.engine, database: { ...database, transaction } }, silentLog(), { concurrency: 1, effects: 1 })
      await worker.start()
      await vi.waitUntil(() => claims.length === 1)
      await claims[0]
      falls()
      await passes(1000)
      expect(claims).toHaveLength(2)
      const hung = endOf(claims[1]!)
      await passes(silentAfterMs)
      expect(isAway(hung())).toBe(true)
      way.set(undefined)
      await passes(1000)
      await vi.waitUntil(() => claims.length === 3)
      await claims[2]
      falls()
      await passes(1000)
      expect(claims).toHaveLength(4)
      const stopped = endOf(worker.stop())
      for (const wait of [silentAfterMs, 10_000, silentAfterMs, silentAfterMs]) await passes(wait)
      expect(isAway(stopped())).toBe(true)
    })
  })
})

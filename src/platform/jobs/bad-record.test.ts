// One record that nobody can process stands in nobody else’s way: it is set aside with its error, or left to a version that knows it.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'
import { bellWorld, seen } from './fixtures/bells.ts'
import * as store from './store.ts'

const { world, inTx, rings, stateOf, jobs, otherWorker, afresh } = await bellWorld()
afterAll(() => world.close())
beforeEach(afresh)

describe('one bad record', () => {
  test('is set aside after its tries with its error, while the others go on', async () => {
    await rings('broken')
    await rings('good')
    await world.pass('1 h')
    await rings('later')
    await world.settle()
    expect(await stateOf('good')).toEqual({ heard: ['heard good'] })
    expect(await stateOf('later')).toEqual({ heard: ['heard later'] })
    expect(await jobs()).toMatchObject([
      { attempts: 10, owner: null, parkedAt: expect.any(String), lastError: expect.stringContaining('the bell is broken') },
    ])
    expect(await inTx((tx) => store.parkedJobs(tx, 10))).toMatchObject([{ kind: 'reaction', lane: 'bell.hear' }])
    expect(seen.reactions.filter((word) => word === 'broken')).toHaveLength(10)
  })

  test('an input that its process cannot read stops neither the process nor its neighbours', async () => {
    await rings('first')
    await world.settle()
    await inTx((tx) =>
      tx.query(
        sql`insert into jobs (kind, lane, due, payload) values ('process', 'bell.echo/first', ${world.clock.now()}, '{"process":"bell.echo","key":"first","input":{"type":"nonsense"}}'::json)`,
      ),
    )
    await world.settle()
    await rings('first')
    await world.pass('1 h')
    expect((await stateOf('first'))!.heard).toEqual(['heard first', 'heard first'])
    expect((await jobs()).map(({ parkedAt }) => parkedAt !== null)).toEqual([true])
  })

  test('an input whose fault speaks of a connection is set aside as any other: no database was away', async () => {
    await inTx((tx) =>
      tx.query(
        sql`insert into jobs (kind, lane, due, payload) values ('process', 'bell.echo/wired', ${world.clock.now()}, '{"process":"bell.echo","key":"wired","input":{"type":"connection"}}'::json)`,
      ),
    )
    await rings('the connection is terminated')
    await world.pass('1 h')
    expect(await jobs()).toMatchObject([
      { kind: 'process', parkedAt: expect.any(String), lastError: expect.stringContaining('connection') },
      { kind: 'reaction', parkedAt: expect.any(String), lastError: expect.stringContaining('the connection is terminated') },
    ])
  })

  test('what this version does not know is left to a node that does, and set aside when none has taken it for an hour', async () => {
    const put = (kind: string, lane: string, payload: object) =>
      inTx((tx) =>
        tx.query(
          sql`insert into jobs (kind, lane, due, payload) values (${kind}, ${lane}, ${world.clock.now()}, ${JSON.stringify(payload)}::json)`,
        ),
      )
    await put('reaction', 'future.reaction', { event: {} })
    await put('process', 'future.process/a', { process: 'future.process', key: 'a', input: {} })
    await put('effect', 'future.process/a', {
      process: 'future.process',
      key: 'a',
      step: 1,
      effect: 'bell.shout',
      tag: '',
      input: { word: 'a' },
    })
    await world.pass('1 h')
    expect(await jobs()).toMatchObject(Array.from({ length: 3 }, () => ({ owner: null, attempts: 0, parkedAt: null })))
    expect(await world.worker.nextDue()).toBeUndefined()
    world.clock.set(addSeconds(world.clock.now(), 1))
    const worker = otherWorker()
    await worker.start()
    await worker.stop()
    expect(await jobs()).toMatchObject(
      Array.from({ length: 3 }, () => ({ parkedAt: expect.any(String), lastError: expect.stringContaining('does not know') })),
    )
  })

  test('a process that a newer version has taken on is left to it, whatever comes, and costs no tries', async () => {
    await rings('newer')
    await inTx((tx) =>
      tx.query(
        sql`insert into processes (name, key, version, state, reason) values ('bell.echo', 'newer', 2, '{"of":"another form"}'::json, 'begun by a newer node')`,
      ),
    )
    await world.settle()
    expect(await jobs()).toMatchObject([{ kind: 'process', owner: null, attempts: 0, parkedAt: null }])
    await inTx((tx) => tx.query(sql`update processes set version = 1, state = '{"heard":[]}'::json where key = 'newer'`))
    await world.pass('2 s')
    expect(await stateOf('newer')).toEqual({ heard: ['heard newer'] })
  })

  test('a node that cannot give back what a newer version has taken on goes on, and gives it back when the database answers', async () => {
    await rings('newest')
    await inTx((tx) =>
      tx.query(
        sql`insert into processes (name, key, version, state, reason) values ('bell.echo', 'newest', 2, '{}'::json, 'begun by a newer node')`,
      ),
    )
    const { database } = world.engine
    const plain = database.transaction
    let losses = 0
    database.transaction = (work, options) =>
      plain((tx) => {
        const query: Transaction['query'] = (statement) => {
          const isLost = losses === 0 && statement.text.startsWith('update jobs set owner = null, due')
          if (isLost) losses++
          return isLost ? Promise.reject(new Error('Connection terminated unexpectedly')) : tx.query(statement)
        }
        return work({ ...tx, query })
      }, options)
    await world.settle().finally(() => void (database.transaction = plain))
    expect(losses).toBe(1)
    expect(await jobs()).toMatchObject([{ kind: 'process', owner: null, parkedAt: null }])
  })
})

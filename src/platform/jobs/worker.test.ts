// What the worker promises, on a made-up slice: nothing is lost, nothing is done twice.
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { EffectFailure } from '#kernel/define.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import { silentLog } from '#platform/log.ts'
import type { Database, Transaction } from '../database/database.ts'
import { bellWorld, far, known, seen } from './fixtures/bells.ts'
import * as store from './store.ts'
import { createWorker } from './worker.ts'

const { world, inTx, rings, stateOf, jobs, otherWorker, afresh } = await bellWorld()
afterAll(() => world.close())
beforeEach(afresh)

describe('work that was accepted', () => {
  test('a command, its reaction, its process and its effect follow each other to the end', async () => {
    await rings('plain')
    await world.settle()
    expect(await stateOf('plain')).toEqual({ heard: ['heard plain'] })
    expect(seen.effects).toEqual([{ key: 'bell.echo/plain/1', repeated: false, attempt: 1 }])
    expect(await jobs()).toEqual([])
  })

  test('a command that fails leaves no event and no job', async () => {
    await expect(rings('cracked')).rejects.toThrow()
    expect((await world.events('bell.rang')).filter((event) => (event.data as { word: string }).word === 'cracked')).toEqual([])
    expect(await jobs()).toEqual([])
  })

  test('a node that dies between claim and commit loses nothing: its job comes back and is done once', async () => {
    await rings('claimed')
    await inTx(async (tx) => {
      await store.enterNode(tx, 'nod_dead', 4711)
      await tx.query(sql`update nodes set seen_at = clock_timestamp() - interval '10 seconds' where id = 'nod_dead'`)
      expect(
        await store.claimDue(
          tx,
          { node: 'nod_dead', fence: 1 },
          [{ names: { reactions: known.reactions }, limit: 5 }],
          known,
          world.clock.now(),
        ),
      ).toHaveLength(1)
    })
    expect(await world.worker.runDue()).toBe(0)
    expect(seen.reactions).toEqual([])
    expect(await inTx((tx) => store.takeOver(tx, 'nod_living', false))).toEqual(['nod_dead'])
    await world.settle()
    expect(seen.reactions).toEqual(['claimed'])
    expect(await stateOf('claimed')).toEqual({ heard: ['heard claimed'] })
  })

  test('a reaction that fails in the middle leaves nothing behind, and comes back', async () => {
    await rings('mute')
    await world.worker.runDue()
    expect(await jobs()).toMatchObject([
      { kind: 'reaction', owner: null, attempts: 1, parkedAt: null, lastError: expect.stringContaining('division by zero') },
    ])
    expect(await stateOf('mute')).toBeUndefined()
  })
})

describe('a claim and its fence', () => {
  test('whoever lost a job to another node can end it no more', async () => {
    await rings('fenced')
    const claim = (fence: number) =>
      inTx((tx) =>
        store.claimDue(tx, { node: 'nod_one', fence }, [{ names: { reactions: known.reactions }, limit: 1 }], known, world.clock.now()),
      )
    const [first] = await claim(1)
    await inTx((tx) => tx.query(sql`update jobs set owner = null`))
    const [second] = await claim(2)
    expect(second!.id).toBe(first!.id)
    expect(await inTx((tx) => store.finish(tx, 'nod_one', [first!]))).toEqual(new Set())
    expect(await inTx((tx) => store.finish(tx, 'nod_two', [second!]))).toEqual(new Set())
    expect(await inTx((tx) => store.finish(tx, 'nod_one', [second!]))).toEqual(new Set([second!.id]))
  })

  test('two claims at once never get the same job', async () => {
    for (const word of ['a', 'b', 'c', 'd']) await rings(word)
    const claims = await Promise.all(
      ['nod_one', 'nod_two', 'nod_three'].map((node) =>
        inTx((tx) =>
          store.claimDue(tx, { node, fence: 1 }, [{ names: { reactions: known.reactions }, limit: 2 }], known, world.clock.now()),
        ),
      ),
    )
    const ids = claims.flat().map((job) => job.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toHaveLength(4)
  })

  test('what is claimed comes in the order in which it fell due, however it lies in the table', async () => {
    for (const word of ['a', 'b', 'c']) await rings(word)
    await inTx((tx) => tx.query(sql`update jobs set due = due - interval '1 minute' * id where id > (select min(id) from jobs)`))
    const claimed = await inTx((tx) =>
      store.claimDue(tx, { node: 'nod_one', fence: 1 }, [{ names: { reactions: known.reactions }, limit: 3 }], known, world.clock.now()),
    )
    const due = claimed.map((job) => job.due)
    expect([due.length, due]).toEqual([3, [...due].sort()])
  })

  test('an effect whose node slept through a takeover commits nothing: its process hears one outcome', async () => {
    const other = otherWorker()
    far.answer = async ({ word }) => {
      if (seen.effects.length === 1) {
        await inTx((tx) => tx.query(sql`update jobs set owner = null where kind = 'effect'`))
        await other.runDue()
      }
      return `heard ${word} ${seen.effects.length}`
    }
    await rings('slept')
    await world.settle()
    expect(seen.effects.map(({ repeated }) => repeated)).toEqual([false, true])
    expect(new Set(seen.effects.map(({ key }) => key)).size).toBe(1)
    expect((await stateOf('slept'))!.heard).toHaveLength(1)
  })

  test('a job that the database lost while a node did it is not taken for the new one that has its number', async () => {
    const begun = Promise.withResolvers<void>()
    let first: Promise<unknown> | undefined
    let second: Promise<unknown> | undefined
    far.answer = async ({ word }) => {
      if (word === 'second') {
        begun.resolve()
        await first
      } else {
        const [{ id } = { id: 0 }] = await jobs()
        await inTx((tx) => tx.query(sql`delete from jobs`))
        // The reaction has the number before.
        await world.engine.database.script(`alter table jobs alter column id restart with ${id - 1}`)
        await rings('second')
        second = world.worker.runDue()
        await begun.promise
      }
      return `heard ${word}`
    }
    await rings('first')
    first = world.worker.runDue()
    await first
    await second
    await world.settle()
    expect([await stateOf('first'), await stateOf('second')]).toEqual([{ heard: [] }, { heard: ['heard second'] }])
  })
})

describe('effects', () => {
  test('a failure that may pass is tried again after a while, then given up with its reason', async () => {
    far.answer = () => Promise.reject(new EffectFailure('the far side is busy', { canRetry: true }))
    await rings('busy')
    await world.settle()
    expect(seen.effects).toHaveLength(1)
    await world.pass('1 min')
    expect(seen.effects.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(await stateOf('busy')).toEqual({ heard: ['failed: the far side is busy'] })
  })

  test('a failure that cannot pass is not tried again', async () => {
    far.answer = () => Promise.reject(new EffectFailure('there is no such number', { canRetry: false }))
    await rings('wrong')
    await world.pass('1 min')
    expect(seen.effects).toHaveLength(1)
    expect(await stateOf('wrong')).toEqual({ heard: ['failed: there is no such number'] })
  })

  test('after a failure in doubt the next try says that it is a repeat; after a plain one it does not', async () => {
    for (const [word, inDoubt] of [
      ['doubt', true],
      ['plainly', false],
    ] as const) {
      seen.effects = []
      far.answer = () =>
        seen.effects.length === 1 ? Promise.reject(new EffectFailure('timed out', { canRetry: true, inDoubt })) : Promise.resolve('well')
      await rings(word)
      await world.pass('1 min')
      expect(seen.effects.map(({ repeated }) => repeated)).toEqual([false, inDoubt])
    }
  })

  test('what the far side said is kept whatever characters it has, and costs no doubt', async () => {
    far.answer = () => Promise.reject(new EffectFailure('451 \0 later', { canRetry: true }))
    await rings('odd')
    await world.settle()
    expect(await jobs()).toMatchObject([{ kind: 'effect', lastError: '451 \ufffd later' }])
    await world.pass('1 min')
    expect(seen.effects.map(({ repeated }) => repeated)).toEqual([false, false, false])
    expect(await stateOf('odd')).toEqual({ heard: ['failed: 451 \ufffd later'] })
  })
})

describe('nodes', () => {
  test('a silent node is taken for dead after three seconds, not before', async () => {
    await inTx((tx) => store.enterNode(tx, 'nod_slow', 4712))
    await inTx((tx) => tx.query(sql`update nodes set seen_at = clock_timestamp() - interval '2 seconds' where id = 'nod_slow'`))
    expect(await inTx((tx) => store.takeOver(tx, 'nod_self', false))).toEqual([])
    await inTx((tx) => tx.query(sql`update nodes set seen_at = clock_timestamp() - interval '3.5 seconds' where id = 'nod_slow'`))
    expect(await inTx((tx) => store.takeOver(tx, 'nod_self', false))).toEqual(['nod_slow'])
    expect(await inTx((tx) => store.beat(tx, 'nod_slow'))).toBe(false)
  })

  test.skipIf(process.env['TEST_DATABASE_URL'] === undefined)('on PostgreSQL a node whose connection is gone is dead at once', async () => {
    await inTx((tx) => store.enterNode(tx, 'nod_gone', 4713))
    await world.engine.database.holdNodeLock(4714)
    await inTx((tx) => store.enterNode(tx, 'nod_held', 4714))
    expect(await inTx((tx) => store.takeOver(tx, 'nod_self', true))).toEqual(['nod_gone'])
    await inTx((tx) => store.leaveNode(tx, 'nod_held'))
  })

  test('a started worker does what is due by itself, and gives back the rest when it stops', async () => {
    const worker = otherWorker()
    await worker.start()
    await rings('started')
    await expect.poll(() => stateOf('started')).toEqual({ heard: ['heard started'] })
    expect(seen.recurring).toBe(1)
    await worker.stop()
    await rings('stopped')
    expect(await stateOf('stopped')).toBeUndefined()
    expect((await jobs()).map(({ owner }) => owner)).toEqual([null])
    expect(await inTx((tx) => tx.query(sql`select 1 from nodes where id like 'nod_%'`))).toEqual([])
  })

  test('a heartbeat that is on its way when the worker stops does not enter it again', async () => {
    const { database } = world.engine
    let open: (() => void) | undefined
    let beats = 0
    const slow = {
      ...database,
      transaction: <T>(work: (tx: Transaction) => Promise<T>, options?: { durable?: boolean }) =>
        database.transaction(async (tx) => {
          const query: Transaction['query'] = async (statement) => {
            if (statement.text.includes('update nodes set seen_at') && ++beats === 2) await new Promise<void>((resolve) => (open = resolve))
            return tx.query(statement)
          }
          return work({ ...tx, query })
        }, options),
    }
    const worker = createWorker({ ...world.engine, database: slow }, silentLog(), { concurrency: 1, effects: 1 })
    await worker.start()
    await expect.poll(() => open !== undefined).toBe(true)
    const stopped = worker.stop()
    setTimeout(() => open!(), 100)
    await stopped
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await inTx((tx) => tx.query(sql`select 1 from nodes where id like 'nod_%'`))).toEqual([])
  })

  test('a claim whose answer was lost with its connection is found again by the same node', async () => {
    const { database } = world.engine
    let losses = 0
    const flaky = {
      ...database,
      transaction: async <T>(work: (tx: Transaction) => Promise<T>) => {
        const answer = await database.transaction(work)
        const claimed = (answer as { jobs?: unknown[] } | undefined)?.jobs?.length ?? 0
        if (losses > 0 || claimed === 0) return answer
        losses++
        throw new Error('Connection terminated unexpectedly')
      },
    }
    const worker = createWorker({ ...world.engine, database: flaky }, silentLog(), { concurrency: 1, effects: 1 })
    await worker.start()
    await rings('cut off')
    await expect.poll(() => stateOf('cut off')).toEqual({ heard: ['heard cut off'] })
    expect(losses).toBe(1)
    await worker.stop()
  })

  /** Every transaction on the way to an effect, as this makes it. */
  const withTransactions = async (made: (plain: Database['transaction']) => Database['transaction'], work: () => Promise<void>) => {
    const { database } = world.engine
    const plain = database.transaction
    database.transaction = made(plain)
    await work().finally(() => void (database.transaction = plain))
  }
  const tells = ({ text, values }: Sql) => text.includes('insert into jobs') && String(values[0]).includes('bell.shout')

  test('what a transaction begins while its answer is on its way is not taken for what was lost', async () => {
    const worker = otherWorker()
    let isOnItsWay = false
    let losses = 0
    const slowlyHeard =
      (plain: Database['transaction']): Database['transaction'] =>
      async (work, options) => {
        let isSlow = false
        const heard: (() => void)[] = []
        const ends: ((isCommitted: boolean) => void)[] = []
        const answer = await plain(async (tx) => {
          const query: Transaction['query'] = (statement) => {
            isSlow ||= losses === 0 && tells(statement)
            return tx.query(statement)
          }
          return work({ ...tx, query, afterCommit: (done) => void heard.push(done), afterEnd: (done) => void ends.push(done) })
        }, options)
        if (isOnItsWay && losses === 0 && (answer as { jobs?: unknown } | undefined)?.jobs) {
          losses++
          throw new Error('Connection terminated unexpectedly')
        }
        if (isSlow) {
          isOnItsWay = true
          await expect.poll(() => losses).toBe(1)
          // After a second it looks for what it lost.
          await new Promise((resolve) => setTimeout(resolve, 1300))
        }
        for (const done of [...heard, ...ends]) done(true)
        return answer
      }
    await withTransactions(slowlyHeard, async () => {
      await worker.start()
      await rings('slowly heard')
      await expect.poll(() => stateOf('slowly heard')).toEqual({ heard: ['heard slowly heard'] })
      await worker.stop()
    })
    expect(losses).toBe(1)
    expect(seen.effects).toEqual([{ key: 'bell.echo/slowly heard/1', repeated: false, attempt: 1 }])
  })

  test('what was begun by a commit of which nobody heard is done all the same, and says that it may be a repeat', async () => {
    const worker = otherWorker()
    let losses = 0
    const unheard =
      (plain: Database['transaction']): Database['transaction'] =>
      async (work, options) => {
        let isLost = false
        const ends: ((isCommitted: boolean) => void)[] = []
        const answer = await plain(async (tx) => {
          const query: Transaction['query'] = (statement) => {
            isLost ||= losses === 0 && tells(statement)
            return tx.query(statement)
          }
          const afterCommit = (done: () => void) => tx.afterCommit(() => isLost || done())
          return work({ ...tx, query, afterCommit, afterEnd: (done) => void ends.push(done) })
        }, options)
        for (const done of ends) done(!isLost)
        if (!isLost) return answer
        losses++
        throw Object.assign(new Error('Connection terminated unexpectedly'), { code: '57P01' })
      }
    await withTransactions(unheard, async () => {
      await worker.start()
      await rings('unheard')
      await expect.poll(() => stateOf('unheard')).toEqual({ heard: ['heard unheard'] })
      await worker.stop()
    })
    expect(seen.effects).toEqual([{ key: 'bell.echo/unheard/1', repeated: true, attempt: expect.any(Number) }])
  })

  test('what recurs is done once in its interval by all nodes together', async () => {
    const later = addSeconds(world.clock.now(), 0)
    await inTx((tx) => store.insertRecurring(tx, 'bell.tick', later))
    await inTx((tx) => store.insertRecurring(tx, 'bell.tick', later))
    const other = otherWorker()
    await world.worker.runDue()
    await other.runDue()
    expect(seen.recurring).toBe(1)
    await world.pass('60 s')
    expect(seen.recurring).toBe(2)
  })
})

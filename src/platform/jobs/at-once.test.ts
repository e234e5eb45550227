// What follows at once is decided at once, in the transaction that it follows from, and never to that one's harm.
import { afterAll, beforeEach, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import { bellWorld, far, seen } from './fixtures/bells.ts'

const { world, inTx, rings, stateOf, jobs, otherWorker, afresh } = await bellWorld()
afterAll(() => world.close())
beforeEach(afresh)

test('what follows at once is decided in the transaction that it follows from: a reaction with its process, an outcome with its decision', async () => {
  await rings('swift')
  let effect: unknown
  far.answer = async ({ word }) => {
    effect = (await jobs())[0]
    return `heard ${word}`
  }
  expect(await otherWorker().runDue()).toBe(2)
  // The effect was claimed by the transaction that wrote it.
  expect(effect).toMatchObject({ kind: 'effect', owner: expect.stringMatching(/^nod_/), attempts: 1 })
  expect(await stateOf('swift')).toEqual({ heard: ['heard swift'] })
  expect(await jobs()).toEqual([])
})

test('an effect that begins as it is written has looked by then, and one that could not look to its end looks again before it goes out', async () => {
  await rings('swift')
  await world.settle()
  expect(seen.looks).toBe(1)
  await rings('curious')
  await world.settle()
  expect(seen.looks).toBe(3)
  expect(seen.effects).toMatchObject([
    { repeated: false, attempt: 1 },
    { repeated: false, attempt: 1 },
  ])
  expect(await stateOf('curious')).toEqual({ heard: ['heard curious'] })
  expect(world.lateLooks.splice(0)).toEqual(['bell.shout'])
})

test('what follows at once and cannot be decided does not undo what it follows from', async () => {
  await rings('stubborn')
  await world.settle()
  await world.pass('1 min')
  expect(await stateOf('stubborn'), 'it has decided nothing').toBeUndefined()
  expect(await jobs()).toMatchObject([
    { kind: 'process', parkedAt: expect.anything(), lastError: expect.stringContaining('it does not begin') },
  ])
})

test('what follows at once of an effect and cannot be decided does not have it done again', async () => {
  await rings('deaf')
  await world.settle()
  await world.pass('1 min')
  expect(seen.effects).toHaveLength(1)
  expect(await jobs()).toMatchObject([
    { kind: 'process', parkedAt: expect.anything(), lastError: expect.stringContaining('it does not hear') },
  ])
})

test('what follows at once waits behind what waits for another try', async () => {
  await rings('late')
  const worker = otherWorker()
  far.answer = async ({ word }) => {
    // While the effect is on its way, an input before its outcome fails and is to be tried again.
    await inTx((tx) =>
      tx.query(sql`insert into jobs (kind, lane, due, payload, last_error, attempts)
        values ('process', 'bell.echo/late', ${addSeconds(world.clock.now(), 30)}, ${JSON.stringify({ process: 'bell.echo', key: 'late', input: { type: 'start', word: 'late' } })}::json, 'not yet', 1)`),
    )
    far.answer = (input) => Promise.resolve(`heard ${input.word}`)
    return `heard ${word} first`
  }
  await worker.runDue()
  expect(await stateOf('late')).toEqual({ heard: [] })
  await world.pass('2 min')
  expect(await stateOf('late')).toEqual({ heard: ['heard late first', 'heard late'] })
  expect(await jobs()).toEqual([])
})

test('what somebody is told of a process that has not begun yet stands behind what it is to begin with', async () => {
  // Another node's clock is ahead, and it was left to a worker.
  await inTx((tx) =>
    tx.query(sql`insert into jobs (kind, lane, due, payload)
      values ('process', 'bell.echo/second', ${addSeconds(world.clock.now(), 1)}, ${JSON.stringify({ process: 'bell.echo', key: 'second', input: { type: 'start', word: 'first' } })}::json)`),
  )
  await rings('second')
  await world.settle()
  expect(await stateOf('second')).toEqual({ heard: ['heard first', 'heard second'] })
  expect(await jobs()).toEqual([])
})

test('an alarm of a process that was forgotten does not keep it from beginning at once', async () => {
  await inTx((tx) =>
    tx.query(sql`insert into jobs (kind, lane, due, payload)
      values ('process', 'bell.echo/anew', ${addSeconds(world.clock.now(), 3600)}, ${JSON.stringify({ process: 'bell.echo', key: 'anew', input: { type: 'woke' } })}::json)`),
  )
  await rings('anew')
  // The reaction with what it begins, and the effect.
  expect(await otherWorker().runDue()).toBe(2)
  expect(await stateOf('anew')).toEqual({ heard: ['heard anew'] })
})

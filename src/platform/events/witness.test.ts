// A node remembers what was committed, and finds out what the database does not have any more.
import { afterAll, expect, test } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { addSeconds, instant } from '#kernel/time.ts'
import { bellWorld } from '../jobs/fixtures/bells.ts'
import { createWitness } from './witness.ts'

const { world, inTx, rings } = await bellWorld()
afterAll(() => world.close())

const lost = () => inTx((tx) => world.engine.witness.lost(tx))
const wordOf = (word: string) => sql`data ->> 'word' = ${word}`

test('nothing is lost while everything is there, and of what is lost the first and the last time are said, once', async () => {
  await rings('stays')
  const since = world.clock.now()
  await rings('goes')
  world.clock.set(addSeconds(since, 2))
  await rings('goes too')
  expect(await lost()).toBeUndefined()
  await inTx((tx) => tx.query(sql`delete from events where ${wordOf('goes')} or ${wordOf('goes too')}`))
  expect(await lost()).toEqual({ since, until: addSeconds(since, 2) })
  expect(await lost()).toBeUndefined()
})

test('what the database could not be told of is said again', async () => {
  await rings('gone')
  await inTx((tx) => tx.query(sql`delete from events where ${wordOf('gone')}`))
  await expect(
    inTx(async (tx) => {
      await world.engine.witness.lost(tx)
      throw new Error('it is away again')
    }),
  ).rejects.toThrow('away again')
  expect(await lost()).toMatchObject({ since: world.clock.now() })
})

test('a place in its stream that another event has by now tells nothing: it is known by its salt', async () => {
  await rings('first')
  await inTx((tx) => tx.query(sql`update events set salt = decode(repeat('00', 16), 'hex') where ${wordOf('first')}`))
  expect(await lost()).toBeDefined()
})

test('it remembers a minute, and no more than five thousand', async () => {
  const asked: number[] = []
  const tx = {
    async query<Row>({ values }: { values: unknown[] }) {
      asked.push((values[0] as string[]).length)
      return [] as Row[]
    },
    afterCommit: () => {},
  }
  const witness = createWitness()
  const from = instant(Date.UTC(2026, 10, 24))
  for (let n = 0; n < 6000; n++) witness.saw({ stream: `s${n}`, salt: new Uint8Array(16), at: from })
  await witness.lost(tx)
  witness.saw({ stream: 'later', salt: new Uint8Array(16), at: addSeconds(from, 61) })
  await witness.lost(tx)
  expect(asked).toEqual([5000, 1])
})

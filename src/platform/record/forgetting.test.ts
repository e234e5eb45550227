// What is kept only for a while goes when its time is over, and not before.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { record } from './slice.ts'

let world: World
beforeAll(async () => void (world = await createWorld(catalogueOf([record]))))
afterAll(() => world.close())

const ago = (seconds: number): Instant => addSeconds(world.clock.now(), -seconds)
const forget = async () => {
  const recurring = record.recurring!.find(({ name }) => name === 'platform.forget-old')!
  await world.engine.transact(system('test'), (context) => recurring.run(context))
}
const day = 86_400

test('the answer to a key is known for three days', async () => {
  for (const [key, at] of Object.entries({ older: ago(3 * day + 1), younger: ago(3 * day - 1) }))
    await world.read((scope) =>
      scope.query(sql`insert into idempotency_keys (key, request, status, answer, created_at) values (${key}, '', 200, '{}', ${at})`),
    )
  await forget()
  expect(await world.read((scope) => scope.query(sql`select key from idempotency_keys`))).toEqual([{ key: 'younger' }])
})

test('a process that is over is known for thirty days, and one that is not for ever', async () => {
  for (const [key, at] of Object.entries({ older: ago(30 * day + 1), younger: ago(30 * day - 1), open: null }))
    await world.read((scope) =>
      scope.query(
        sql`insert into processes (name, key, version, state, reason, ended_at) values ('a.process', ${key}, 1, '{}', 'a reason', ${at})`,
      ),
    )
  await forget()
  expect(await world.read((scope) => scope.query(sql`select key from processes order by key`))).toEqual([
    { key: 'open' },
    { key: 'younger' },
  ])
})

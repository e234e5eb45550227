// What a database that is away or busy costs: an effect none of its tries, a node not its life; and what may have arrived stays in doubt.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { call, defineEffect, defineProcess, defineSlice, EffectFailure } from '#kernel/define.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import { silentLog } from '#platform/log.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import * as store from './store.ts'
import { createWorker } from './worker.ts'

let tries: { attempt: number; repeated: boolean }[] = []
let outside: () => Promise<string>
beforeEach(() => {
  tries = []
  outside = () => Promise.resolve('heard')
})

const shout = defineEffect({
  name: 'horn.shout',
  input: z.object({}),
  outcome: z.string(),
  repeat: 'with-key',
  retry: { attempts: 3, firstSeconds: 2 },
  look: () => Promise.resolve(),
  async run({ attempt, repeated }) {
    tries.push({ attempt, repeated })
    return outside()
  },
})
const horn = defineProcess({
  name: 'horn.blow',
  version: 1,
  state: z.string(),
  input: z.object({ type: z.literal('start') }),
  initial: () => 'silent',
  decide(state, input) {
    if (input.type === 'start') return { state, reason: 'shouting', effects: [call(shout, {})] }
    if (input.type !== 'effect') return { state, reason: 'woke' }
    const { result } = input
    const heard = result.type === 'done' ? String(result.outcome) : `${result.type}: ${result.reason}`
    return { state: heard, reason: heard }
  },
})

let world: World
beforeAll(
  async () =>
    void (world = await createWorld(
      catalogueOf([defineSlice({ name: 'horns', operations: {}, events: {}, processes: [horn], effects: [shout] })]),
    )),
)
afterAll(() => world.close())
const blow = (key: string) => world.engine.transact(system('test'), ({ tell }) => tell(horn, key, { type: 'start' }))
const heard = async (key: string) =>
  (await world.engine.database.transaction((tx) => tx.query<{ state: string }>(sql`select state from processes where key = ${key}`)))[0]
    ?.state

test('a look right before the call that fails costs an effect none of its tries, and makes nothing a repeat', async () => {
  let away = 5
  const transact: World['engine']['transact'] = (actor, work, options) =>
    actor.kind === 'system' && actor.reason === shout.name && away-- > 0
      ? Promise.reject(new Error('Connection terminated unexpectedly'))
      : world.engine.transact(actor, work, options)
  const worker = createWorker({ ...world.engine, transact }, silentLog(), { concurrency: 1, effects: 1 })
  await blow('unlooked')
  for (let n = 0; n < 6; n++) {
    await worker.runDue()
    world.clock.set(addSeconds(world.clock.now(), 1))
  }
  expect(await heard('unlooked')).toBe('heard')
  expect(tries).toEqual([{ attempt: 1, repeated: false }])
})

test('what may have arrived once stays in doubt when no later try comes to anything', async () => {
  outside = () => Promise.reject(new EffectFailure('it hung up', { canRetry: true, inDoubt: tries.length === 1 }))
  await blow('hung up')
  await world.pass('1 min')
  expect(tries.map(({ repeated }) => repeated)).toEqual([false, true, true])
  expect(await heard('hung up')).toBe('unknown: it hung up')
})

test.skipIf(process.env['TEST_DATABASE_URL'] === undefined)('a job that somebody works on does not hold up a heartbeat', async () => {
  const { database } = world.engine
  const lane = sql`lane = 'orphan'`
  await database.transaction((tx) =>
    tx.query(
      sql`insert into jobs (kind, lane, due, payload, owner) values ('reaction', 'orphan', ${world.clock.now()}, '{}'::json, 'nod_gone')`,
    ),
  )
  const owner = () => database.transaction((tx) => tx.query(sql`select owner from jobs where ${lane}`))
  await database.transaction(async (silent) => {
    await silent.query(sql`select 1 from jobs where ${lane} for update`)
    await database.transaction(async (tx) => {
      await tx.query(sql`set local lock_timeout to '1s'`)
      await store.takeOver(tx, 'nod_self', true)
    })
    expect(await owner()).toEqual([{ owner: 'nod_gone' }])
  })
  await database.transaction((tx) => store.takeOver(tx, 'nod_self', true))
  expect(await owner()).toEqual([{ owner: null }])
})

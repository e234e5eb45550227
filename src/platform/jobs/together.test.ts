// Jobs of one kind in one transaction: as good as each by itself, the guilty one set apart.
import { afterAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { call, defineEffect, defineEvent, defineProcess, defineReaction, defineSlice } from '#kernel/define.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { silentLog } from '#platform/log.ts'
import { createWorld } from '#scenarios/world/world.ts'
import { createWorker } from './worker.ts'

/** What happened beside what: transactions are told apart by their backend's transaction number. */
let reactions: { word: string; in: string }[] = []
let decisions: { key: string; in: string }[] = []
let sent: { word: string; repeated: boolean; saw: string }[] = []
let transaction = 0

const Word = z.object({ word: z.string() })
const said = defineEvent({ type: 'choir.said', version: 1, data: Word, about: ({ word }) => ({ word }), sentence: () => 'said' })

const numbers = new WeakMap<object, string>()
const numberOf = (scope: { query: unknown }): string => {
  if (!numbers.has(scope)) numbers.set(scope, `t${++transaction}`)
  return numbers.get(scope)!
}

const hear = defineReaction({
  name: 'choir.hear',
  on: said,
  inTurn: ({ word }) => word,
  async run({ scope, tell }, { data: { word } }) {
    reactions.push({ word, in: numberOf(scope) })
    if (word === 'wrong') await scope.query(sql`select 1 / 0`)
    await (word.startsWith('queued') ? tell(queue, word, { type: 'start' }) : tell(sing, word, { type: 'start', text: word }))
  },
})
const send = defineEffect({
  name: 'choir.send',
  input: Word,
  outcome: z.string(),
  repeat: 'with-key',
  retry: { attempts: 3, firstSeconds: 2 },
  async look({ scope }, { word }) {
    if (word === 'blind') throw new Error('it cannot see')
    const rows = await scope.query<{ started: string | null }>(
      sql`select started_at as started from jobs where payload ->> 'effect' = 'choir.send' and payload #>> '{input,word}' = ${word}`,
    )
    return rows.length === 0 ? 'not written yet' : 'written'
  },
  run: ({ repeated }, { word }, saw) => {
    sent.push({ word, repeated, saw })
    return Promise.resolve(`sent ${word}`)
  },
})
const sing = defineProcess({
  name: 'choir.sing',
  version: 1,
  state: z.array(z.string()),
  input: z.object({ type: z.enum(['start', 'again', 'note']), n: z.number().optional(), text: z.string().optional() }),
  initial: (): string[] => [],
  facts: (scope) => Promise.resolve(numberOf(scope)),
  inTurn: (key) => key,
  decide(state, input, now, transactionNumber) {
    if (input.type === 'effect') return { state: [...state, input.result.type], reason: 'heard' }
    if (input.type === 'woke') return { state: [...state, `woke in ${transactionNumber}`], reason: 'woke' }
    if (input.type === 'again') return { state: [...state, `again ${input.n}`], reason: 'again', wakeAt: now }
    if (input.type === 'note') return { state: [...state, input.text!], reason: 'noted' }
    return { state, reason: 'sings', effects: [call(send, { word: input.text! })] }
  },
  record({ scope }, key) {
    decisions.push({ key, in: numberOf(scope) })
    return Promise.resolve()
  },
})

/** All of these are one behind the other. Its state is how many were decided before it. */
const queue = defineProcess({
  name: 'choir.queue',
  version: 1,
  state: z.number(),
  input: z.object({ type: z.literal('start') }),
  initial: () => -1,
  facts: () => Promise.resolve(decisions.length),
  inTurn: () => 'all',
  decide: (_state, _input, _now, before) => ({ state: before, reason: 'counted' }),
  record({ scope }, key) {
    decisions.push({ key, in: numberOf(scope) })
    return Promise.resolve()
  },
})

const world = await createWorld(
  catalogueOf([
    defineSlice({ name: 'choir', operations: {}, events: { said }, reactions: [hear], processes: [sing, queue], effects: [send] }),
  ]),
)
afterAll(() => world.close())
beforeEach(async () => {
  reactions = []
  decisions = []
  sent = []
  await world.engine.database.transaction((tx) => tx.query(sql`delete from jobs`))
})
const say = (...words: string[]) =>
  world.engine.transact(system('test'), async ({ emit }) => {
    for (const word of words) await emit(said, { word })
  })
const choir = () => createWorker(world.engine, silentLog(), { concurrency: 1, together: 16, effects: 8 })
const stateOf = async (key: string) =>
  (await world.engine.database.transaction((tx) => tx.query<{ state: string[] }>(sql`select state from processes where key = ${key}`)))[0]
    ?.state

test('many reactions and what they begin share a transaction, their effects another', async () => {
  await say('a', 'b', 'c', 'd')
  await choir().runDue()
  expect(new Set(reactions.map((one) => one.in)).size).toBe(1)
  const [begun, ended] = [decisions.slice(0, 4), decisions.slice(4)]
  expect(begun.map(({ key }) => key).sort()).toEqual(['a', 'b', 'c', 'd'])
  expect(new Set(begun.map((one) => one.in)).size).toBe(1)
  expect(ended).toHaveLength(4)
  for (const key of ['a', 'b', 'c', 'd']) expect(await stateOf(key)).toEqual(['done'])
})

test('one that fails harms no other, and comes back by itself', async () => {
  await say('e', 'wrong', 'f')
  await choir().runDue()
  expect(await stateOf('e')).toEqual(['done'])
  expect(await stateOf('f')).toEqual(['done'])
  expect(await stateOf('wrong')).toBeUndefined()
  const left = await world.engine.database.transaction((tx) =>
    tx.query(sql`select kind, owner, attempts, last_error like '%division by zero%' as "isIt" from jobs where kind <> 'recurring'`),
  )
  expect(left).toEqual([{ kind: 'reaction', owner: null, attempts: 1, isIt: true }])
})

test('the first effect looks in the transaction that writes it, and the others right before they go out', async () => {
  await say('g', 'h')
  await choir().runDue()
  expect(sent.map(({ saw }) => saw).sort()).toEqual(['not written yet', 'written'])
  expect(sent.every(({ repeated }) => !repeated)).toBe(true)
})

test('what began as it was written and was never heard of again goes out marked as a repeat', async () => {
  await say('i')
  const dying = createWorker(
    {
      ...world.engine,
      effectContext: () => {
        throw Object.assign(new Error('the node is gone'), { code: '57P01' })
      },
    },
    silentLog(),
    { concurrency: 1, effects: 1 },
  )
  await dying.runDue()
  expect(sent).toEqual([])
  const [job] = await world.engine.database.transaction((tx) =>
    tx.query<{ started: string | null }>(sql`select started_at as started from jobs where kind = 'effect'`),
  )
  expect(job!.started).not.toBeNull()
  await world.pass('1 min')
  expect(sent.map(({ repeated }) => repeated)).toEqual([true])
})

test('those of one turn that begin together are decided one after the other, each by what the one before has changed', async () => {
  await say('queued 1', 'queued 2', 'queued 3')
  await choir().runDue()
  expect(new Set(decisions.map((one) => one.in)).size).toBe(1)
  expect(await Promise.all(['queued 1', 'queued 2', 'queued 3'].map(stateOf))).toEqual([0, 1, 2])
})

test('inputs of one process keep their order, also when only some of them are begun at once', async () => {
  const busy = createWorker(world.engine, silentLog(), { concurrency: 2, together: 2, effects: 2 })
  await busy.start()
  try {
    for (let round = 0; round < 4; round++)
      await world.engine.transact(system('test'), async ({ tell }) => {
        for (let n = 0; n < 4; n++) await tell(sing, 'ordered', { type: 'again', n: round * 4 + n })
      })
    const heard = async () => (await stateOf('ordered'))?.filter((word) => word.startsWith('again'))
    await expect.poll(heard).toHaveLength(16)
    expect(await heard()).toEqual(Array.from({ length: 16 }, (_, n) => `again ${n}`))
  } finally {
    await busy.stop()
  }
})

test('a transaction has one time, whoever acts in it and however long it takes', async () => {
  await world.engine.transact(system('one'), async ({ as, now }) => {
    world.clock.set('2030-01-01T00:00:00.000Z' as never)
    expect(as(system('another')).now).toBe(now)
    expect(as(system('another')).scope.now).toBe(now)
  })
})

test('a state with a character that the database cannot hold is written all the same', async () => {
  await world.engine.transact(system('test'), ({ tell }) => tell(sing, 'nul', { type: 'note', text: 'a\0b' }))
  await choir().runDue()
  expect(await stateOf('nul')).toEqual(['a\ufffdb'])
})

test('a look that fails harms neither what it follows from nor the effects beside it', async () => {
  await say('blind', 'j')
  await choir().runDue()
  await world.pass('1 min')
  expect(await stateOf('j')).toEqual(['done'])
  expect(await stateOf('blind')).toEqual(['failed'])
  expect(reactions.filter(({ word }) => word === 'j')).not.toEqual([])
})

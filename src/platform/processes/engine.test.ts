// What the process engine promises, on a made-up process that counts.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { defineEvent, defineProcess, defineSlice } from '#kernel/define.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds, InstantOut } from '#kernel/time.ts'
import { parkedJobs } from '../jobs/store.ts'
import { createWorker } from '../jobs/worker.ts'
import { silentLog } from '../log.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'

const State = z.object({ words: z.array(z.string()), wakeAt: InstantOut.nullable() })
type Counting = z.output<typeof State>
const counted = defineEvent({
  type: 'count.counted',
  version: 1,
  data: z.object({ key: z.string(), words: z.number() }),
  about: ({ key }) => ({ count: key }),
  sentence: () => 'counted',
})

const tooLong = Array.from({ length: 200 }, (_, n) => createHash('sha512').update(String(n)).digest('base64')).join('')

const count = defineProcess({
  name: 'count',
  version: 1,
  state: State,
  input: z.discriminatedUnion('type', [
    z.object({ type: z.literal('say'), word: z.string() }),
    z.object({ type: z.literal('wake'), afterSeconds: z.number() }),
    z.object({ type: z.literal('pass'), to: z.string(), word: z.string() }),
    z.object({ type: z.literal('end') }),
    z.object({ type: z.literal('forget'), after: z.literal('an effect').optional() }),
  ]),
  initial: (): Counting => ({ words: [], wakeAt: null }),
  facts: (scope) => Promise.resolve(scope.now),
  decide(state, input, now, facts) {
    if (facts !== now) throw new Error('facts are read at another time')
    switch (input.type) {
      case 'say':
        if (input.word === 'impossible') throw new Error('there is no such word')
        if (input.word === 'later' && now < healedAt) throw new Error('not yet')
        return {
          state: { ...state, words: [...state.words, input.word] },
          reason: `heard ${input.word}`,
          wakeAt: state.wakeAt ?? undefined,
        }
      case 'wake': {
        const wakeAt = addSeconds(now, input.afterSeconds)
        return { state: { ...state, wakeAt }, reason: `sleeps until ${wakeAt}`, wakeAt }
      }
      case 'woke':
        return { state: { words: [...state.words, `woke at ${now}`], wakeAt: null }, reason: 'woke' }
      case 'pass':
        return { state, reason: 'passed on', tell: [{ process: 'count', key: input.to, input: { type: 'say', word: input.word } }] }
      case 'end':
        return { state, reason: 'over', ended: true }
      case 'forget':
        return {
          state,
          reason: 'nothing of it is kept',
          forgotten: true,
          ...(input.after ? { effects: [{ effect: 'nobody.knows', tag: 'one', input: {} }] } : {}),
        }
      case 'effect':
        return { state, reason: 'no effects here' }
    }
  },
  async record({ emit, tell }, key, _before, decision, input) {
    // PostgreSQL takes no such key into an index, and says so only when the transaction's jobs are written, at its end.
    if (input.type === 'say' && input.word === 'unwritable') await tell(count, tooLong, { type: 'say', word: 'this' } as never)
    await emit(counted, { key, words: decision.state.words.length })
  },
})

type Input = z.input<typeof count.input>
let healedAt = '2026-01-01T00:00:00.000Z'
let world: World
const tell = (key: string, ...inputs: Input[]) =>
  world.engine.transact(system('test'), async (context) => {
    for (const input of inputs) await context.tell(count, key, input as never)
  })
const row = async (key: string) =>
  (
    await world.engine.database.transaction((tx) =>
      tx.query<{ state: Counting; reason: string; wakeAt: string | null; endedAt: string | null }>(
        sql`select state, reason, wake_at as "wakeAt", ended_at as "endedAt" from processes where name = 'count' and key = ${key}`,
      ),
    )
  )[0]
const setAside = async (key: string) =>
  (await world.engine.database.transaction((tx) => parkedJobs(tx, 100))).filter(({ lane }) => lane === `count/${key}`)
const say = (word: string): Input => ({ type: 'say', word })

beforeAll(
  async () =>
    void (world = await createWorld(
      catalogueOf([defineSlice({ name: 'counts', operations: {}, events: { counted }, processes: [count] })]),
    )),
)
afterAll(() => world.close())

describe('a process', () => {
  test('takes its inputs in the order in which they were told, whether told at once or one by one', async () => {
    await tell('order', say('one'), say('two'))
    await tell('order', say('three'))
    await world.settle()
    await tell('order', say('four'))
    await world.settle()
    expect((await row('order'))!.state.words).toEqual(['one', 'two', 'three', 'four'])
  })

  test('also when whoever told the first has a clock that is ahead', async () => {
    const now = world.clock.now()
    world.clock.set(addSeconds(now, 30))
    await tell('ahead', say('one'))
    world.clock.set(now)
    await tell('ahead', say('two'))
    await world.settle()
    expect((await row('ahead'))!.state.words).toEqual(['one', 'two'])
  })

  test.skipIf(process.env['TEST_DATABASE_URL'] === undefined)(
    'that another transaction is about to begin goes on from where that one left it',
    async () => {
      await tell('begun', say('second'))
      let settled: Promise<void> | undefined
      await world.engine.database.transaction(async (tx) => {
        const words = JSON.stringify({ words: ['first'], wakeAt: null })
        await tx.query(
          sql`insert into processes (name, key, version, state, reason) values ('count', 'begun', 1, ${words}::json, 'heard first')`,
        )
        settled = world.settle()
        // Until it waits for this transaction, which a transaction of its own has to see.
        const waiting = () =>
          world.engine.database.transaction((other) =>
            other.query(sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into processes%'`),
          )
        while ((await waiting()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      })
      await settled
      expect((await row('begun'))!.state.words).toEqual(['first', 'second'])
    },
  )

  test('keeps the sentence of its last decision, and records each decision once', async () => {
    await tell('reason', say('hello'), say('world'))
    await world.settle()
    expect((await row('reason'))!.reason).toBe('heard world')
    expect(
      (await world.events('count.counted'))
        .filter((event) => event.stream === 'reason')
        .map((event) => (event.data as { words: number }).words),
    ).toEqual([1, 2])
  })

  test('wakes exactly when it wanted to, and once', async () => {
    await tell('timer', { type: 'wake', afterSeconds: 90 })
    await world.pass('89 s')
    expect((await row('timer'))!.state.words).toEqual([])
    await world.pass('1 s')
    expect((await row('timer'))!.state.words).toEqual([`woke at ${world.clock.now()}`])
    await world.pass('1 h')
    expect((await row('timer'))!.state.words).toHaveLength(1)
  })

  test('a timer that was moved later does not wake it at the earlier time', async () => {
    await tell('moved', { type: 'wake', afterSeconds: 60 })
    await world.settle()
    await tell('moved', { type: 'wake', afterSeconds: 600 })
    await world.pass('5 min')
    expect((await row('moved'))!.state.words).toEqual([])
    await world.pass('5 min')
    expect((await row('moved'))!.state.words).toHaveLength(1)
  })

  test('an input while it sleeps is decided at once, and does not lose the timer', async () => {
    await tell('asleep', { type: 'wake', afterSeconds: 60 })
    await world.settle()
    await tell('asleep', say('hello'))
    await world.settle()
    expect(await row('asleep')).toMatchObject({ state: { words: ['hello'] }, wakeAt: expect.any(String) })
    await world.pass('60 s')
    expect((await row('asleep'))!.state.words).toHaveLength(2)
  })

  test('that has ended drops what comes later, wakes no more, and keeps its last reason', async () => {
    await tell('ended', { type: 'wake', afterSeconds: 60 }, say('before'), { type: 'end' }, say('in the same breath'))
    await world.settle()
    await tell('ended', say('after'))
    await world.pass('1 h')
    expect(await row('ended')).toMatchObject({ state: { words: ['before'] }, reason: 'over', wakeAt: null, endedAt: expect.any(String) })
  })

  test('that is forgotten leaves no row, and begins again with what comes next', async () => {
    await tell('forgotten', say('before'), { type: 'forget' })
    await world.settle()
    expect(await row('forgotten')).toBeUndefined()
    await tell('forgotten', say('after'))
    await world.settle()
    expect((await row('forgotten'))!.state.words).toEqual(['after'])
    await tell('forgotten', { type: 'forget' }, say('in the same breath'))
    await world.settle()
    expect((await row('forgotten'))!.state.words).toEqual(['after', 'in the same breath'])
  })

  test('that has had effects is kept, for their keys go by how many it had', async () => {
    await tell('with effects', { type: 'forget', after: 'an effect' })
    await world.settle()
    expect(await row('with effects')).toMatchObject({ reason: 'nothing of it is kept' })
  })

  test('that is forgotten is not begun again by a timer of before', async () => {
    await tell('forgotten timer', { type: 'wake', afterSeconds: 60 }, { type: 'forget' })
    await world.pass('1 h')
    expect(await row('forgotten timer')).toBeUndefined()
  })

  test('tells another in the same transaction', async () => {
    await tell('teller', { type: 'pass', to: 'told', word: 'news' })
    await world.settle()
    expect((await row('told'))!.state.words).toEqual(['news'])
  })

  test('whose decision fails keeps its state, and goes on with what came before and after', async () => {
    await tell('failing', say('before'))
    await world.settle()
    await tell('failing', say('impossible'))
    await world.settle()
    await tell('failing', say('after'))
    await world.pass('1 h')
    expect((await row('failing'))!.state.words).toEqual(['before', 'after'])
  })

  test('sets aside only the input that fails, with its reason, whatever else waited with it', async () => {
    await tell('mixed', say('one'), say('impossible'), say('two'), say('impossible'), say('three'))
    await world.pass('1 min')
    expect((await row('mixed'))!.state.words).toEqual(['one', 'two', 'three'])
    const [first, second, ...more] = await setAside('mixed')
    expect(more).toEqual([])
    for (const parked of [first, second])
      expect(parked!.lastError).toMatch(/^the input 'say' could not be decided: there is no such word\n/)
  })

  test('decides what came before a failing input at once, and records it once', async () => {
    await tell('before', say('one'), say('two'), say('impossible'), say('three'))
    await world.settle()
    expect((await row('before'))!.state.words).toEqual(['one', 'two'])
    await world.pass('1 min')
    expect((await world.events('count.counted')).filter(({ stream }) => stream === 'before')).toHaveLength(3)
  })

  test('keeps the order: nothing overtakes an input that waits for another try, and it loses none of its tries to its neighbours', async () => {
    healedAt = addSeconds(world.clock.now(), 5)
    await tell('patient', say('first'), say('later'), say('last'))
    await world.settle()
    await tell('patient', say('newest'))
    await world.pass('4 s')
    expect((await row('patient'))!.state.words).toEqual(['first'])
    await world.pass('10 s')
    expect((await row('patient'))!.state.words).toEqual(['first', 'later', 'last', 'newest'])
    expect(await setAside('patient')).toEqual([])
  })

  test('an input that cannot be read names what is wrong with it', async () => {
    await tell('unread', say('one'), { type: 'say' } as never, say('two'))
    await world.pass('1 min')
    expect((await row('unread'))!.state.words).toEqual(['one', 'two'])
    expect((await setAside('unread')).map(({ lastError }) => lastError!.split('\n')[0])).toEqual([
      "the input 'say' could not be decided: word Invalid input: expected string, received undefined",
    ])
  })

  test('an input whose consequences cannot be written is found among its neighbours and set aside alone', async () => {
    await tell('unwritten', say('one'), say('unwritable'), say('two'), say('three'))
    await world.pass('1 min')
    expect((await row('unwritten'))!.state.words).toEqual(['one', 'two', 'three'])
    expect(await setAside('unwritten')).toHaveLength(1)
  })

  test('several hands at once take turns: each input is decided once, and only the guilty one is set aside', async () => {
    const busy = createWorker(world.engine, silentLog(), { concurrency: 8, effects: 1 })
    await busy.start()
    for (let round = 0; round < 5; round++) await tell('crowded', say(`a${round}`), say('impossible'), say(`b${round}`))
    await expect.poll(() => row('crowded')).toMatchObject({ state: { words: ['a0'] } })
    await busy.stop()
    await world.pass('5 min')
    expect((await row('crowded'))!.state.words).toEqual([0, 1, 2, 3, 4].flatMap((round) => [`a${round}`, `b${round}`]))
    expect(await setAside('crowded')).toHaveLength(5)
  })
})

// Whatever order it is read in, what was said last counts, with its words, and every time that it fired is counted: all orders of all short stories, each with a key of its own.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { sql } from '#kernel/sql.ts'
import { catalogueOf } from '#kernel/slice.ts'
import type { Signal } from '#kernel/signal.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from '#domains/directory/index.ts'
import type { Batch } from './around.ts'
import { keep, keepUnread, readBacklog } from './backlog.ts'
import { alerts } from './index.ts'
import { ingest } from './ingest.ts'
import { addIntegration } from './integrations.ts'

let world: World
let integration: Batch['integration']
beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts]))
  const { id } = await world.engine.run(system('test'), addIntegration, { name: 'Sender', kind: 'alertmanager' })
  integration = { id, serviceId: null, teamId: null }
})
afterAll(() => world.close())

type Inside = Parameters<Parameters<World['engine']['transact']>[1]>[0]
type Said = 'trigger' | 'resolve' | 'acknowledge'
/** What was said one after the other, and by its number: what was read as it came, and then, in pieces of a transaction each, what was read late. */
type Story = { said: readonly Said[]; live: readonly number[]; late: readonly (readonly number[])[] }

const range = (length: number): number[] => Array.from({ length }, (_, n) => n)
const subsetsOf = (all: readonly number[]): number[][] => range(2 ** all.length).map((mask) => all.filter((_, n) => mask & (1 << n)))
const ordersOf = (all: readonly number[]): number[][] =>
  all.length === 0 ? [[]] : all.flatMap((one) => ordersOf(all.filter((other) => other !== one)).map((rest) => [one, ...rest]))
/** All ways to cut a list into pieces. */
const piecesOf = (all: readonly number[]): number[][][] =>
  all.length === 0 ? [[]] : all.flatMap((_, n) => piecesOf(all.slice(n + 1)).map((rest) => [all.slice(0, n + 1), ...rest]))

const wordsOf = (length: number, kinds: readonly Said[]): Said[][] =>
  length === 0 ? [[]] : wordsOf(length - 1, kinds).flatMap((word) => kinds.map((kind) => [...word, kind]))

/** What sources say of who has it is only in the shorter ones, and each of these has a group of its own, for it is groups that somebody has. */
const withTakers = (length: number): boolean => length <= 3
const storiesOf = (length: number): Story[] =>
  wordsOf(length, withTakers(length) ? ['trigger', 'resolve', 'acknowledge'] : ['trigger', 'resolve']).flatMap((said) =>
    subsetsOf(range(length)).flatMap((live) =>
      ordersOf(range(length).filter((n) => !live.includes(n)))
        .flatMap(piecesOf)
        .map((late) => ({ said, live, late })),
    ),
  )
const toldAs = ({ said, live, late }: Story) =>
  `${said.join(' ')}, live ${live.join(' ')}, late ${late.map((piece) => piece.join(' ')).join(' | ')}`

/** Five take a minute. */
const longest = Number(process.env['TOCSIN_STORY_LENGTH'] ?? 4)

test.each(range(longest).map((n) => n + 1))(
  'what was said last counts in every order of %i, and nobody has what began after they had it',
  async (length) => {
    const stories = storiesOf(length)
    const began = world.clock.now()
    const saidAt = (n: number) => addSeconds(began, 10 * (n + 1))
    const batchOf = (story: number, n: number): Batch => ({
      integration,
      signals: [
        {
          action: stories[story]!.said[n]!,
          dedupKey: `${length}-${story}`,
          title: `Story ${n}`,
          severity: 'info',
          labels: { alertname: withTakers(length) ? `${length}-${story}` : 'Story' },
        },
      ],
      heardAt: saidAt(n),
    })
    const read = async (batches: Batch[]) =>
      void (await world.engine.transact(system('test'), (context) => ingest({ ...context, now: world.clock.now() }, batches)))
    for (const n of range(length)) {
      world.clock.set(saidAt(n))
      await read(stories.flatMap(({ live }, story) => (live.includes(n) ? [batchOf(story, n)] : [])))
    }
    for (const n of range(length)) {
      world.clock.set(addSeconds(saidAt(length), 10 * (n + 1)))
      await read(stories.flatMap(({ late }, story) => (late[n] ?? []).map((one) => batchOf(story, one))))
    }
    const rows = await world.read((scope) =>
      scope.query<{ key: string; state: string; title: string; count: number; firstAt: Instant }>(sql`
      select dedup_key as key, state, title, count::int as count, first_at as "firstAt" from alerts where dedup_key like ${`${length}-%`}`),
    )
    const found = Map.groupBy(rows, ({ key }) => key)
    const wrong = stories.flatMap((story, number) => {
      const { said } = story
      const all = found.get(`${length}-${number}`) ?? []
      const open = all.filter(({ state }) => state !== 'resolved')
      const fired = said.filter((one) => one === 'trigger').length
      const isOpen = said.findLast((one) => one !== 'acknowledge') === 'trigger'
      const lastTaken = said.lastIndexOf('acknowledge')
      const title = `Story ${said.lastIndexOf('trigger')}`
      const isRight =
        open.length === (isOpen ? 1 : 0) &&
        all.reduce((sum, { count }) => sum + count, 0) === fired &&
        all.length <= fired &&
        open.every(
          ({ state, title: its, firstAt }) =>
            its === title && (state !== 'acknowledged' || (lastTaken >= 0 && firstAt <= saidAt(lastTaken))),
        )
      return isRight ? [] : [`${toldAs(story)}: ${JSON.stringify(all)}`]
    })
    expect(wrong).toEqual([])
  },
)

test('what a node kept whose clock was hours ahead counts as of now, and what was said after it was read comes after it', async () => {
  const said = (action: Said, heardAt?: Instant): Batch => ({
    integration,
    signals: [
      {
        action,
        dedupKey: 'ahead',
        title: 'Ahead',
        severity: 'info',
        labels: { alertname: 'Ahead' },
        ...(heardAt ? { heardAt, isLate: true } : {}),
      },
    ],
  })
  const read = (batch: Batch) => world.engine.transact(system('test'), (context) => ingest({ ...context, now: world.clock.now() }, [batch]))
  await read(said('trigger', addSeconds(world.clock.now(), 7200)))
  const over = addSeconds(world.clock.now(), 1)
  world.clock.set(addSeconds(over, 10))
  await read(said('resolve', over))
  const states = await world.read((scope) => scope.query(sql`select state from alerts where dedup_key = 'ahead'`))
  expect(states).toEqual([{ state: 'resolved' }])
})

test('what one node heard and another reads, whose clock is a little behind, keeps its order', async () => {
  const dedupKey = 'a little ahead'
  const said = (action: Said): Signal => ({ action, dedupKey, title: 'Ahead', severity: 'info', labels: { alertname: 'Ahead' } })
  const now = world.clock.now()
  const inside = (at: Instant, work: (context: Inside) => Promise<unknown>) =>
    world.engine.transact(system('test'), (context) => work({ ...context, now: at }))
  await inside(now, (context) => ingest(context, [{ integration, signals: [said('trigger')] }]))
  await inside(addSeconds(now, -0.2), (context) =>
    ingest(context, [{ integration, signals: [{ ...said('resolve'), heardAt: now } as Signal] }]),
  )
  const states = await world.read((scope) => scope.query(sql`select state from alerts where dedup_key = ${dedupKey}`))
  expect(states).toEqual([{ state: 'resolved' }])
})

test.each(['read', 'unread'] as const)(
  'what a database kept %s long after it was asked came before the end that was said meanwhile',
  async (how) => {
    const dedupKey = `kept ${how}`
    const said = (action: Said): Signal => ({ action, dedupKey, title: 'Kept', severity: 'info', labels: { alertname: 'Kept' } })
    const heardAt = world.clock.now()
    const over = addSeconds(heardAt, 10)
    const inside = <T>(work: (context: Inside) => Promise<T>) =>
      world.engine.transact(system('test'), (context) => work({ ...context, now: world.clock.now() }))
    world.clock.set(addSeconds(heardAt, 30))
    if (how === 'read') await inside((context) => keep(context, [{ integration, signals: [said('trigger')], heardAt }]))
    else {
      const unread = { subpath: '', body: Buffer.from('[]'), count: 1 }
      await inside((context) => keepUnread(context, [{ integration, unread, heardAt }]))
    }
    await inside((context) => keep(context, [{ integration, signals: [said('resolve')], heardAt: over }]))
    await inside((context) => readBacklog(context, integration.id, 10, { read: async () => ({ signals: [said('trigger')] }) }))
    const rows = await world.read((scope) =>
      scope.query(sql`select state, first_at as "firstAt", resolved_at as "resolvedAt" from alerts where dedup_key = ${dedupKey}`),
    )
    expect(rows).toEqual([{ state: 'resolved', firstAt: heardAt, resolvedAt: over }])
  },
)

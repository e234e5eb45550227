// Who waits for whom on the way in: nobody for the transaction of somebody who sends more, and what is of one sender stays in its order.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { sql } from '#kernel/sql.ts'
import { addIntegration } from '#domains/alerts/index.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { createIntake } from './intake.ts'
import { catalogue } from './wiring.ts'

const keys = { loud: 'a-key-of-the-loud-01', quiet: 'a-key-of-the-quiet-1' }
let world: World
let held: Promise<void> | undefined
let intake: ReturnType<typeof createIntake>
const answered: string[] = []
beforeAll(async () => {
  world = await createWorld(catalogue)
  for (const [name, key] of Object.entries(keys))
    await world.engine.run(system('test'), addIntegration, { name, kind: 'alertmanager', key })
  const transact: typeof world.engine.transact = async (...given) => {
    await held
    return world.engine.transact(...given)
  }
  intake = createIntake({ ...world.engine, transact })
  await intake.find(keys.loud)
})
afterAll(() => world.close())

const send = async (who: keyof typeof keys, ...titles: string[]) => {
  const signals = titles.map((title): Signal => ({ action: 'trigger', title, severity: 'info', labels: {}, dedupKey: title }))
  await intake.accept((await intake.find(keys[who]))!, signals)
  answered.push(...titles)
}

test('who sends one alert does not wait while those of somebody who sends several are stored, and nothing of one sender overtakes', async () => {
  const release = Promise.withResolvers<void>()
  held = release.promise
  const several = send('loud', 'a', 'b', 'c', 'd')
  await new Promise(setImmediate)
  held = undefined
  const after = [send('loud', 'e'), send('loud', 'f')]
  await send('quiet', 'q')
  expect(answered).toEqual(['q'])
  release.resolve()
  await Promise.all([several, ...after])
  expect(answered).toEqual(['q', 'a', 'b', 'c', 'd', 'e', 'f'])
  const stored = await world.read((scope) => scope.query<{ title: string }>(sql`select title from alerts order by id`))
  expect(stored.map(({ title }) => title)).toEqual(['q', 'a', 'b', 'c', 'd', 'e', 'f'])
})

test('whoever sends very much rests twice as long as it took, while others send', async () => {
  let ms = 0
  const rests: number[] = []
  const transact: typeof world.engine.transact = async (...given) => {
    ms += 20
    return world.engine.transact(...given)
  }
  const timing = {
    elapsedMs: () => ms,
    after(forMs: number, work: () => void) {
      rests.push(forMs)
      work()
      return () => undefined
    },
  }
  const own = createIntake({ ...world.engine, transact }, { timing })
  const fire = async (who: keyof typeof keys, ...titles: string[]) => {
    const known = (await own.find(keys[who]))!
    await own.accept(
      known,
      titles.map((title): Signal => ({ action: 'trigger', title, severity: 'info', labels: {}, dedupKey: title })),
    )
    // It rests when its answer is out.
    await new Promise(setImmediate)
  }
  await fire('loud', 'l1', 'l2', 'l3', 'l4')
  expect(rests, 'nobody else is there').toEqual([])
  await fire('quiet', 'q1')
  await fire('loud', 'l5')
  expect(rests, 'in its line it stays, however little it sends').toEqual([40])
  ms += 1000
  await fire('loud', 'l6', 'l7', 'l8', 'l9')
  expect(rests, 'the others are gone').toEqual([40])
})

test('what one request says of at most 64 is not taken in by halves, whatever else is sent with it', async () => {
  const sizes = [1, 100, 50, 20, 1]
  const stored: string[] = []
  const transact: typeof world.engine.transact = async (...given) => {
    const done = await world.engine.transact(...given)
    const counted = await world.read((scope) =>
      scope.query<{ request: string; count: number }>(
        sql`select split_part(title, '.', 1) as request, count(*)::int as count from alerts where title like 'together %' group by 1 order by 1`,
      ),
    )
    stored.push(counted.map(({ request, count }) => `${request.slice(-1)}:${count}`).join(' '))
    return done
  }
  const own = createIntake({ ...world.engine, transact })
  const loud = (await own.find(keys.loud))!
  stored.length = 0
  const requests = sizes.map((size, request) =>
    Array.from({ length: size }, (_, n): Signal => {
      const title = `together ${request}.${n}`
      return { action: 'trigger', title, severity: 'info', labels: {}, dedupKey: title }
    }),
  )
  await Promise.all(requests.map((signals) => own.accept(loud, signals)))
  expect(stored).toEqual(['0:1', '0:1 1:64 2:50', '0:1 1:100 2:50 3:20 4:1'])
})

test('a large request by which all of a group are over and others of it begin leaves the group open', async () => {
  const of = (action: Signal['action'], n: number): Signal => ({
    action,
    title: 'large',
    severity: 'info',
    labels: { alertname: 'large' },
    dedupKey: `large ${n}`,
  })
  const all = (action: Signal['action'], from: number) => Array.from({ length: 128 }, (_, n) => of(action, from + n))
  const loud = (await intake.find(keys.loud))!
  await intake.accept(loud, all('trigger', 0))
  const answer = await intake.accept(loud, [...all('resolve', 0), ...all('trigger', 128)])
  expect([answer[0], answer[255]]).toEqual(['large 0', 'large 255'])
  const groups = await world.read((scope) =>
    scope.query(sql`select state, alert_count as "alertCount", open_count as "openCount" from alert_groups where title = 'large'`),
  )
  expect(groups).toEqual([{ state: 'triggered', alertCount: 256, openCount: 128 }])
})

test('what waits for its commit is bounded by what it weighs, whatever it is made of, and what nothing waits before gets in', async () => {
  const never: typeof world.engine.transact = () => new Promise(() => {})
  const stuck = createIntake({ ...world.engine, transact: never })
  const integration = (await intake.find(keys.loud))!
  const accept = (title: string, details: string) =>
    stuck.accept(integration, [{ action: 'trigger', title, severity: 'info', labels: {}, dedupKey: title, details }])
  void accept('heavier than all that may wait', 'x'.repeat(70 * 1024 * 1024))
  await expect(accept('light', '')).rejects.toMatchObject({ code: 'too-many', retryAfterSeconds: 2 })
})

// More than can be read at once: it is accepted all the same, and read afterwards, in order, without loss, and without keeping others waiting.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Signal } from '#kernel/signal.ts'
import { system } from '#kernel/actor.ts'
import { sql } from '#kernel/sql.ts'
import { silentLog } from '#platform/log.ts'
import { addIntegration, alerts, countKept, keepInOrder, type IntegrationId } from '#domains/alerts/index.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { createBacklogReader } from './backlog.ts'
import { createIntake } from './intake.ts'
import { catalogue } from './wiring.ts'

let world: World
let intake: ReturnType<typeof createIntake>
const keys = { flood: 'a-key-of-the-flood-01', calm: 'a-key-of-the-calm-001' }

beforeAll(async () => {
  world = await createWorld(catalogue)
  for (const [name, key] of Object.entries(keys))
    await world.engine.run(system('test'), addIntegration, { name, kind: 'alertmanager', key })
  intake = createIntake(world.engine)
})
afterAll(() => world.close())

const signal = (dedupKey: string, action: Signal['action'] = 'trigger'): Signal => ({
  action,
  dedupKey,
  title: dedupKey,
  severity: 'critical',
  labels: {},
})
const many = (from: number, count: number, action?: Signal['action']) =>
  Array.from({ length: count }, (_, index) => signal(`flood ${from + index}`, action))
const send = async (name: keyof typeof keys, signals: Signal[]) => intake.accept((await intake.find(keys[name]))!, signals)
const kept = () => world.read((scope) => countKept(scope))
const states = async () =>
  Object.fromEntries(
    (
      await world.read((scope) =>
        scope.query<{ state: string; count: number }>(
          sql`select state, count(*)::int as count from alerts where title like 'flood%' group by state`,
        ),
      )
    ).map(({ state, count }) => [state, count]),
  )

test('a flood is accepted at once, kept, and the calm ones are read meanwhile', async () => {
  const first = send('flood', many(0, 10))
  const rest = [
    send('flood', many(10, 1500)),
    send('flood', many(1510, 1500)),
    send('flood', many(0, 1000, 'resolve')),
    send('calm', [signal('calm')]),
  ]
  const answers = await Promise.all([first, ...rest])
  expect(answers.map((answer) => answer.length)).toEqual([10, 1500, 1500, 1000, 1])
  expect(answers[2]![0]).toBe('flood 1510')
  expect(await kept()).toBe(4000)
  const calm = await world.read((scope) => scope.first<{ state: string }>(sql`select state from alerts where title = 'calm'`))
  expect(calm).toBeDefined()
})

test('what comes while something is kept is kept behind it, so that nothing overtakes', async () => {
  await send('flood', [signal('flood 1200', 'resolve'), signal('flood 9000')])
  expect(await kept()).toBe(4002)
  const { id } = (await intake.find(keys.flood))!
  const administrator = await world.person('ada', 'administrator')
  expect(await world.do(administrator, alerts.operations.getIntegration, { integrationId: id })).toMatchObject({ waiting: 4002 })
})

test('all of it is read in its order: the end of an alert after its beginning', async () => {
  await createBacklogReader(world.engine, silentLog()).readAll()
  expect(await kept()).toBe(0)
  const { resolved, ...open } = await states()
  expect(resolved).toBe(1001)
  expect(Object.values(open).reduce((a, b) => a + b, 0)).toBe(3011 - 1001)
  const spoken = await world.events()
  expect(spoken.map(({ type }) => type).filter((type) => type === 'backlog.began' || type === 'backlog.read')).toEqual([
    'backlog.began',
    'backlog.read',
  ])
})

test('once it is read, what comes is read at once again', async () => {
  await send('flood', [signal('flood 9000', 'resolve')])
  expect(await kept()).toBe(0)
  expect((await states())['resolved']).toBe(1002)
})

test('a request that cannot be read whatever one tries is shown to its owner, and those after it are read', async () => {
  const { id } = (await intake.find(keys.flood))!
  await world.read((scope) =>
    scope.query(sql`insert into backlog (integration_id, signals, count, received_at)
      values (${id}, '[{"action":"no such action"}]'::json, 1, ${scope.now}), (${id}, ${JSON.stringify([signal('flood after')])}::json, 1, ${scope.now})`),
  )
  await createBacklogReader(world.engine, silentLog()).readAll()
  expect(await kept()).toBe(0)
  const refused = await world.read((scope) =>
    scope.query<{ reason: string; body: string }>(sql`select reason, body from refused_requests where integration_id = ${id}`),
  )
  expect(refused).toMatchObject([
    { reason: expect.stringMatching(/^It was kept, and could not be read/), body: expect.stringContaining('no such action') },
  ])
  expect(await world.read((scope) => scope.first(sql`select 1 from alerts where title = 'flood after'`))).toBeDefined()
})

test('while others wait it is read in small pieces, but what one request says of few is read together', async () => {
  const { id } = (await intake.find(keys.flood))!
  const integration = { id: id as IntegrationId, serviceId: null, teamId: null }
  const few = Array.from({ length: 20 }, (_, n) => ({ labels: { alertname: `flood few ${n}` } }))
  await world.engine.transact(system('test'), async (context) => {
    await keepInOrder(context, [
      { batch: { integration, signals: many(40_000, 50) } },
      { batch: { integration, signals: many(40_100, 100) } },
      { request: { integration, unread: { subpath: '/api/v2/alerts', body: Buffer.from(JSON.stringify(few)), count: few.length } } },
    ])
  })
  const left: number[] = []
  const transact: typeof world.engine.transact = async (actor, work, options) => {
    const done = await world.engine.transact(actor, work, options)
    if (Object.hasOwn(Object(done) as object, 'unread')) left.push(await kept())
    return done
  }
  await createBacklogReader({ ...world.engine, transact }, silentLog(), undefined, () => 'flooded').readAll()
  expect(left).toEqual(world.engine.database.kind === 'embedded' ? [120, 104, 88, 72, 56, 40, 24, 0] : [120, 88, 56, 24, 0])
})

describe('in a flood a request is kept as it came', () => {
  // A flood that has begun in a test lasts until its end, however slow the machine is.
  beforeEach(() => void vi.spyOn(performance, 'now').mockReturnValue(performance.now()))
  afterEach(() => void vi.restoreAllMocks())

  const posted = (name: string, extra: unknown[] = []) =>
    Buffer.from(
      JSON.stringify([
        ...Array.from({ length: 400 }, (_, n) => ({ labels: { alertname: `${name} ${n}`, note: 'x'.repeat(200) } })),
        ...extra,
      ]),
    )
  const neverRead = () => Promise.reject(new Error('it was read'))
  const sendUnread = async (body: Uint8Array) => intake.keepUnread((await intake.find(keys.flood))!, '/api/v2/alerts', body, neverRead)
  const titles = (like: string) =>
    world.read((scope) =>
      scope.query<{ title: string; state: string }>(sql`select title, state from alerts where title like ${like} order by id`),
    )

  /** Some pieces fail when they are read already: they are read another way, and counted once. */
  const failingNowAndThen = (): typeof world.engine => {
    let pieces = 0
    const transact: typeof world.engine.transact = (actor, work, options) =>
      world.engine.transact(
        actor,
        async (context) => {
          const done = await work(context)
          if (Object.hasOwn(Object(done) as object, 'unread') && ++pieces % 3 === 0) throw new Error('it did not work out this time')
          return done
        },
        options,
      )
    return { ...world.engine, transact }
  }

  test('and not before there is one, nor when it is small', async () => {
    expect(await sendUnread(posted('calm'))).toBe(false)
    void send('flood', many(20_000, 2500))
    await expect.poll(() => intake.load()).toBe('flooded')
    expect(await intake.keepUnread((await intake.find(keys.calm))!, '/api/v2/alerts', Buffer.from('[]'), neverRead)).toBe(false)
  })

  test('it is read in its order with what was read before it was kept, and what cannot be read is shown to its owner', async () => {
    const ended = { labels: { alertname: 'raw 7', note: 'x'.repeat(200) }, endsAt: '2020-01-01T00:00:00Z' }
    const whole = [send('flood', many(30_000, 2500)), sendUnread(posted('raw')), sendUnread(posted('half', [ended, { labels: {} }, 7]))]
    expect(await Promise.all(whole)).toMatchObject([{ length: 2500 }, true, true])
    expect(await sendUnread(Buffer.concat([posted('broken'), Buffer.from('nonsense')]))).toBe(true)
    await send('flood', [signal('flood 30001', 'resolve')])
    expect(await titles('raw %')).toEqual([])
    expect(await kept()).toBeGreaterThan(5000)

    const ingested: number[] = []
    const metrics = { backlog: { set: () => undefined }, ingested: { inc: (_: unknown, count: number) => void ingested.push(count) } }
    await createBacklogReader(failingNowAndThen(), silentLog(), metrics as never).readAll()
    expect(await kept()).toBe(0)
    const raw = await titles('raw %')
    expect(raw).toHaveLength(400)
    expect(raw.filter(({ state }) => state === 'resolved')).toEqual([{ title: 'raw 7', state: 'resolved' }])
    expect(await titles('half %')).toHaveLength(400)
    expect(await titles('flood 30001')).toMatchObject([{ state: 'resolved' }])
    expect(ingested.reduce((a, b) => a + b, 0)).toBe(801)
    const refused = await world.read((scope) =>
      scope.query<{ status: number; reason: string; body: string }>(
        sql`select status, reason, body from refused_requests order by id desc limit 2`,
      ),
    )
    expect(refused).toMatchObject([
      { status: 400, reason: expect.stringMatching(/^The body is not JSON/), body: expect.stringContaining('broken 3') },
      { status: 400, reason: expect.stringMatching(/^401 were kept; 2 could not be read: alert 401/) },
    ])
  })

  test('a group of which it says that all are over and that others have begun goes on, though it is read by parts', async () => {
    const endsAt = '2020-01-01T00:00:00Z'
    const of = (n: number, more = {}) => ({ labels: { alertname: 'parted', instance: `${n}`, note: 'x'.repeat(200) }, ...more })
    const firing = Array.from({ length: 400 }, (_, n) => of(n))
    const over = firing.map((alert) => ({ ...alert, endsAt }))
    const others = Array.from({ length: 400 }, (_, n) => of(400 + n))
    void send('flood', many(50_000, 2500))
    await expect.poll(() => intake.load()).toBe('flooded')
    for (const body of [firing, [...over, ...others]]) expect(await sendUnread(Buffer.from(JSON.stringify(body)))).toBe(true)
    await createBacklogReader(world.engine, silentLog(), undefined, () => 'flooded').readAll()
    const groups = await world.read((scope) =>
      scope.query(
        sql`select state, alert_count as "alertCount", open_count as "openCount" from alert_groups where labels ->> 'alertname' = 'parted'`,
      ),
    )
    expect(groups).toEqual([{ state: 'triggered', alertCount: 800, openCount: 400 }])
  })

  test.skipIf(process.env['TEST_DATABASE_URL'] === undefined)('and read once when two nodes read it beside each other', async () => {
    void send('flood', many(60_000, 2500, 'resolve'))
    await expect.poll(() => intake.load(), { interval: 5 }).toBe('flooded')
    expect(await sendUnread(posted('beside'))).toBe(true)
    const begun = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const transact: typeof world.engine.transact = (actor, work, options) =>
      world.engine.transact(
        actor,
        async (context) => {
          const done = await work(context)
          // It has read it, and has not committed yet.
          if (Object.hasOwn(Object(done) as object, 'unread')) {
            begun.resolve()
            await release.promise
          }
          return done
        },
        options,
      )
    const ingested: number[] = []
    const metrics = { backlog: { set: () => undefined }, ingested: { inc: (_: unknown, count: number) => void ingested.push(count) } }
    const first = createBacklogReader({ ...world.engine, transact }, silentLog(), metrics as never).readAll()
    await begun.promise
    await createBacklogReader(world.engine, silentLog(), metrics as never).readAll()
    release.resolve()
    await first
    expect(ingested.reduce((a, b) => a + b, 0)).toBe(400)
    const rows = await world.read((scope) =>
      scope.query<{ count: number }>(sql`select count::int as count from alerts where title like 'beside %'`),
    )
    expect(rows).toEqual(Array(400).fill({ count: 1 }))
    expect(await kept()).toBe(0)
  })

  test('while the database is away it is read at once, for the file that nodes keep then', async () => {
    const away = Object.assign(new Error('Connection terminated unexpectedly'), { code: '57P01' })
    let isAway = false
    const database = world.engine.database
    const spooled: unknown[] = []
    const outage = {
      holds: () => false,
      keep: async (batches: readonly unknown[]) => void spooled.push(...batches),
      disown: () => undefined,
      lastKnown: () => undefined,
    }
    const transact: typeof world.engine.transact = (...given) => (isAway ? Promise.reject(away) : world.engine.transact(...given))
    const node = createIntake({ ...world.engine, database, transact }, { outage })
    const flood = (await node.find(keys.flood))!
    await node.accept(flood, many(40_000, 2500))
    isAway = true
    expect(await node.keepUnread(flood, '/api/v2/alerts', posted('away'), async () => [signal('flood 50000')])).toBe(true)
    expect(spooled).toMatchObject([{ signals: [{ dedupKey: 'flood 50000' }] }])
    expect(await node.keepUnread(flood, '/api/v2/alerts', posted('wrong'), async () => [])).toBe(true)
    await expect(node.keepUnread(flood, '/api/v2/alerts', posted('broken'), neverRead)).rejects.toThrow('it was read')
    expect(spooled).toHaveLength(1)
  })
})

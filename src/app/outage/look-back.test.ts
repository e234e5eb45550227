// The database was away and has lost what was written last: it failed over to a copy that lags behind. Here that is what somebody deletes meanwhile.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import type { IntegrationId } from '#domains/alerts/index.ts'
import { noteLoss } from '#domains/watchdog/index.ts'
import { createWorld } from '#scenarios/world/world.ts'
import { catalogue } from '../wiring.ts'
import { silentLog } from '#platform/log.ts'
import { createLookBack } from './look-back.ts'
import { databaseThatGoesAway } from './fixtures/away.ts'

const database = databaseThatGoesAway()
const { node, readAll, alertRows, passSeconds } = database

const change = (statement: Sql) => database.world.engine.database.transaction((tx) => tx.query(statement))
/** As if nothing had been written since; what follows from it goes too. */
async function lose(...titles: string[]): Promise<void> {
  const groups = sql`select group_id from alerts where title = any(${titles}::text[])`
  await change(sql`delete from events where about ->> 'alert' in (select id from alerts where title = any(${titles}::text[]))`)
  await change(sql`delete from processes where key in (${groups})`)
  await change(sql`delete from alerts where title = any(${titles}::text[])`)
  await change(sql`delete from intake_commits where at = (select max(at) from intake_commits)`)
}
const losses = async () => (await database.world.events('database.lost')).map(({ data }) => data)

test('an alert that the database has lost is taken in again, once, as of when it came; those who administer are told', async () => {
  const { send, lookBack } = await node({ looksBack: true })
  await send('kept')
  passSeconds(1)
  const since = database.world.clock.now()
  await send('lost')
  await lose('lost')
  passSeconds(20)
  database.away = true
  const asked = lookBack.doubt()
  expect(await alertRows('lost')).toEqual([])
  database.away = false
  await asked
  expect(await losses()).toMatchObject([{ alerts: 1, unknown: 0, since }])
  await readAll()
  expect(await alertRows('kept', 'lost')).toMatchObject([{ count: 1 }, { count: 1 }])
  expect(await database.world.read((scope) => scope.first(sql`select started_at as at from alerts where title = 'lost'`))).toEqual({
    at: since,
  })
  expect(await database.world.events('lost.taken-in')).toMatchObject([{ data: { signals: 1, since } }])
  await lookBack.doubt()
  expect(await losses()).toHaveLength(1)
})

test('a database that has everything is believed', async () => {
  const { send, lookBack } = await node({ looksBack: true })
  await send('all there')
  const before = await losses()
  await lookBack.doubt()
  expect(await losses()).toEqual(before)
  expect(await alertRows('all there')).toMatchObject([{ count: 1 }])
})

test('a request that was kept unread is kept again as it came', async () => {
  const { intake, lookBack } = await node({ looksBack: true })
  const before = (await losses()).length
  const { id } = (await intake.find('a-key-of-a-sender-01'))!
  const body = Buffer.from(JSON.stringify([{ labels: { alertname: 'unread' }, annotations: { summary: 'unread' } }]))
  const request = {
    integration: { id: id as IntegrationId, serviceId: null, teamId: null },
    unread: { subpath: '/api/v2/alerts', body, count: 1 },
    heardAt: database.world.clock.now(),
  }
  lookBack.took('evt_never_there', [{ request }])
  passSeconds(20)
  await lookBack.doubt()
  expect(await losses()).toHaveLength(before + 1)
  await readAll()
  expect(await alertRows('unread')).toMatchObject([{ count: 1 }])
})

describe('what was handed over from a file', () => {
  /** As if none of the pieces of this file had been taken in. */
  const loseHandOver = async (title: string) => {
    await lose(title)
    await change(sql`delete from backlog`)
    await change(sql`delete from intake_commits where id like '%.spool %'`)
    await change(sql`update spools set read = 0`)
  }

  test('is taken in again too, once, as of when it came', async () => {
    const { send, lookBack, outage } = await node({ looksBack: true })
    const before = (await losses()).length
    const since = database.world.clock.now()
    database.away = true
    await send('from a file')
    passSeconds(30)
    database.away = false
    await outage.look()
    await readAll()
    await loseHandOver('from a file')
    passSeconds(10)
    await lookBack.doubt()
    expect((await losses()).slice(before)).toMatchObject([{ alerts: 1 }])
    await readAll()
    expect(
      await database.world.read((scope) => scope.query(sql`select started_at as at, count from alerts where title = 'from a file'`)),
    ).toEqual([{ at: since, count: 1 }])
  })

  test('is taken in again once, whether from memory or by the next process from the file', async () => {
    const { send, lookBack, spool, outage } = await node({ looksBack: true })
    database.away = true
    await send('in both')
    database.away = false
    const [name] = readdirSync(database.folder)
    const copy = readFileSync(join(database.folder, name!))
    await outage.look()
    await spool.close()
    await loseHandOver('in both')
    await lookBack.doubt()
    // Its disk came back with a copy.
    writeFileSync(join(database.folder, name!), copy)
    const next = await node({ looksBack: true })
    await next.outage.look()
    await readAll()
    expect(await alertRows('in both')).toMatchObject([{ count: 1 }])
  })

  test('and of which no answer was heard is remembered when it is handed over again', async () => {
    const { send, lookBack, outage } = await node({ looksBack: true })
    database.away = true
    await send('unheard')
    database.away = false
    database.losesAnswers = true
    await outage.look()
    expect(outage.holds()).toBe(true)
    database.losesAnswers = false
    await outage.look()
    expect(outage.holds()).toBe(false)
    await readAll()
    await loseHandOver('unheard')
    await lookBack.doubt()
    await readAll()
    expect(await alertRows('unheard')).toMatchObject([{ count: 1 }])
  })
})

test('what came through an integration that is gone too is counted', async () => {
  const { lookBack } = await node({ looksBack: true })
  const id = database.engine.newId('int') as IntegrationId
  const batch = { integration: { id, serviceId: null, teamId: null }, signals: [] }
  const signal = { action: 'trigger', title: 'nowhere', severity: 'critical', labels: {}, dedupKey: 'nowhere' } as const
  lookBack.took('evt_never_there_either', [{ batch: { ...batch, signals: [signal, { ...signal, dedupKey: 'other' }] } }])
  await lookBack.doubt()
  expect((await losses()).at(-1)).toMatchObject({ alerts: 0, unknown: 2 })
})

describe('it remembers', () => {
  let now = 0
  let isAway = false
  let timers: { at: number; work: () => void }[] = []
  const asked: string[][] = []
  const timing = {
    elapsedMs: () => now,
    after(ms: number, work: () => void) {
      timers.push({ at: now + ms, work })
      return () => {}
    },
  }
  const engine = {
    clock: { now: () => database.world.clock.now() },
    async transact<T>(_: unknown, work: (context: never) => Promise<T>) {
      if (isAway) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      const scope = { query: async ({ values }: { values: string[][] }) => (asked.push(values[0]!), []) }
      return work({ tx: {}, scope } as never)
    },
    witness: { lost: async () => undefined },
  }
  const unread = (size: number) => ({
    request: {
      integration: { id: 'int_a' as IntegrationId, serviceId: null, teamId: null },
      unread: { subpath: '', body: Buffer.alloc(size), count: 1 },
    },
  })
  function becomes(at: number): void {
    now = at
    const due = timers.filter((timer) => timer.at <= now)
    timers = timers.filter((timer) => timer.at > now)
    for (const { work } of due) work()
  }
  beforeEach(() => {
    now = 0
    isAway = false
    timers = []
    asked.length = 0
  })

  test('a minute, also when nothing more comes, and no more than sixteen megabytes', async () => {
    const lookBack = createLookBack(engine as never, silentLog(), timing)
    lookBack.took('a', [unread(9_000_000)])
    becomes(30_000)
    lookBack.took('b', [unread(1000)])
    await lookBack.doubt()
    lookBack.took('c', [unread(9_000_000)])
    for (const at of [30_000, 60_000, 90_001]) {
      becomes(at)
      await lookBack.doubt()
    }
    expect(asked).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['b', 'c'],
    ])
  })

  test('all of it for as long as the database is away', async () => {
    const lookBack = createLookBack(engine as never, silentLog(), timing)
    lookBack.took('a', [unread(1000)])
    isAway = true
    const answered = lookBack.doubt()
    for (const at of [10_000, 60_001, 3_600_000]) {
      await new Promise(setImmediate)
      becomes(at)
    }
    isAway = false
    await new Promise(setImmediate)
    becomes(3_601_000)
    await answered
    expect(asked).toEqual([['a']])
  })
})

test('each of those who administer is told once, however many nodes find out', async () => {
  const everything = await createWorld(catalogue)
  try {
    await everything.person('root', 'administrator')
    const loss = { since: everything.clock.now(), until: addSeconds(everything.clock.now(), 3), alerts: 2, unknown: 1 }
    await everything.engine.transact(system('one node'), (context) => noteLoss(context, loss))
    await everything.engine.transact(system('another node'), (context) => noteLoss(context, { ...loss, alerts: 0 }))
    await everything.settle()
    const told = await everything.read((scope) =>
      scope.query<{ state: string }>(sql`select state::text as state from processes where name = 'notifications.reach'`),
    )
    expect(told).toMatchObject([{ state: expect.stringMatching(/About 3 s of it: .* are taken in again.* 1 came through /) }])
  } finally {
    await everything.close()
  }
})

// In a flood a request is kept as it came, and the database falls silent while that is committed: whether it was or not, it is taken in once.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { system } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { sql } from '#kernel/sql.ts'
import { addIntegration } from '#domains/alerts/index.ts'
import { integrations } from '#integrations/catalogue.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { createInbound } from '#platform/http/inbound.ts'
import { silentLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { createBacklogReader } from '../backlog.ts'
import { createIntake } from '../intake.ts'
import { catalogue } from '../wiring.ts'
import { createOutage } from './outage.ts'
import { folderOnDisk } from './folder.ts'
import { openSpool, type Spool } from './spool.ts'

const keys = { sender: 'a-key-of-a-sender-01', flood: 'a-key-of-the-flood-01' }
let world: World
let folder: string
/** What becomes of each transaction from now on: it is done and nobody hears so, or it is done when the database comes to itself, if it ever does. */
let silence: 'answers late' | 'does it late' | undefined
let late: (() => Promise<unknown>)[] = []
let engine: Engine
const closing: (() => unknown)[] = []
beforeAll(async () => {
  world = await createWorld(catalogue)
  for (const [name, key] of Object.entries(keys))
    await world.engine.run(system('test'), addIntegration, { name, kind: 'alertmanager', key })
  engine = {
    ...world.engine,
    async transact(...given) {
      if (silence === 'answers late') await world.engine.transact(...given)
      if (silence === 'does it late') late.push(() => world.engine.transact(...given))
      return silence ? new Promise(() => {}) : world.engine.transact(...given)
    },
  }
})
afterAll(() => world.close())
beforeEach(() => {
  silence = undefined
  late = []
  folder = mkdtempSync(join(tmpdir(), 'tocsin-unread-'))
  // What is a flood once stays one.
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closing.splice(0)) await close()
  rmSync(folder, { recursive: true })
})

const signal = (title: string, action: Signal['action']): Signal => ({ action, title, severity: 'critical', labels: {}, dedupKey: title })

/** A node with its door, which knows its keys. */
async function node(spool: Spool = openSpool(folderOnDisk(folder), () => engine.newId('evt'))) {
  const outage = createOutage({ engine, spool, channels: new Map(), settings: () => undefined, log: silentLog() })
  const store = createIntake(engine, { outage, deadlineMs: 1500 })
  const inbound = createInbound({ store, catalogue: integrations, clock: world.clock, log: silentLog(), metrics: createMetrics() })
  const server = createServer((incoming, response) => void inbound.handle(incoming, response, () => undefined))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const flood = (await store.find(keys.flood))!
  return {
    outage,
    spool,
    /** So much at once that it is only kept: what is large and comes after it is kept unread. */
    flood: () =>
      store.accept(
        flood,
        Array.from({ length: 2001 }, (_, n) => signal(`noise ${n}`, 'resolve')),
      ),
    /** One of the other sender, which is read at once. */
    other: (title: string) => store.accept(flood, [signal(title, 'trigger')]),
    async post(title: string, { ends = false, large = true, alerts = [] as unknown[] } = {}): Promise<number> {
      const note = 'x'.repeat(large ? 70_000 : 1)
      const alert = { labels: { alertname: title }, annotations: { note }, ...(ends ? { endsAt: '2020-01-01T00:00:00Z' } : {}) }
      const answer = Promise.withResolvers<number>()
      const { port } = server.address() as AddressInfo
      request({ port, path: `/in/${keys.sender}/api/v2/alerts`, method: 'POST' }, (response) => {
        response.resume().on('end', () => answer.resolve(response.statusCode!))
      })
        .on('error', answer.reject)
        .end(JSON.stringify([alert, ...alerts]))
      return answer.promise
    },
  }
}
/** Everything that is kept in the database is read, as any node does it. */
const readAll = async () => {
  await createBacklogReader(world.engine, silentLog()).readAll()
  await world.settle()
}
const alertRows = (...titles: string[]) =>
  world.read((scope) =>
    scope.query<{ title: string; state: string; count: number }>(
      sql`select title, state, count::int as count from alerts where title = any(${titles}::text[]) order by id`,
    ),
  )
const unread = () => world.read((scope) => scope.query(sql`select id from unread_requests`))

test('what was kept and never said so is not taken in from the file: what is over stays over', async () => {
  const first = await node()
  const second = await node(openSpool(folderOnDisk(join(folder, 'second')), () => engine.newId('evt')))
  await first.flood()
  silence = 'answers late'
  expect(await first.post('Kept unheard')).toBe(200)
  expect(first.outage.holds()).toBe(true)
  silence = undefined
  // A slow machine may still be at it.
  await expect.poll(unread).toHaveLength(1)
  expect(await second.post('Kept unheard', { ends: true, large: false })).toBe(200)
  await readAll()
  await first.outage.look()
  await readAll()
  expect(first.outage.holds()).toBe(false)
  expect(await alertRows('Kept unheard')).toEqual([{ title: 'Kept unheard', state: 'resolved', count: 1 }])
})

test('what was not kept is taken in from the file, and a commit that wakes up after that keeps nothing', async () => {
  const { outage, flood, post } = await node()
  await flood()
  silence = 'does it late'
  expect(await post('Never kept')).toBe(200)
  silence = undefined
  expect(late).toHaveLength(1)
  await outage.look()
  await readAll()
  const once = [{ title: 'Never kept', state: 'triggered', count: 1 }]
  expect(await alertRows('Never kept')).toEqual(once)
  await expect(late[0]!()).rejects.toThrow('it was taken in from the file of a node')
  await readAll()
  expect(await alertRows('Never kept')).toEqual(once)
})

test.each(['answers late', 'does it late'] as const)(
  'a node that is killed after it has written its file takes it in once when it runs again (the database %s)',
  async (how) => {
    const title = `Killed while it ${how}`
    const killed = await node()
    await killed.flood()
    silence = how
    expect(await killed.post(title)).toBe(200)
    await killed.spool.close()
    silence = undefined
    const next = await node()
    expect(next.outage.holds()).toBe(true)
    await next.outage.look()
    await readAll()
    for (const wakesUp of late) await expect(wakesUp()).rejects.toThrow('it was taken in from the file of a node')
    await readAll()
    expect(await alertRows(title)).toEqual([{ title, state: 'triggered', count: 1 }])
  },
)

test('what came after it stands behind it, also when the database answers again: the end of an alert after its beginning', async () => {
  const { outage, flood, post } = await node()
  await flood()
  silence = 'does it late'
  const beginning = post('Begins and ends')
  await expect.poll(() => late.length).toBe(1)
  const ends = [post('Begins and ends', { ends: true }), post('Begins and ends', { ends: true, large: false })]
  // They have come in, and wait for the commit.
  await new Promise((resolve) => setTimeout(resolve, 100))
  silence = undefined
  expect(await Promise.all([beginning, ...ends])).toEqual([200, 200, 200])
  await readAll()
  await outage.look()
  await readAll()
  expect(await alertRows('Begins and ends')).toEqual([{ title: 'Begins and ends', state: 'resolved', count: 1 }])
})

test('also what comes when the file holds something else already, and it is not in it yet', async () => {
  const { outage, flood, post, other } = await node()
  await flood()
  silence = 'does it late'
  const first = other('Fails first')
  await new Promise((resolve) => setTimeout(resolve, 150))
  const beginning = post('Begins and ends later')
  await expect.poll(() => outage.holds(), { interval: 5 }).toBe(true)
  const end = post('Begins and ends later', { ends: true, large: false })
  expect(await Promise.all([first, beginning, end])).toEqual([['Fails first'], 200, 200])
  silence = undefined
  await outage.look()
  await readAll()
  const ended = [{ title: 'Begins and ends later', state: 'resolved', count: 1 }]
  expect(await alertRows('Begins and ends later')).toEqual(ended)
})

test('a sender whose request had to be read hears what is wrong with it', async () => {
  const { outage, flood, post } = await node()
  await flood()
  silence = 'does it late'
  expect(await post('Half of it', { alerts: [{ labels: {} }, 7] })).toBe(400)
  silence = undefined
  await outage.look()
  await readAll()
  expect(await alertRows('Half of it')).toMatchObject([{ state: 'triggered', count: 1 }])
})

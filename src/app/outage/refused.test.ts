// What a sender hears is refused, in a flood and out of it, and sends again: because neither the database nor the node's disk took it, or because it could
// not be read for a reason of ours. Nothing of it is lost, it counts once more at most, and nobody is paged twice.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { system } from '#kernel/actor.ts'
import type { IntegrationDefinition } from '#kernel/integration.ts'
import type { Signal } from '#kernel/signal.ts'
import { sql } from '#kernel/sql.ts'
import { addIntegration } from '#domains/alerts/index.ts'
import { integrations } from '#integrations/catalogue.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { createInbound } from '#platform/http/inbound.ts'
import { silentLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { pagingWorld } from '#scenarios/world/oncall.ts'
import { createBacklogReader } from '../backlog.ts'
import { createIntake } from '../intake.ts'
import { realTiming, type Timing } from '../timing.ts'
import { folderOnDisk, type Folder } from './folder.ts'
import { createOutage } from './outage.ts'
import { openSpool } from './spool.ts'

const keys = { sender: 'a-key-of-a-sender-01', flood: 'a-key-of-the-flood-01' }
let world: Awaited<ReturnType<typeof pagingWorld>>
let folder: string
/** What becomes of each transaction from now on: it is done and nobody hears so, or it is done when the database comes to itself. */
let silence: 'answers late' | 'does it late' | undefined
let late: (() => Promise<unknown>)[] = []
let engine: Engine
/** A source of ours fails at whatever holds this text. */
let unreadable: string | undefined
const closing: (() => unknown)[] = []
beforeAll(async () => {
  world = await pagingWorld([{ who: ['ana'], delaySeconds: 300 }])
  for (const [name, key] of Object.entries(keys))
    await world.engine.run(system('test'), addIntegration, { name, kind: 'alertmanager', key, service: 'checkout' })
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
  unreadable = undefined
  folder = mkdtempSync(join(tmpdir(), 'tocsin-refused-'))
  // What is a flood once stays one.
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closing.splice(0)) await close()
  rmSync(folder, { recursive: true })
  // Whoever was paged a moment ago would be told by a summary.
  await world.pass('2 min')
  world.got.length = 0
})

const sources = integrations.map((integration): IntegrationDefinition => {
  if (integration.id !== 'alertmanager') return integration
  const { webhook } = integration.sources!
  const parse: typeof webhook.parse = (request, context) => {
    if (unreadable !== undefined && Buffer.from(request.body).includes(unreadable)) throw new TypeError('a defect of ours')
    return webhook.parse(request, context)
  }
  return { ...integration, sources: { webhook: { ...webhook, parse } } }
})

const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
/** What a file does that takes nothing: it is not there, a line is written in part, or there is as much in it as may be. */
type Full = 'cannot be begun' | 'takes a part of it' | 'may hold no more'

const deadlineMs = 200

/** A node with its door, which knows its keys; and what its file does until it has room. */
async function node(full?: Full) {
  let isFull = full !== undefined
  const disk = folderOnDisk(folder)
  const fullDisk: Folder = {
    ...disk,
    async create(name, begun) {
      if (isFull && full === 'cannot be begun') throw noSpace()
      const file = await disk.create(name, begun)
      return {
        ...file,
        async append(text) {
          if (!isFull || full !== 'takes a part of it') return file.append(text)
          await file.append(text.slice(0, text.length / 2))
          throw noSpace()
        },
      }
    },
  }
  const spool = openSpool(fullDisk, () => engine.newId('evt'), full === 'may hold no more' ? { maxBytes: 10 } : {})
  const outage = createOutage({ engine, spool, channels: new Map(), settings: () => undefined, log: silentLog() })
  // However slow this machine is: only a database that is silent on purpose is too late.
  const timing: Timing = {
    ...realTiming,
    after: (ms, work) =>
      realTiming.after(ms, () => {
        if (ms !== deadlineMs || silence) work()
      }),
  }
  const store = createIntake(engine, { outage, deadlineMs, timing })
  const inbound = createInbound({ store, catalogue: sources, clock: world.clock, log: silentLog(), metrics: createMetrics() })
  const server = createServer((incoming, response) => void inbound.handle(incoming, response, () => undefined))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () => server.close(),
    () => spool.close(),
  )
  const flood = (await store.find(keys.flood))!
  await store.find(keys.sender)
  return {
    outage,
    hasRoom: () => void (isFull = false),
    /** So much at once that it is only kept: what is large and comes after it is kept unread. */
    flood: () =>
      store.accept(
        flood,
        Array.from({ length: 2001 }, (_, n): Signal => ({
          action: 'resolve',
          title: `noise ${n}`,
          severity: 'info',
          labels: {},
          dedupKey: `noise ${n}`,
        })),
      ),
    async post(title: string, { ends = false, large = false } = {}): Promise<{ status: number; again: boolean }> {
      const alert = {
        labels: { alertname: title, severity: 'critical' },
        annotations: { note: 'x'.repeat(large ? 70_000 : 1) },
        ...(ends ? { endsAt: '2020-01-01T00:00:00Z' } : {}),
      }
      const answer = Promise.withResolvers<{ status: number; again: boolean }>()
      const { port } = server.address() as AddressInfo
      request({ port, path: `/in/${keys.sender}/api/v2/alerts`, method: 'POST' }, (response) => {
        const { statusCode, headers } = response
        response.resume().on('end', () => answer.resolve({ status: statusCode!, again: Number(headers['retry-after']) > 0 }))
      })
        .on('error', answer.reject)
        .end(JSON.stringify([alert]))
      return answer.promise
    },
  }
}
/** Everything that is kept in the database is read, as any node does it, and whoever is due is paged. */
const readAll = async () => {
  await createBacklogReader(world.engine, silentLog()).readAll()
  await world.settle()
}
const alertRows = (title: string) =>
  world.read((scope) =>
    scope.query<{ state: string; count: number }>(sql`select state, count::int as count from alerts where title = ${title} order by id`),
  )
const pagesOf = (title: string) =>
  world
    .phoneOf('ana')
    .all()
    .filter((got) => got.title === `Critical: ${title}`)

/** The late commit, if it still can: whether it did. */
const wakesUp = () =>
  late.at(-1)!().then(
    () => true,
    (error: Error) => (expect(error.message).toMatch(/^it was taken in from the file of a node, or refused/), false),
  )
const places = [
  ['in a flood', true],
  ['out of one', false],
] as const

describe.each([
  ['cannot be begun', 503],
  ['takes a part of it', 503],
  ['may hold no more', 429],
] as const)('the database does not answer in time, and the file of the node %s', (full, status) => {
  /** A node that has refused an alert with this title, and has room again. */
  async function refused(title: string, large: boolean, how: typeof silence) {
    const { outage, hasRoom, flood, post } = await node(full)
    if (large) await flood()
    silence = how
    expect(await post(title, { large })).toEqual({ status, again: true })
    expect(outage.holds(), 'what comes now stands behind it').toBe(true)
    silence = undefined
    hasRoom()
    return {
      async comesBack() {
        await outage.look()
        expect(outage.holds()).toBe(false)
      },
      sendsAgain: async ({ ends = false, hears = 200 } = {}) => expect(await post(title, { large, ends })).toMatchObject({ status: hears }),
    }
  }

  test.each(places)(
    '%s: a commit that was done all the same counts, sent again it counts once more, and pages once',
    async (where, large) => {
      for (const how of ['answers late', 'does it late'] as const) {
        const title = `${full}, ${where}, it ${how}`
        const { comesBack, sendsAgain } = await refused(title, large, how)
        if (how === 'does it late') expect(await wakesUp()).toBe(true)
        await comesBack()
        await sendsAgain()
        await readAll()
        expect(await alertRows(title)).toEqual([{ state: 'triggered', count: 2 }])
        expect(pagesOf(title)).toHaveLength(1)
      }
    },
  )

  test.each(places)(
    '%s: before the node has seen that the database is back it goes into the file, or is refused again',
    async (where, large) => {
      const title = `${full}, ${where}, at once`
      const { comesBack, sendsAgain } = await refused(title, large, 'answers late')
      // How much a file may hold does not change.
      const isRefused = full === 'may hold no more'
      await sendsAgain({ hears: isRefused ? status : 200 })
      await comesBack()
      if (isRefused) await sendsAgain()
      await readAll()
      expect(await alertRows(title)).toEqual([{ state: 'triggered', count: 2 }])
      expect(pagesOf(title)).toHaveLength(1)
    },
  )

  test.each(places)('%s: a commit that wakes up after that takes nothing in, so that what is over stays over', async (where, large) => {
    const title = `${full}, ${where}, over`
    const { comesBack, sendsAgain } = await refused(title, large, 'does it late')
    await comesBack()
    await sendsAgain()
    await readAll()
    await sendsAgain({ ends: true })
    await readAll()
    expect(await wakesUp()).toBe(false)
    await readAll()
    expect(await alertRows(title)).toEqual([{ state: 'resolved', count: 1 }])
    expect(pagesOf(title)).toHaveLength(1)
  })
})

describe('a request that cannot be read for a reason of ours', () => {
  test('is answered with 5xx and leaves nothing; its repeat is taken in', async () => {
    const { post } = await node()
    unreadable = 'Unread'
    expect(await post('Unread')).toMatchObject({ status: 500 })
    expect(await post('Beside it')).toMatchObject({ status: 200 })
    expect(await alertRows('Unread')).toEqual([])
    unreadable = undefined
    expect(await post('Unread')).toMatchObject({ status: 200 })
    await readAll()
    for (const title of ['Unread', 'Beside it']) {
      expect(await alertRows(title)).toEqual([{ state: 'triggered', count: 1 }])
      expect(pagesOf(title)).toHaveLength(1)
    }
  })

  test.each([
    ['answers late', 2],
    ['does it late', 1],
  ] as const)(
    'so it is in a flood while the database %s: what comes after it is kept, its repeat is taken in, and what is over stays over',
    async (how, count) => {
      const [title, beside] = [`Unread, it ${how}`, `Beside it, it ${how}`]
      const { outage, flood, post } = await node()
      await flood()
      silence = how
      unreadable = title
      expect(await post(title, { large: true })).toMatchObject({ status: 500 })
      expect(await post(beside, { large: true })).toMatchObject({ status: 200 })
      silence = undefined
      unreadable = undefined
      const [first] = late
      await outage.look()
      expect(outage.holds()).toBe(false)
      expect(await post(title, { large: true })).toMatchObject({ status: 200 })
      await readAll()
      expect(await alertRows(title)).toEqual([{ state: 'triggered', count }])
      expect(await alertRows(beside)).toEqual([{ state: 'triggered', count: 1 }])
      for (const one of [title, beside]) expect(pagesOf(one)).toHaveLength(1)
      expect(await post(title, { ends: true })).toMatchObject({ status: 200 })
      if (first) await expect(first()).rejects.toThrow(/refused/)
      await readAll()
      expect(await alertRows(title)).toEqual([{ state: 'resolved', count }])
    },
  )
})

// The database goes away under the real way in, and comes back.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import type { ChannelDefinition } from '#kernel/integration.ts'
import type { Signal } from '#kernel/signal.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds } from '#kernel/time.ts'
import { addIntegration, takeFromSpool } from '#domains/alerts/index.ts'
import type { SealedAddress } from '#domains/notifications/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { silentLog } from '#platform/log.ts'
import { pagingWorld } from '#scenarios/world/oncall.ts'
import { createBacklogReader } from '../backlog.ts'
import { createIntake } from '../intake.ts'
import { createOutage, type Outage } from './outage.ts'
import type { KnownFile } from './known-file.ts'
import { readLastKnown, type LastKnown } from './last-known.ts'
import { folderOnDisk } from './folder.ts'
import { openSpool } from './spool.ts'

const key = 'a-key-of-a-sender-01'
let world: Awaited<ReturnType<typeof pagingWorld>>
let folder: string
let away: boolean | 'silent' | 'silent after one answer' | 'answers late' | 'does it late'
const running: Outage[] = []
/** What the database does when it comes to itself. */
let late: (() => Promise<unknown>)[] = []
let engine: Engine
beforeAll(async () => {
  world = await pagingWorld([
    { who: ['ana'], delaySeconds: 300 },
    { who: ['ben'], delaySeconds: 300 },
  ])
  await world.engine.run(system('test'), addIntegration, { name: 'Sender', kind: 'alertmanager', key })
  engine = {
    ...world.engine,
    async transact(...given) {
      if (away === 'silent after one answer') {
        away = 'silent'
        return world.engine.transact(...given)
      }
      if (away === 'answers late') await world.engine.transact(...given)
      if (away === 'does it late') late.push(() => world.engine.transact(...given))
      if (typeof away === 'string') return new Promise(() => {})
      if (away) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      return world.engine.transact(...given)
    },
  }
})
afterAll(() => world.close())
beforeEach(() => {
  away = false
  late = []
  folder = mkdtempSync(join(tmpdir(), 'tocsin-outage-'))
})
afterEach(async () => {
  for (const outage of running.splice(0)) await outage.stop()
  rmSync(folder, { recursive: true })
})

/** A node's part of it: the way in, and what it does while the database is away. */
async function node({
  file,
  silentMs,
  channels = world.channels,
  ...options
}: { deadlineMs?: number; file?: KnownFile; silentMs?: number; channels?: ReadonlyMap<string, ChannelDefinition> } = {}) {
  const spool = openSpool(folderOnDisk(folder), () => engine.newId('evt'))
  const outage = createOutage({
    engine,
    spool,
    channels,
    settings: () => undefined,
    log: silentLog(),
    ...(file ? { file } : {}),
    ...(silentMs === undefined ? {} : { silentMs }),
  })
  running.push(outage)
  const intake = createIntake(engine, { outage, ...options })
  if (!file) await intake.find(key)
  const send = async (dedupKey: string | undefined, change: Partial<Signal> = {}) => {
    const signal: Signal = {
      action: 'trigger',
      title: dedupKey ?? 'no key',
      severity: 'critical',
      labels: { alertname: dedupKey ?? '' },
      service: 'checkout',
      ...change,
    }
    return intake.accept((await intake.find(key))!, [{ ...signal, ...(dedupKey === undefined ? {} : { dedupKey }) }])
  }
  return { outage, spool, send, intake }
}
/** What an earlier process has left in its file, and perhaps never wrote. */
function left(known: LastKnown | undefined): KnownFile & { written: LastKnown[] } {
  const written: LastKnown[] = []
  return { written, read: () => written.at(-1) ?? known, write: async (fresh) => void written.push(fresh) }
}
const readAll = async () => {
  await createBacklogReader(world.engine, silentLog()).readAll()
  await world.settle()
}
const alertRows = (...titles: string[]) =>
  world.read((scope) =>
    scope.query<{ title: string; state: string; count: number }>(
      sql`select title, state, count::int as count from alerts where title = any(${titles}::text[]) order by title`,
    ),
  )
const heardSoFar = () => world.got.splice(0)
const onPhone = (who: string) =>
  heardSoFar().filter(({ channel, address }) => channel === 'web-push' && address === `https://push.example.test/${who}`)
const passSeconds = (count: number) => world.clock.set(addSeconds(world.clock.now(), count))

test('what comes while it is away is answered as ever, taken in once in its order, and written down', async () => {
  const { outage, send } = await node()
  await outage.look()
  expect(await send('before')).toEqual(['before'])
  away = true
  expect(await send('a')).toEqual(['a'])
  const [made] = await send(undefined)
  expect(made).toMatch(/^evt_/)
  await send('a', { action: 'resolve' })
  await outage.look()
  expect(outage.holds()).toBe(true)
  away = false
  expect(await send('b'), 'behind what is kept').toEqual(['b'])
  await outage.look()
  expect(outage.holds()).toBe(false)
  await readAll()
  expect(await alertRows('a', 'b', 'before', 'no key')).toEqual([
    { title: 'a', state: 'resolved', count: 1 },
    { title: 'b', state: 'triggered', count: 1 },
    { title: 'before', state: 'triggered', count: 1 },
    { title: 'no key', state: 'triggered', count: 1 },
  ])
  expect((await world.events('spool.read')).map(({ data }) => data)).toMatchObject([{ signals: 3 }, { signals: 1 }])
  await send('c')
  expect(await alertRows('c')).toHaveLength(1)
})

test('a node that dies after taking it in and before its file is gone takes nothing in twice', async () => {
  const { send, spool } = await node()
  away = true
  await send('once a')
  await send('once b')
  await spool.close()
  away = false
  const dying = openSpool(folderOnDisk(folder), () => engine.newId('evt'))
  await expect(
    dying.drain(async (piece) => {
      await engine.transact(system('test'), (context) => takeFromSpool(context, piece))
      throw new Error('the node died')
    }),
  ).rejects.toThrow('the node died')
  const next = await node()
  expect(next.outage.holds()).toBe(true)
  await next.outage.look()
  await readAll()
  expect(await alertRows('once a', 'once b')).toMatchObject([{ count: 1 }, { count: 1 }])
})

test('a database that says nothing at all counts as away after its deadline', async () => {
  const { outage, send } = await node({ deadlineMs: 1500 })
  away = 'silent'
  expect(await send('into silence')).toEqual(['into silence'])
  expect(outage.holds()).toBe(true)
})

test('whoever is on call is told also while the database says nothing at all', async () => {
  const { outage, send } = await node({ deadlineMs: 1500, silentMs: 100 })
  await outage.look()
  away = 'silent'
  await send('Silence')
  heardSoFar()
  passSeconds(20)
  await outage.look()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(onPhone('ana')).toMatchObject([{ title: 'Degraded: Critical: Silence' }])
  expect(await alertRows('Silence')).toEqual([])
})

test('whoever is on call is told also when the database falls silent after a part of what is kept was taken in', async () => {
  const { outage, send } = await node({ deadlineMs: 1500, silentMs: 100 })
  await outage.look()
  away = true
  await send('A first part')
  await outage.look()
  await send('A second part')
  heardSoFar()
  passSeconds(20)
  away = 'silent after one answer'
  await outage.look()
  await expect
    .poll(async () => {
      await outage.look()
      return onPhone('ana').map(({ title }) => title)
    })
    .toEqual(['Degraded: 2 alerts, Critical: A first part'])
  away = false
  await readAll()
  heardSoFar()
})

test('what was committed and never said so is not taken in from the file: what is over stays over', async () => {
  const { outage, send } = await node({ deadlineMs: 1500 })
  away = 'answers late'
  await send('kept twice')
  await send('only in the file')
  expect(outage.holds()).toBe(true)
  away = false
  const elsewhere = createIntake(world.engine)
  const over = { action: 'resolve', title: 'kept twice', severity: 'info', labels: {}, dedupKey: 'kept twice' } as const
  await elsewhere.accept((await elsewhere.find(key))!, [over])
  await outage.look()
  await readAll()
  expect(await alertRows('kept twice', 'only in the file')).toEqual([
    { title: 'kept twice', state: 'resolved', count: 1 },
    { title: 'only in the file', state: 'triggered', count: 1 },
  ])
})

test('a commit that wakes up after the file was read takes nothing in', async () => {
  const { outage, send } = await node({ deadlineMs: 1500 })
  away = 'does it late'
  await send('wakes up')
  away = false
  await outage.look()
  await readAll()
  const before = await alertRows('wakes up')
  expect(before).toEqual([{ title: 'wakes up', state: 'triggered', count: 1 }])
  expect(late).toHaveLength(1)
  await expect(late[0]!()).rejects.toThrow('it was taken in from the file of a node')
  await readAll()
  expect(await alertRows('wakes up')).toEqual(before)
})

test('a request that is wrong hears so also while it is away', async () => {
  const { intake } = await node()
  const integration = (await intake.find(key))!
  away = true
  await expect(intake.keepRefused(integration, 400, 'no alert in it', { path: '', body: new Uint8Array() })).resolves.toBeUndefined()
})

test('without a place to keep it, a sender hears that the database is away', async () => {
  const intake = createIntake(engine)
  const integration = (await intake.find(key))!
  away = true
  await expect(intake.accept(integration, [{ action: 'trigger', title: 'a', severity: 'error', labels: {} }])).rejects.toThrow(
    'ECONNREFUSED',
  )
})

test('whoever was on call when it was last read is told after 20 s, marked as degraded; it is written down, and pages as ever afterwards', async () => {
  const { outage, send } = await node()
  await outage.look()
  passSeconds(120)
  heardSoFar()
  const since = world.clock.now()
  away = true
  await send('Card payments fail')
  await outage.look()
  passSeconds(19)
  await outage.look()
  world.phoneOf('ana').gotNothingMore()
  passSeconds(1)
  await outage.look()
  await outage.look()
  await new Promise(setImmediate)
  expect(world.phoneOf('ana').gets(/^Degraded: Critical: Card payments fail/).body).toContain('named by the policy')
  world.mailboxOf('ana').gets(/^Degraded: Critical/)
  world.phoneOf('ana').gotNothingMore()
  world.phoneOf('ben').gotNothingMore()
  away = false
  await new Promise((resolve) => setTimeout(resolve, 20))
  await outage.look()
  await readAll()
  world.phoneOf('ana').gets(/^Critical: Card payments fail/)
  const told = (await world.events('person.told-degraded')).map(({ data }) => data as { toldAt: string })
  expect(told.filter(({ toldAt }) => toldAt > since)).toMatchObject([{ alerts: 1 }])
})

test.each<[string, (send: (key: string, change?: Partial<Signal>) => Promise<unknown>) => Promise<unknown>]>([
  ['an alert that had paged before', (send) => send('paged')],
  ['one that is over by then', async (send) => (await send('short'), await send('short', { action: 'resolve' }))],
  ['one for information only', (send) => send('info', { severity: 'info' })],
  ['one whose service has no policy', (send) => send('else', { service: 'nothing' })],
])('nobody is told of %s', async (_, act) => {
  const { outage, send } = await node()
  await send('paged')
  await world.settle()
  await outage.look()
  heardSoFar()
  away = true
  await act(send)
  passSeconds(60)
  await outage.look()
  await new Promise(setImmediate)
  expect(world.got).toEqual([])
})

test('a node that starts while it is away recognises senders by what an earlier one has left, and tells who was last on call', async () => {
  const file = left(await readLastKnown(world.engine))
  away = true
  const { outage, send, intake } = await node({ file })
  expect(await send('Late payments')).toEqual(['Late payments'])
  await expect(intake.find('a-key-of-a-stranger')).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 10 })
  heardSoFar()
  passSeconds(20)
  await outage.look()
  await new Promise(setImmediate)
  expect(onPhone('ana')).toMatchObject([{ title: 'Degraded: Critical: Late payments' }])
  away = false
  await new Promise((resolve) => setTimeout(resolve, 20))
  await outage.look()
  await readAll()
  heardSoFar()
  expect(await alertRows('Late payments')).toMatchObject([{ count: 1 }])
  expect(await intake.find('a-key-of-a-stranger'), 'now it is known that nobody has it').toBeUndefined()
  await outage.look()
  expect(file.written).toHaveLength(1)
})

test('a node that has never read which keys there are says so', async () => {
  away = true
  const { intake } = await node({ file: left(undefined) })
  await expect(intake.find(key)).rejects.toThrow(/never read which keys there are/)
  away = false
  expect((await intake.find(key))?.kind).toBe('alertmanager')
})

test('what an earlier process kept and did not live to tell is told by the next one, and what it told is not told again', async () => {
  const file = left(await readLastKnown(world.engine))
  away = true
  const first = await node({ file })
  await first.send('Told by the first')
  passSeconds(20)
  await first.outage.look()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(onPhone('ana')).toMatchObject([{ title: 'Degraded: Critical: Told by the first' }])
  await first.send('Kept by the first')
  await first.spool.close()
  heardSoFar()
  const second = await node({ file })
  passSeconds(70)
  await second.outage.look()
  await new Promise((resolve) => setTimeout(resolve, 20))
  const [heard, ...more] = onPhone('ana')
  expect(heard).toMatchObject({ title: 'Degraded: Critical: Kept by the first' })
  expect(heard!.body).not.toContain('Told by the first')
  expect(more).toEqual([])
  away = false
  await second.outage.look()
  await readAll()
  heardSoFar()
  expect(await alertRows('Kept by the first', 'Told by the first')).toMatchObject([{ count: 1 }, { count: 1 }])
})

test('a node that is stopped while somebody is being told waits for it, and the next one does not tell them again', async () => {
  const file = left(await readLastKnown(world.engine))
  const isSending = Promise.withResolvers<void>()
  const phone = world.channels.get('web-push')!
  const slow: ChannelDefinition = { ...phone, send: async (...given) => (await isSending.promise, phone.send(...given)) }
  away = true
  const first = await node({ file, channels: new Map([['web-push', slow]]) })
  await first.send('Told at the end')
  heardSoFar()
  passSeconds(20)
  await first.outage.look()
  let hasStopped = false
  const stopping = first.outage.stop().then(() => void (hasStopped = true))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(hasStopped).toBe(false)
  isSending.resolve()
  await stopping
  expect(onPhone('ana')).toMatchObject([{ title: 'Degraded: Critical: Told at the end' }])
  const second = await node({ file })
  passSeconds(70)
  await second.outage.look()
  await second.outage.stop()
  expect(onPhone('ana')).toEqual([])
  away = false
})

test('an address that cannot be opened costs its person none of their others', async () => {
  const known = await readLastKnown(world.engine)
  const unopened = (address: SealedAddress) =>
    address.channel === 'email' ? { channel: 'email', method: 'a-method' as never, sealed: 'not sealed' } : address
  const addresses = new Map([...known.addresses].map(([id, some]) => [id, some.map(unopened)]))
  away = true
  const { outage, send } = await node({ file: left({ ...known, addresses }) })
  await send('Sealed away')
  heardSoFar()
  passSeconds(20)
  await outage.look()
  await outage.stop()
  expect(onPhone('ana')).toMatchObject([{ title: 'Degraded: Critical: Sealed away' }])
  const kept: string[] = []
  await openSpool(folderOnDisk(folder), () => engine.newId('evt')).readLeft(({ kind }) => void kept.push(kind))
  expect(kept).toEqual(['signals', 'told'])
  away = false
})

test('what cannot be decided by what was left is told to those who administer', async () => {
  const known = await readLastKnown(world.engine)
  const file = left({ ...known, policies: { levels: known.policies.levels, book: undefined as never } })
  away = true
  const { outage, send } = await node({ file })
  await send('Undecided')
  passSeconds(20)
  await outage.look()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(heardSoFar().map(({ title }) => title)).toContainEqual(expect.stringMatching(/^Degraded: .*Undecided/))
  away = false
  await outage.look()
  await readAll()
  heardSoFar()
})

// The database is away: whoever was last known to be on call is told, once.
import { expect, test } from 'vitest'
import type { ChannelDefinition } from '#kernel/integration.ts'
import type { Signal } from '#kernel/signal.ts'
import type { SealedAddress } from '#domains/notifications/index.ts'
import { databaseThatGoesAway, left } from './fixtures/away.ts'
import { folderOnDisk } from './folder.ts'
import { readLastKnown } from './last-known.ts'
import { openSpool } from './spool.ts'

const database = databaseThatGoesAway()
const { node, readAll, alertRows, heardSoFar, onPhone, passSeconds } = database

test('whoever is on call is told also while the database says nothing at all', async () => {
  const { outage, send } = await node({ deadlineMs: 1500, silentMs: 100 })
  await outage.look()
  database.away = 'silent'
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
  database.away = true
  await send('A first part')
  await outage.look()
  await send('A second part')
  heardSoFar()
  passSeconds(20)
  database.away = 'silent after one answer'
  await outage.look()
  await expect
    .poll(async () => {
      await outage.look()
      return onPhone('ana').map(({ title }) => title)
    })
    .toEqual(['Degraded: 2 alerts, Critical: A first part'])
  database.away = false
  await readAll()
  heardSoFar()
})

test('whoever was on call when it was last read is told after 20 s, marked as degraded; it is written down, and pages as ever afterwards', async () => {
  const { outage, send } = await node()
  await outage.look()
  passSeconds(120)
  heardSoFar()
  const since = database.world.clock.now()
  database.away = true
  await send('Card payments fail')
  await outage.look()
  passSeconds(19)
  await outage.look()
  database.world.phoneOf('ana').gotNothingMore()
  passSeconds(1)
  await outage.look()
  await outage.look()
  await new Promise(setImmediate)
  expect(database.world.phoneOf('ana').gets(/^Degraded: Critical: Card payments fail/).body).toContain('named by the policy')
  database.world.mailboxOf('ana').gets(/^Degraded: Critical/)
  database.world.phoneOf('ana').gotNothingMore()
  database.world.phoneOf('ben').gotNothingMore()
  database.away = false
  await new Promise((resolve) => setTimeout(resolve, 20))
  await outage.look()
  await readAll()
  database.world.phoneOf('ana').gets(/^Critical: Card payments fail/)
  const told = (await database.world.events('person.told-degraded')).map(({ data }) => data as { toldAt: string })
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
  await database.world.settle()
  await outage.look()
  heardSoFar()
  database.away = true
  await act(send)
  passSeconds(60)
  await outage.look()
  await new Promise(setImmediate)
  expect(database.world.got).toEqual([])
})

test('a node that starts while it is away recognises senders by what an earlier one has left, and tells who was last on call', async () => {
  const file = left(await readLastKnown(database.world.engine))
  database.away = true
  const { outage, send, intake } = await node({ file })
  expect(await send('Late payments')).toEqual(['Late payments'])
  await expect(intake.find('a-key-of-a-stranger')).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 10 })
  heardSoFar()
  passSeconds(20)
  await outage.look()
  await new Promise(setImmediate)
  expect(onPhone('ana')).toMatchObject([{ title: 'Degraded: Critical: Late payments' }])
  database.away = false
  await new Promise((resolve) => setTimeout(resolve, 20))
  await outage.look()
  await readAll()
  heardSoFar()
  expect(await alertRows('Late payments')).toMatchObject([{ count: 1 }])
  expect(await intake.find('a-key-of-a-stranger'), 'now it is known that nobody has it').toBeUndefined()
  await outage.look()
  expect(file.written).toHaveLength(1)
})

test('what an earlier process kept and did not live to tell is told by the next one, and what it told is not told again', async () => {
  const file = left(await readLastKnown(database.world.engine))
  database.away = true
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
  database.away = false
  await second.outage.look()
  await readAll()
  heardSoFar()
  expect(await alertRows('Kept by the first', 'Told by the first')).toMatchObject([{ count: 1 }, { count: 1 }])
})

test('a node that is stopped while somebody is being told waits for it, and the next one does not tell them again', async () => {
  const file = left(await readLastKnown(database.world.engine))
  const isSending = Promise.withResolvers<void>()
  const phone = database.world.channels.get('web-push')!
  const slow: ChannelDefinition = { ...phone, send: async (...given) => (await isSending.promise, phone.send(...given)) }
  database.away = true
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
  database.away = false
})

test('an address that cannot be opened costs its person none of their others', async () => {
  const known = await readLastKnown(database.world.engine)
  const unopened = (address: SealedAddress) =>
    address.channel === 'email' ? { channel: 'email', method: 'a-method' as never, sealed: 'not sealed' } : address
  const addresses = new Map([...known.addresses].map(([id, some]) => [id, some.map(unopened)]))
  database.away = true
  const { outage, send } = await node({ file: left({ ...known, addresses }) })
  await send('Sealed away')
  heardSoFar()
  passSeconds(20)
  await outage.look()
  await outage.stop()
  expect(onPhone('ana')).toMatchObject([{ title: 'Degraded: Critical: Sealed away' }])
  const kept: string[] = []
  await openSpool(folderOnDisk(database.folder), () => database.engine.newId('evt')).readLeft(({ kind }) => void kept.push(kind))
  expect(kept).toEqual(['signals', 'told'])
  database.away = false
})

test('what cannot be decided by what was left is told to those who administer', async () => {
  const known = await readLastKnown(database.world.engine)
  const file = left({ ...known, policies: { levels: known.policies.levels, book: undefined as never } })
  database.away = true
  const { outage, send } = await node({ file })
  await send('Undecided')
  passSeconds(20)
  await outage.look()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(heardSoFar().map(({ title }) => title)).toContainEqual(expect.stringMatching(/^Degraded: .*Undecided/))
  database.away = false
  await outage.look()
  await readAll()
  heardSoFar()
})

// The database goes away under the real way in, and comes back: what was kept meanwhile is taken in once.
import { expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import { takeFromSpool } from '#domains/alerts/index.ts'
import { createIntake } from '../intake.ts'
import { databaseThatGoesAway, key, left } from './fixtures/away.ts'
import { folderOnDisk } from './folder.ts'
import { openSpool } from './spool.ts'

const database = databaseThatGoesAway()
const { node, readAll, alertRows } = database

test('what comes while it is away is answered as ever, taken in once in its order, and written down', async () => {
  const { outage, send } = await node()
  await outage.look()
  expect(await send('before')).toEqual(['before'])
  database.away = true
  expect(await send('a')).toEqual(['a'])
  const [made] = await send(undefined)
  expect(made).toMatch(/^evt_/)
  await send('a', { action: 'resolve' })
  await outage.look()
  expect(outage.holds()).toBe(true)
  database.away = false
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
  expect((await database.world.events('spool.read')).map(({ data }) => data)).toMatchObject([{ signals: 3 }, { signals: 1 }])
  await send('c')
  expect(await alertRows('c')).toHaveLength(1)
})

test('a node that dies after taking it in and before its file is gone takes nothing in twice', async () => {
  const { send, spool } = await node()
  database.away = true
  await send('once a')
  await send('once b')
  await spool.close()
  database.away = false
  const dying = openSpool(folderOnDisk(database.folder), () => database.engine.newId('evt'))
  await expect(
    dying.drain(async (piece) => {
      await database.engine.transact(system('test'), (context) => takeFromSpool(context, piece))
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
  database.away = 'silent'
  expect(await send('into silence')).toEqual(['into silence'])
  expect(outage.holds()).toBe(true)
})

test('what was committed and never said so is not taken in from the file: what is over stays over', async () => {
  const { outage, send } = await node({ deadlineMs: 1500 })
  database.away = 'answers late'
  await send('kept twice')
  await send('only in the file')
  expect(outage.holds()).toBe(true)
  database.away = false
  const elsewhere = createIntake(database.world.engine)
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
  database.away = 'does it late'
  await send('wakes up')
  database.away = false
  await outage.look()
  await readAll()
  const before = await alertRows('wakes up')
  expect(before).toEqual([{ title: 'wakes up', state: 'triggered', count: 1 }])
  expect(database.late).toHaveLength(1)
  await expect(database.late[0]!()).rejects.toThrow('it was taken in from the file of a node')
  await readAll()
  expect(await alertRows('wakes up')).toEqual(before)
})

test('a request that is wrong hears so also while it is away', async () => {
  const { intake } = await node()
  const integration = (await intake.find(key))!
  database.away = true
  await expect(intake.keepRefused(integration, 400, 'no alert in it', { path: '', body: new Uint8Array() })).resolves.toBeUndefined()
})

test('without a place to keep it, a sender hears that the database is away', async () => {
  const intake = createIntake(database.engine)
  const integration = (await intake.find(key))!
  database.away = true
  await expect(intake.accept(integration, [{ action: 'trigger', title: 'a', severity: 'error', labels: {} }])).rejects.toThrow(
    'ECONNREFUSED',
  )
})

test('a node that has never read which keys there are says so', async () => {
  database.away = true
  const { intake } = await node({ file: left(undefined) })
  await expect(intake.find(key)).rejects.toThrow(/never read which keys there are/)
  database.away = false
  expect((await intake.find(key))?.kind).toBe('alertmanager')
})

// What a node's file holds and can never be taken in is set aside and told of, and costs nothing that stands behind it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { system, type UserId } from '#kernel/actor.ts'
import { sql } from '#kernel/sql.ts'
import { addIntegration, type IntegrationId, type SpoolLine } from '#domains/alerts/index.ts'
import { silentLog } from '#platform/log.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { createBacklogReader } from '../backlog.ts'
import { catalogue } from '../wiring.ts'
import { folderOnDisk } from './folder.ts'
import { createOutage } from './outage.ts'
import { openSpool } from './spool.ts'

let world: World
let integration: IntegrationId
let folder: string
beforeAll(async () => {
  world = await createWorld(catalogue)
  await world.person('root', 'administrator')
  const made = await world.engine.run(system('test'), addIntegration, { name: 'Sender', kind: 'alertmanager', key: 'a-key-of-a-sender-01' })
  integration = (made as { id: IntegrationId }).id
})
afterAll(() => world.close())
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tocsin-aside-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const line = (title: string, id = integration): SpoolLine => ({
  kind: 'signals',
  at: world.clock.now(),
  integration: { id, serviceId: null, teamId: null },
  signals: [{ action: 'trigger', dedupKey: title, title, severity: 'critical', labels: {} }],
})
const spoolHere = () => openSpool(folderOnDisk(folder), () => world.engine.newId('evt'))
const nodeWith = (spool = spoolHere()) =>
  createOutage({ engine: world.engine, spool, channels: new Map(), settings: () => undefined, log: silentLog() })
/** An earlier process has left these. */
async function left(...lines: SpoolLine[]): Promise<string> {
  const spool = spoolHere()
  for (const one of lines) await spool.append([one])
  await spool.close()
  return readdirSync(folder)[0]!
}
const readAll = async () => {
  await createBacklogReader(world.engine, silentLog()).readAll()
  await world.settle()
}
const open = async (...titles: string[]) =>
  (
    await world.read((scope) =>
      scope.query<{ title: string; count: number }>(
        sql`select title, count from alerts where title = any(${titles}::text[]) order by title`,
      ),
    )
  ).map(({ title, count }) => `${title} ${count}`)
const refused = () =>
  world.read((scope) =>
    scope.query<{ reason: string; body: string }>(sql`select reason, body from refused_requests order by id desc limit 1`),
  )
const told = async (file: string) =>
  (await world.read((scope) => scope.query(sql`select key from processes where name = 'notifications.reach' and key like ${`%${file}%`}`)))
    .length
const setAside = async (file: string) =>
  (await world.events('spool.set-aside')).flatMap(({ data }) => ((data as { file: string }).file === file ? [data] : []))

test('a damaged line: its owner sees what is left of it, those who administer are told, and what stands behind it is taken in', async () => {
  const file = await left(line('before'), line('in the middle'), line('behind'))
  const path = join(folder, file)
  writeFileSync(path, readFileSync(path, 'utf8').replace('in the middle', 'in the muddle'))
  const { look, holds } = nodeWith()
  await look()
  expect(holds()).toBe(false)
  await readAll()
  expect(await open('before', 'in the middle', 'in the muddle', 'behind')).toEqual(['before 1', 'behind 1'])
  expect(await refused()).toMatchObject([
    {
      reason: 'It was kept in a file of a node, and could not be taken in: it was damaged on the disk',
      body: expect.stringContaining('in the muddle'),
    },
  ])
  expect(await setAside(file)).toEqual([{ file, lines: 1, reason: 'it was damaged on the disk' }])
  expect(await told(file)).toBe(1)
  expect(readdirSync(folder)).toEqual([`${file}.aside`])
})

test('a line that can never be taken in is tried five times, then set aside; what comes meanwhile waits behind it, and no longer', async () => {
  // Nothing that is written today: nobody can have been told of no alert.
  const poison: SpoolLine = {
    kind: 'told',
    at: world.clock.now(),
    userId: world.engine.newId('usr') as UserId,
    integrationId: integration,
    alerts: 0,
  }
  const file = await left(line('ahead of it'), poison, line('after it'))
  const { look, holds } = nodeWith()
  for (let n = 1; n < 5; n++) {
    await look()
    expect(holds()).toBe(true)
  }
  await readAll()
  expect(await open('ahead of it', 'after it')).toEqual(['ahead of it 1'])
  await look()
  expect(holds()).toBe(false)
  await readAll()
  expect(await open('ahead of it', 'after it')).toEqual(['after it 1', 'ahead of it 1'])
  expect(await setAside(file)).toMatchObject([{ file, lines: 1 }])
  expect(await refused()).toMatchObject([{ body: JSON.stringify(poison) }])
  expect(await told(file)).toBe(1)
  expect(readdirSync(folder)).toEqual([`${file}.aside`])
})

test('what came through an integration that the database does not know, for an older copy of it was restored', async () => {
  const file = await left(line('of nobody', world.engine.newId('int')), line('of somebody'))
  const { look, holds } = nodeWith()
  await look()
  expect(holds()).toBe(false)
  await readAll()
  expect(await open('of nobody', 'of somebody')).toEqual(['of somebody 1'])
  expect(await setAside(file)).toEqual([{ file, lines: 1, reason: 'the database knows no such integration' }])
  expect(readFileSync(join(folder, `${file}.aside`), 'utf8')).toContain('of nobody')
})

test('a node that dies before it sets the file aside tells of it once', async () => {
  const file = await left(line('first of two'), line('second of two'))
  const path = join(folder, file)
  writeFileSync(path, readFileSync(path, 'utf8').replace('first of two', 'worst of two'))
  const spool = spoolHere()
  const dying = nodeWith({
    ...spool,
    drain: (read) => spool.drain(async (piece) => (await read(piece), Promise.reject(new Error('died')))),
  })
  await dying.look()
  await nodeWith().look()
  await readAll()
  expect(await open('second of two')).toEqual(['second of two 1'])
  expect(await setAside(file)).toHaveLength(1)
  expect(readdirSync(folder)).toEqual([`${file}.aside`])
})

// A restored copy pages nobody until an administrator says go: then what fell due meanwhile goes out, once.
import { Readable, Writable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { system } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { catalogue } from '#app/wiring.ts'
import { migrationsFolder } from '#app/node.ts'
import { ingest, type IntegrationId } from '#domains/alerts/index.ts'
import { listIntegrations } from '#domains/alerts/integrations.ts'
import { findUser, rightsOfUser } from '#domains/directory/index.ts'
import { whoAmI } from '#domains/directory/sign-in.ts'
import { loadBackup } from '#platform/backup/load.ts'
import { openBackup } from '#platform/backup/read.ts'
import { writeBackup } from '#platform/backup/write.ts'
import { readMigrations } from '#platform/database/migrate.ts'
import { readQuiet } from '#platform/installation/quiet.ts'
import { pagingWorld } from './world/oncall.ts'
import { people, type People } from './world/people.ts'
import { createWorld, type World } from './world/world.ts'

const migrations = readMigrations(migrationsFolder)
type Shown = { quiet: object | null; due: { total: number; counts: object[]; items: { at: string; name: string; sentence: string }[] } }

let copy: World
afterEach(() => copy.close())

const levels = [
  { who: ['ana'], delaySeconds: 300 },
  { who: ['ben'], delaySeconds: 300 },
]

/** Ana is paged at 14:00; the back-up is made, and restored elsewhere at 16:00. */
async function restoredCopy(): Promise<{ outside: People; ask: <T>(handle: string, http: string) => Promise<T> }> {
  const world = await pagingWorld(levels, { repeat: 0 })
  await world.alert('Error rate 12 %')
  world.phoneOf('ana').gets(/Error rate/)
  const chunks: Buffer[] = []
  const sink = new Writable({ write: (chunk: Buffer, _, done) => (chunks.push(chunk), done()) })
  await writeBackup(world.engine.database, migrations, { version: '0.1.0', now: world.clock.now() }, sink)
  await world.close()
  const outside = people()
  copy = await createWorld(catalogue, { channels: outside.channels, seed: 2, at: '2026-11-23T16:00:00Z' })
  const backup = await openBackup(Readable.from(chunks))
  await loadBackup(copy.engine.database, backup, { migrations, replace: false, now: copy.clock.now() })
  const actor = (handle: string) =>
    copy.read(async (scope) => {
      const { id } = (await findUser(scope, handle))!
      return { kind: 'user' as const, userId: id, sessionId: 'none', rights: (await rightsOfUser(scope, id))! }
    })
  const ask = async <T>(handle: string, http: string): Promise<T> =>
    (await copy.engine.execute(
      await actor(handle),
      catalogue.operations.find((one) => one.http === http)!,
      {},
    )) as T
  return { outside, ask }
}

test('an overdue escalation waits, is listed, and goes out exactly once after go', async () => {
  const { outside, ask } = await restoredCopy()
  await copy.pass('1 h')
  expect(outside.got).toEqual([])

  const shown = await ask<Shown>('root', 'GET /installation')
  expect(shown.quiet).toEqual({ since: '2026-11-23T16:00:00.000Z', backupAt: '2026-11-23T14:00:00.000Z', backupVersion: '0.1.0' })
  expect(shown.due.items[0]).toEqual({
    at: '2026-11-23T14:05:00.000Z',
    kind: 'process',
    name: 'oncall.page',
    sentence: 'Critical: Error rate 12 %: Ana is paged, level 1: it is the first level; then Ben after 5 min',
  })
  expect(shown.due.counts).toContainEqual({ kind: 'process', name: 'oncall.page', count: 1 })

  expect(await ask('root', 'POST /installation/go')).toEqual({ due: shown.due.total })
  await copy.settle()
  outside.phoneOf('ben').gets(/Error rate 12 %/)
  await copy.settle()
  outside.phoneOf('ben').gotNothingMore()
  outside.phoneOf('ana').gotNothingMore()
  const [said] = await copy.events('installation.said-go')
  expect((await copy.engine.transact(system('test'), ({ scope, describe }) => describe(scope, [said!])))[0]!.sentence).toBe(
    `Root said go: this copy, restored Mon 23 Nov, 16:00 UTC from the back-up of Mon 23 Nov, 14:00 UTC, pages again; 1 thing was due`,
  )
  expect(await copy.engine.database.transaction(readQuiet)).toBeUndefined()
  await expect(ask('root', 'POST /installation/go')).rejects.toThrow('This installation is not quiet')
})

test('alerts are stored meanwhile, everybody is told why nobody is paged, and only an administrator ends it', async () => {
  const { outside, ask } = await restoredCopy()
  const { items } = await ask<{ items: { id: IntegrationId }[] }>('root', listIntegrations.http)
  const signal: Signal = { action: 'trigger', dedupKey: 'two', title: 'Disk full', severity: 'critical', labels: {}, service: 'checkout' }
  await copy.engine.transact(system('test'), (context) =>
    ingest(context, [{ integration: { id: items[0]!.id, serviceId: null, teamId: null }, signals: [signal] }]),
  )
  await copy.pass('10 min')
  expect(outside.got).toEqual([])
  const alerts = await ask<{ items: { title: string }[] }>('ana', 'GET /alerts')
  expect(alerts.items.map(({ title }) => title)).toContain('Disk full')
  expect(await ask('ana', whoAmI.http)).toMatchObject({
    quiet: { since: '2026-11-23T16:00:00.000Z', backupAt: '2026-11-23T14:00:00.000Z' },
  })
  await expect(ask('ana', 'GET /installation')).rejects.toThrow('This needs the permission platform:configure')
  await expect(ask('ana', 'POST /installation/go')).rejects.toThrow('This needs the permission platform:configure')
  const { due } = await ask<Shown>('root', 'GET /installation')
  expect(due.items.map(({ sentence }) => sentence)).toContainEqual(expect.stringMatching(/^What follows from this: .*Disk full/))
})

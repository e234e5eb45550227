// The sample organisation of `npm run demo`: its configuration is a whole one, and its last hours end as the demo promises.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import { readFolder } from '#app/cli/files.ts'
import { playToNow } from '#app/demo/now.ts'
import { setUp } from '#app/demo/seed.ts'
import { createStage, type Stage } from '#app/demo/stage.ts'
import { catalogue } from '#app/wiring.ts'
import { check } from '#platform/configuration/check.ts'
import { readConfig } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import { freshDatabase } from './world/database.ts'

const end = instant('2026-11-23T13:41:00Z')
let folder: string
let database: Database
let stage: Stage
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-fernhill-'))
  database = await freshDatabase()
  stage = createStage(readConfig({ TOCSIN_DATA_DIR: folder }), database, instant('2026-11-23T08:00:00Z'), 1)
  await setUp(stage, 'a long sentence is best')
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

test('the files are right without a server', () => {
  expect(check(readFolder(new URL('../src/app/demo/fernhill', import.meta.url).pathname), catalogue.resources).faults).toEqual([])
})

test('an export of every kind there is, applied again with pruning, changes nothing', async () => {
  const { files } = await stage.ask<{ files: { path: string; text: string }[] }>('mara', 'configuration.export', {})
  expect([...new Set(files.map(({ path }) => path.split('/')[0]!))].sort((a, b) => a.localeCompare(b))).toEqual(
    catalogue.resources.map(({ kind }) => kind).sort((a, b) => a.localeCompare(b)),
  )
  expect(check(files, catalogue.resources).faults).toEqual([])
  expect(await stage.ask('mara', 'configuration.apply', { files, prune: true })).toMatchObject({
    counts: { added: 0, changed: 0, removed: 0, unchanged: files.length },
  })
})

test('applying nothing but the people removes whatever is removable, and applying the export brings it back', async () => {
  const exported = async () => (await stage.ask<{ files: { path: string; text: string }[] }>('mara', 'configuration.export', {})).files
  const files = await exported()
  const stays = catalogue.resources.filter(({ kind, remove }) => remove === undefined || kind === 'user').map(({ kind }) => kind)
  const isLeft = ({ path }: { path: string }) => stays.includes(path.split('/')[0]!)
  const removed = await stage.ask('mara', 'configuration.apply', { files: files.filter(isLeft), prune: true })
  expect(removed).toMatchObject({ counts: { added: 0, changed: 0, removed: files.filter((file) => !isLeft(file)).length } })
  expect((await exported()).map(({ path }) => path)).toEqual(files.filter(isLeft).map(({ path }) => path))
  await stage.ask('mara', 'configuration.apply', { files })
  expect(await exported()).toEqual(files)
})

test('at the end two incidents are open, a rollback asks whether it helped, and a page waits for Mara', async () => {
  await playToNow(stage, end)
  const { items } = await stage.ask<{ items: { title: string; severity: string; state: { id: string } }[] }>('mara', 'incidents.list', {
    open: true,
  })
  expect(items.map(({ title, severity, state }) => [title, severity, state.id])).toEqual([
    ['Card payments fail at checkout in the EU', 'SEV1', 'fixing'],
    ['Label printer queue backs up', 'SEV3', 'monitoring'],
  ])
  const { items: runs } = await stage.ask<{ items: { phase: string; step: { id: string } }[] }>('mara', 'runbooks.listRuns', {})
  expect(runs).toMatchObject([{ phase: 'asking', step: { id: 'rate' } }])
  const { items: pages } = await stage.ask<{ items: { state: string; reason: string }[] }>('mara', 'oncall.listPages', { state: 'open' })
  expect(pages[0]).toMatchObject({ state: 'paging', reason: expect.stringContaining('Mara Lindqvist is paged, level 1') })
  expect(stage.mail.filter(({ to }) => to === 'mara@fernhill.example').at(-1)?.title).toContain('Catalogue search answers slowly')
  expect(stage.now()).toBe(end)
})

test('the record of all this is told in sentences that name everybody and everything', async () => {
  await stage.ask('mara', 'status.planMaintenance', {
    title: 'Search moves',
    text: 'Search may be slow.',
    startsAt: '2026-11-24T20:00:00Z',
    endsAt: '2026-11-24T21:00:00Z',
    components: ['search'],
  })
  const { items } = await stage.ask<{ items: { sentence: string; type: string }[] }>('mara', 'audit.list', { limit: 200 })
  // What was said of things before they were removed finds their names no more.
  const removal = items.findIndex(({ type }) => type === 'team.removed')
  const since = items.slice(0, removal + 1).map(({ sentence }) => sentence)
  expect([since[0], since[removal]]).toEqual(['Mara Lindqvist planned the work Search moves', 'Mara Lindqvist removed the team payments'])
  expect(since.filter((sentence) => /\b[a-z]{3}_[0-9a-z]{26}\b|undefined|\[object/.test(sentence))).toEqual([])
  expect(since).toContainEqual(expect.stringMatching(/^Anders Holm made an override of Search: Mara Lindqvist from 2026/))
})

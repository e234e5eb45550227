// Every list of the product, over the sample organisation: read in small pages it is what it is at once, and each filter leaves exactly those of the whole
// list that are so.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addSeconds, instant } from '#kernel/time.ts'
import { play } from '#app/demo/incidents.ts'
import { playToNow } from '#app/demo/now.ts'
import { setUp } from '#app/demo/seed.ts'
import { createStage, type Stage } from '#app/demo/stage.ts'
import { stories } from '#app/demo/stories.ts'
import { catalogue } from '#app/wiring.ts'
import { readConfig } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import { freshDatabase } from './world/database.ts'

type Item = Record<string, unknown>
type Filter = Record<string, unknown>
const begin = instant('2026-11-19T08:00:00Z')
const end = instant('2026-11-23T13:41:00Z')
let folder: string
let database: Database
let stage: Stage

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-lists-'))
  database = await freshDatabase()
  stage = createStage(readConfig({ TOCSIN_DATA_DIR: folder }), database, begin, 1)
  await setUp(stage, 'a long sentence is best')
  // One of each process, and one whose review is not published.
  const drafted = stories.find(({ review }) => review?.publishes === false)!
  const told = [stories[0]!, stories.find(({ begins }) => 'declares' in begins)!, drafted]
  for (const [day, story] of told.entries()) await play(stage, story, addSeconds(begin, day * 86_400 + 3600))
  await playToNow(stage, end)
  const save = catalogue.operations.find(({ name }) => name === 'runbooks.save')!
  await stage.ask('mara', save.name, { ...(save.examples[0] as object), team: 'payments' })
  await stage.ask('mara', 'runbooks.start', { runbook: 'say-hello' })
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

/** All items, `limit` a page. */
async function read(list: string, filter: Filter, limit: number, person: string): Promise<Item[]> {
  const all: Item[] = []
  let cursor: string | undefined
  do {
    const input = { ...filter, ...(paged.includes(list) ? { limit } : {}), ...(cursor === undefined ? {} : { cursor }) }
    const { items, nextCursor } = await stage.ask<{ items: Item[]; nextCursor?: string }>(person, list, input)
    all.push(...items)
    cursor = nextCursor
  } while (cursor !== undefined)
  return all
}

const shapeOf = (input: unknown) => (input as { shape?: Record<string, unknown> }).shape ?? {}
const paged = catalogue.operations.filter(({ input }) => 'cursor' in shapeOf(input)).map(({ name }) => name)
/** What a list has to be told beside its filters, and those that lead another way through the tables. */
const alsoBy: Record<string, Filter[]> = {
  'incidents.timeline': [{ incident: '1' }],
  'alerts.list': [{}, { state: 'open' }, { state: 'resolved' }],
  'alerts.listGroups': [{}, { state: 'resolved' }],
}

describe('in small pages and at once it is the same, also for who is no administrator:', () => {
  test.each(paged.flatMap((list) => (alsoBy[list] ?? [{}]).map((filter) => [list, filter] as const)))('%s %o', async (list, filter) => {
    for (const person of list === 'audit.list' ? ['mara'] : ['mara', 'ines']) {
      const whole = await read(list, filter, 200, person)
      expect(await read(list, filter, whole.length > 50 ? 7 : 1, person)).toEqual(whole)
      expect(whole.length).toBeGreaterThan(person === 'mara' ? 0 : -1)
    }
  })
})

const at = (item: Item, path: string): unknown => path.split('.').reduce<unknown>((value, name) => (value as Item | null)?.[name], item)

describe('a filter leaves those that are so:', () => {
  test.each<[list: string, filter: Filter, path: string, is: unknown[] | 'something']>([
    ['alerts.list', { severity: 'critical' }, 'severity', ['critical']],
    ['alerts.list', { state: 'suppressed' }, 'state', ['suppressed']],
    ['alerts.listGroups', { state: 'acknowledged' }, 'state', ['acknowledged']],
    ['incidents.list', { open: true }, 'state.kind', ['open']],
    ['incidents.list', { open: false }, 'state.kind', ['resolved', 'closed', 'cancelled']],
    ['incidents.list', { kind: 'open' }, 'state.kind', ['open']],
    ['incidents.list', { state: 'fixing' }, 'state.id', ['fixing']],
    ['incidents.list', { type: 'itil' }, 'type', ['itil']],
    ['incidents.list', { severity: 'SEV1' }, 'severity', ['SEV1']],
    ['oncall.listPages', { state: 'open' }, 'state', ['paging', 'acknowledged', 'exhausted']],
    ['oncall.listPages', { state: 'ended' }, 'state', ['ended']],
    ['runbooks.listRuns', { open: 'true' }, 'endedAt', [null]],
    ['reviews.list', { state: 'draft' }, 'publishedAt', [null]],
    ['reviews.list', { state: 'published' }, 'publishedAt', 'something'],
    ['reviews.listActionItems', { state: 'open' }, 'doneAt', [null]],
    ['reviews.listActionItems', { state: 'done' }, 'doneAt', 'something'],
  ])('%s %o', async (list, filter, path, is) => {
    const isSo = (value: unknown) => (is === 'something' ? value !== null : is.includes(value))
    const those = (await read(list, {}, 200, 'mara')).filter((item) => isSo(at(item, path)))
    expect(those.length).toBeGreaterThan(0)
    expect(await read(list, filter, 200, 'mara')).toEqual(those)
  })

  test('runbooks of a team', async () => {
    const those = (await read('runbooks.listRunbooks', {}, 200, 'mara')).filter(({ team }) => team !== null)
    expect(those).toMatchObject([{ slug: 'say-hello' }])
    expect(await read('runbooks.listRunbooks', { team: 'payments' }, 200, 'mara')).toEqual(those)
  })

  test('incidents of a team', async () => {
    const team = (await read('directory.listTeams', {}, 200, 'mara')).find(({ slug }) => slug === 'payments')!
    const those = (await read('incidents.list', {}, 200, 'mara')).filter(({ teamId }) => teamId === team['id'])
    expect(those.length).toBeGreaterThan(0)
    expect(await read('incidents.list', { team: 'payments' }, 200, 'mara')).toEqual(those)
  })

  test('pages and runs of an incident', async () => {
    const [{ id: incident, number }] = (await read('incidents.list', {}, 200, 'mara')) as [Item]
    const { id } = await stage.ask<Item>('mara', 'oncall.startPage', { users: ['ines'], title: 'Help with card payments', incident })
    expect((await read('oncall.listPages', { incident }, 200, 'mara')).map((one) => one['id'])).toEqual([id])
    const [byItself, ofIncident] = await read('runbooks.listRuns', {}, 200, 'mara')
    expect(ofIncident).toMatchObject({ incident: { id: incident } })
    expect(await read('runbooks.listRuns', { incident: String(number) }, 200, 'mara')).toEqual([ofIncident])
    expect(await read('runbooks.listRuns', { runbook: 'say-hello' }, 200, 'mara')).toEqual([byItself])
  })

  test('pages of an alert group, and those that told me', async () => {
    const all = await read('oncall.listPages', {}, 200, 'mara')
    const groupId = all.find((one) => one['groupId'] !== null)!['groupId']
    expect(await read('oncall.listPages', { group: groupId }, 200, 'mara')).toEqual(all.filter((one) => one['groupId'] === groupId))
    const told: Item[] = []
    for (const one of all) {
      const { people } = await stage.ask<{ people: { person: { handle: string } }[] }>('mara', 'oncall.getPage', { pageId: one['id'] })
      if (people.some(({ person }) => person.handle === 'mara')) told.push(one)
    }
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThan(all.length)
    expect(await read('oncall.listPages', { mine: 'true' }, 200, 'mara')).toEqual(told)
  })
})

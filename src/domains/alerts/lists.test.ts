// The pages of the alert list: the same alerts whichever way they are found, and none that another team keeps to itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#kernel/actor.ts'
import { system } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { catalogueOf } from '#kernel/slice.ts'
import type { Scope } from '#kernel/scope.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { acknowledgeAlert, countAlerts, listAlerts, listGroups } from './groups.ts'
import { alerts } from './index.ts'
import { ingest } from './ingest.ts'
import { addIntegration } from './integrations.ts'
import { allKeys } from './integration-store.ts'
import { countOpen, listAlerts as readAlerts, listGroups as readGroups } from './list-store.ts'
import { writeTexts } from './reactions.ts'

let world: World
let admin: Actor
let outsider: Actor
let integration: { id: `int_${string}`; serviceId: string | null; teamId: string | null }

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts]))
  admin = await world.person('ada', 'administrator')
  outsider = await world.person('otto')
  await world.do(admin, addTeam, { slug: 'fraud', name: 'Fraud', membersOnly: true })
  await world.do(admin, addService, { slug: 'checkout', name: 'Checkout' })
  await world.do(admin, addService, { slug: 'scoring', name: 'Scoring', team: 'fraud' })
  await world.do(admin, addIntegration, { name: 'Prometheus', kind: 'alertmanager' })
  integration = (await world.read(allKeys))[0]!
  await fire(
    signal('disk', { title: 'Disk 100% full', severity: 'critical', service: 'checkout' }),
    signal('under_score', { title: 'Überlauf in QUEUE' }),
    signal('score', { title: 'Scoring is slow', service: 'scoring', severity: 'error' }),
    signal('over', { title: 'It is over' }),
  )
  await fire(signal('over', { action: 'resolve', title: 'It is over' }))
})
afterAll(() => world.close())

const signal = (dedupKey: string, change: Partial<Signal> = {}): Signal => ({
  action: 'trigger',
  dedupKey,
  title: dedupKey,
  severity: 'warning',
  labels: { alertname: dedupKey },
  ...change,
})
const fire = (...signals: Signal[]) => world.engine.transact(system('test'), (context) => ingest(context, [{ integration, signals }]))
const found = async (filter: Record<string, unknown>, actor = admin) =>
  (await world.do(actor, listAlerts, filter)).items.map(({ dedupKey }) => dedupKey).sort()

test.each<[string, Record<string, unknown>, string[]]>([
  ['open', { state: 'open' }, ['disk', 'score', 'under_score']],
  ['any state', {}, ['disk', 'over', 'score', 'under_score']],
  ['resolved', { state: 'resolved' }, ['over']],
  ['acknowledged, when none is', { state: 'acknowledged' }, []],
  ['a severity', { severity: 'critical' }, ['disk']],
  ['the one severity with an index of its own, of what is open', { severity: 'critical', state: 'open' }, ['disk']],
  ['that severity, of what is over', { severity: 'critical', state: 'resolved' }, []],
  ['that severity, set apart', { severity: 'critical', state: 'suppressed' }, []],
  ['a service', { service: 'checkout' }, ['disk']],
  ['a service that there is not', { service: 'nothing' }, []],
  ['a team', { team: 'fraud' }, ['score']],
  ['a service and a severity that it has not', { service: 'checkout', severity: 'error' }, []],
  ['a text of the title, in other capitals', { text: 'sCORing' }, ['score']],
  ['a text of the key', { text: 'under_s' }, ['under_score']],
  ['a text with a sign that means something to SQL', { text: '0% f' }, ['disk']],
  ['a text with that sign, which none has', { text: '0%full' }, []],
  ['a text with a line below', { text: 'r_s' }, ['under_score']],
  ['a text with a line slanting back', { text: String.raw`full\ ` }, []],
  ['a text and a state', { text: 'is', state: 'resolved' }, ['over']],
])('%s', async (_, filter, expected) => expect(await found(filter)).toEqual(expected))

test('what a team keeps to itself is in nobody else’s list, search or count', async () => {
  expect(await found({}, outsider)).not.toContain('score')
  expect(await found({ text: 'scoring' }, outsider)).toEqual([])
  expect(await found({ team: 'fraud' }, outsider)).toEqual([])
  expect([await world.do(admin, countAlerts, {}), await world.do(outsider, countAlerts, {})]).toMatchObject([{ open: 3 }, { open: 2 }])
})

test('groups are found by what became of them', async () => {
  const titles = async (state?: 'open' | 'triggered' | 'acknowledged' | 'resolved') =>
    (await world.do(admin, listGroups, { state })).items.map(({ title }) => title).sort()
  const [disk] = (await world.do(admin, listAlerts, { severity: 'critical' })).items
  await world.do(admin, acknowledgeAlert, { alertId: disk!.id })
  const others = ['Scoring is slow', 'Überlauf in QUEUE']
  expect([await titles(), await titles('open'), await titles('triggered'), await titles('acknowledged'), await titles('resolved')]).toEqual(
    [['Disk 100% full', 'It is over', ...others], ['Disk 100% full', ...others], others, ['Disk 100% full'], ['It is over']],
  )
})

describe('a text', () => {
  test('is that of the newest title', async () => {
    await fire(signal('moving', { title: 'Queue is long' }))
    await fire(signal('moving', { title: 'Queue is endless' }))
    expect([await found({ text: 'is long' }), await found({ text: 'endless' })]).toEqual([[], ['moving']])
  })

  test('is found behind a thousand newer alerts, page by page and in order', async () => {
    await fire(...Array.from({ length: 3 }, (_, n) => signal(`needle ${n}`)))
    for (let n = 0; n < 3; n++) await fire(...Array.from({ length: 400 }, (_, m) => signal(`hay ${n} ${m}`)))
    await fire(signal('needle 3'))
    const first = await world.do(admin, listAlerts, { text: 'needle', limit: 2 })
    const second = await world.do(admin, listAlerts, { text: 'needle', limit: 2, cursor: first.nextCursor })
    expect([...first.items, ...second.items].map(({ dedupKey }) => dedupKey)).toEqual(['needle 3', 'needle 2', 'needle 1', 'needle 0'])
    expect(second.nextCursor).toBeUndefined()
  })

  test('of an alert that a node of the version before took in is found within the hour', async () => {
    await fire(signal('from before'))
    await world.engine.database.transaction((tx) => tx.query(sql`delete from alert_texts where text like '%from before%'`))
    await world.engine.transact(system('test'), (context) => writeTexts.run(context))
    expect(await found({ text: 'from before' })).toEqual(['from before'])
  })
})

describe('in a storm, before the database has counted what came', () => {
  const before = 10_000
  const add = (from: number, to: number) =>
    world.engine.database.transaction((tx) =>
      tx.query(sql`insert into alerts (id, integration_id, dedup_key, state, severity, title, body, labels, links, images, count, reason, trace, started_at, first_at, last_at)
        select 'alt_copy' || n, integration_id, 'copy ' || n, 'triggered', severity, title, body, labels, links, images, 1, reason, trace, started_at, first_at, last_at
        from (select * from alerts where dedup_key = 'disk') as disk, generate_series(${from}::int, ${to}::int) as n`),
    )

  test('what is open is counted no further than anybody needs to know', async () => {
    const { open, ...rest } = await world.do(admin, countAlerts, {})
    expect(rest).toMatchObject({ more: false })
    await add(1, before - open)
    expect(await world.do(admin, countAlerts, {})).toEqual({ open: 10_000, unowned: 9_999, more: false })
    await add(before - open + 1, before - open + 5)
    expect(await world.do(admin, countAlerts, {})).toMatchObject({ open: 10_000, more: true })
  })

  test.each<[string, (scope: Scope) => Promise<unknown>]>([
    ['alerts', (scope) => readAlerts(scope, { limit: 51 })],
    ['open alerts', (scope) => readAlerts(scope, { state: 'open', limit: 51 })],
    ['open alerts of a severity', (scope) => readAlerts(scope, { state: 'open', severity: 'error', limit: 51 })],
    ['what is over', (scope) => readAlerts(scope, { state: 'resolved', limit: 51 })],
    ['alerts of a service', (scope) => readAlerts(scope, { state: 'open', service: 'checkout', limit: 51 })],
    ['alerts of a team', (scope) => readAlerts(scope, { state: 'open', team: 'fraud', limit: 51 })],
    ['alerts with a text', (scope) => readAlerts(scope, { text: 'nothing', limit: 51 })],
    ['the number of open alerts', (scope) => countOpen(scope)],
    ['groups that somebody has', (scope) => readGroups(scope, { state: 'acknowledged', limit: 51 })],
    ['groups that page', (scope) => readGroups(scope, { state: 'triggered', pages: true, limit: 51 })],
    ['open groups', (scope) => readGroups(scope, { state: 'open', limit: 51 })],
  ])('%s are walked in their order and not sorted', async (_, list) => {
    const plans = await plansOf(list)
    expect(plans.length).toBeGreaterThan(0)
    expect(plans.join('\n')).not.toMatch(/Seq Scan on (alerts|alert_groups)\b/)
  })

  /** How the database would answer what is asked of it. */
  async function plansOf(list: (scope: Scope) => Promise<unknown>): Promise<string[]> {
    const plans: string[] = []
    const explained = async ({ scope }: { scope: Scope }) => {
      const query = async <Row>(statement: Sql): Promise<Row[]> => {
        if (!/\bfrom\b/.test(statement.text)) return scope.query<Row>(statement)
        const plan = await scope.query<{ 'QUERY PLAN': string }>(sql`explain ${statement}`)
        plans.push(plan.map((line) => line['QUERY PLAN']).join('\n'))
        return []
      }
      await list({ ...scope, query, first: async (statement) => (await query<never>(statement))[0] }).catch(() => undefined)
    }
    await world.engine.transact(admin, explained, { looksThrough: true })
    return plans
  }
})

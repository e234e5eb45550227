// Marks only make an inhibition fast: what is held back is the same before all open alerts are marked and after it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { system, type Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import type { Signal } from '#kernel/signal.ts'
import { sql } from '#kernel/sql.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from '#domains/directory/index.ts'
import { listAlerts } from './groups.ts'
import { alerts } from './index.ts'
import { ingest, type Batch } from './ingest.ts'
import { allKeys } from './integration-store.ts'
import { addIntegration } from './integrations.ts'
import { noticeRules, openAfter, readMarks, saveMarks } from './mark-store.ts'
import { inhibitionResource } from './resources.ts'

let world: World
let admin: Actor
let integration: Batch['integration']
let count = 0

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts]))
  admin = await world.person('ada', 'administrator')
  await world.do(admin, addIntegration, { name: 'Monitor', kind: 'pagerduty' })
  integration = (await world.read(allKeys))[0]!
  await world.worker.start()
  await world.worker.stop()
})
afterAll(() => world.close())
beforeEach(() => void count++)

const signal = (change: Partial<Signal> = {}): Signal => ({
  action: 'trigger',
  dedupKey: `key-${count}`,
  title: `Alert ${count}`,
  severity: 'warning',
  labels: { source: `host-${count}` },
  ...change,
})
const fire = async (...signals: Signal[]) => {
  await world.engine.transact(system('test'), (context) => ingest(context, [{ integration, signals }]))
  await world.settle()
}
const stateOf = async (dedupKey = `key-${count}`) =>
  (await world.do(admin, listAlerts, { text: dedupKey, limit: 200 })).items.find((alert) => alert.dedupKey === dedupKey)?.state
const inhibit = (slug: string, spec: object) =>
  world.engine.transact(system('test'), (context) =>
    inhibitionResource.save(context, z.parse(inhibitionResource.schema, { slug, name: slug, ...spec }), undefined),
  )
/** By key: what open alerts are marked as. */
const marks = async () =>
  Object.fromEntries(
    (
      await world.read((scope) =>
        scope.query<{ key: string; is: boolean | null }>(
          sql`select dedup_key as key, may_inhibit as is from alerts where state <> 'resolved' and dedup_key like ${`%-${count}`}`,
        ),
      )
    ).map(({ key, is }) => [key, is]),
  )
const critical = { source: 'severity="critical"', target: 'severity="warning"', equal: ['source'] }

test('what was open before there was a rule holds back at once, and when all is marked', async () => {
  await fire(signal({ dedupKey: `cause-${count}`, severity: 'critical' }), signal({ dedupKey: `other-${count}`, severity: 'error' }))
  expect(await marks()).toEqual({ [`cause-${count}`]: false, [`other-${count}`]: false })
  await inhibit('critical', critical)
  await fire(signal())
  expect(await stateOf()).toBe('suppressed')
  expect((await marks())[`key-${count}`]).toBeNull()
  await world.pass('1 min')
  expect(await marks()).toEqual({ [`cause-${count}`]: true, [`other-${count}`]: false, [`key-${count}`]: false })
  await fire(signal({ dedupKey: `later-${count}` }), signal({ dedupKey: `cause2-${count}`, severity: 'critical' }))
  expect(await stateOf(`later-${count}`)).toBe('suppressed')
  expect(await marks()).toMatchObject({ [`later-${count}`]: false, [`cause2-${count}`]: true })
})

test('one that gets worse is looked at again', async () => {
  await inhibit('critical', critical)
  await world.pass('1 min')
  await fire(signal({ dedupKey: `cause-${count}`, severity: 'error' }))
  expect(await marks()).toEqual({ [`cause-${count}`]: false })
  await fire(signal({ dedupKey: `cause-${count}`, severity: 'critical' }))
  await fire(signal())
  expect(await stateOf()).toBe('suppressed')
})

test('a rule that changes is carried out at once, and all is marked by it then', async () => {
  await inhibit('critical', critical)
  await world.pass('1 min')
  await fire(signal({ dedupKey: `cause-${count}`, severity: 'error' }))
  await inhibit('critical', { ...critical, source: 'severity="error"' })
  await fire(signal())
  expect(await stateOf()).toBe('suppressed')
  await world.pass('1 min')
  expect(await marks()).toEqual({ [`cause-${count}`]: true, [`key-${count}`]: false })
  await fire(signal({ dedupKey: `later-${count}` }))
  expect(await stateOf(`later-${count}`)).toBe('suppressed')
})

test('what may be called otherwise tomorrow decides no mark', async () => {
  await inhibit('critical', { ...critical, source: 'severity="critical", integration="Monitor"' })
  await fire(signal({ dedupKey: `cause-${count}`, severity: 'critical' }))
  await world.pass('1 min')
  expect(await marks()).toEqual({ [`cause-${count}`]: true })
  await fire(signal())
  expect(await stateOf()).toBe('suppressed')
})

test('of very many some are looked at, and the next time those behind them', async () => {
  await fire(signal({ dedupKey: `a-${count}` }), signal({ dedupKey: `b-${count}` }), signal({ dedupKey: `c-${count}` }))
  const keys = await world.read(async (scope) => {
    await noticeRules(scope, 'others')
    await saveMarks(scope, { integrationId: integration.id, dedupKey: `a-${count}` })
    const marks = (await readMarks(scope))!
    expect(marks).toMatchObject({ rules: 'others', markedAt: null })
    return (await openAfter(scope, marks, 1)).map(({ dedupKey }) => dedupKey)
  })
  expect(keys).toEqual([`b-${count}`])
})

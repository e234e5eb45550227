import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Actor } from '#kernel/actor.ts'
import { system } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import type { Signal } from '#kernel/signal.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds, instant } from '#kernel/time.ts'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { directory } from '#domains/directory/index.ts'
import { addService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import {
  acknowledgeAlert,
  acknowledgeGroup,
  getAlert,
  listAlerts,
  listGroups,
  resolveGroup,
  snoozeGroup,
  unacknowledgeGroup,
} from './groups.ts'
import { alerts } from './index.ts'
import { keep, readBacklog } from './backlog.ts'
import { ingest } from './ingest.ts'
import { addIntegration, getIntegration, removeIntegration } from './integrations.ts'
import { routeResource } from './resources.ts'
import { addSilence, endSilence } from './silences.ts'
import { allKeys, insertRefused, listRefused } from './integration-store.ts'

let world: World
let admin: Actor
let responder: Actor
let integration: { id: `int_${string}`; serviceId: string | null; teamId: string | null }
let count = 0

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts]))
  admin = await world.person('ada', 'administrator')
  responder = await world.person('rita')
  await world.do(admin, addService, { slug: 'checkout', name: 'Checkout', policy: 'payments' })
  await world.do(admin, addIntegration, { name: 'Prometheus', kind: 'alertmanager', service: 'checkout' })
  const [row] = await world.read(allKeys)
  integration = row!
})
afterAll(() => world.close())
beforeEach(() => void count++)

const signal = (change: Partial<Signal> = {}): Signal => ({
  action: 'trigger',
  dedupKey: `key-${count}`,
  title: `Error rate ${count}`,
  severity: 'critical',
  labels: { alertname: `Rate${count}` },
  ...change,
})
const fire = async (...signals: Signal[]) => {
  const [keys] = await world.engine.transact(system('test'), (context) => ingest(context, [{ integration, signals }]))
  await world.settle()
  return keys!
}
const alertsNow = async () =>
  (await world.do(admin, listAlerts, { limit: 200 })).items.filter((alert) => alert.title === `Error rate ${count}`)
const groupsNow = async () =>
  (await world.do(admin, listGroups, { limit: 200 })).items.filter((group) => group.title === `Error rate ${count}`)

describe('taking alerts in', () => {
  test('a new key opens an alert and a group that pages by the service’s policy, and says why', async () => {
    await fire(signal())
    const [alert] = await alertsNow()
    expect(alert).toMatchObject({
      state: 'triggered',
      service: 'checkout',
      count: 1,
      reason: "Pages by the policy 'payments'. No route matched; the default takes it.",
    })
    const { trace } = await world.do(admin, getAlert, { alertId: alert!.id })
    expect(trace.map((step) => step.rule)).toEqual(['New alert', 'Silences', 'Inhibition', "Route 'default'", 'Grouped', 'Paging'])
    expect((await world.events('group.opened')).at(-1)!.data).toMatchObject({ policy: 'payments', pages: true })
  })

  test('groups that page are found among those that page nobody', async () => {
    const [notice, paging] = [`for information ${count}`, `for somebody ${count}`]
    await fire(signal(), signal({ dedupKey: notice, title: notice, severity: 'info', labels: { alertname: notice } }))
    await fire(signal({ dedupKey: paging, title: paging, labels: { alertname: paging } }))
    const { items } = await world.do(admin, listGroups, { state: 'triggered', pages: true, limit: 2 })
    expect(items.map(({ title }) => title)).toEqual([paging, `Error rate ${count}`])
  })

  test('said again, it is counted and opens nothing; three times in one batch too', async () => {
    await fire(signal(), signal(), signal())
    await fire(signal())
    expect(await alertsNow()).toMatchObject([{ count: 4 }])
    expect(await groupsNow()).toHaveLength(1)
  })

  test('what cannot be decided about at once is kept, and decided about by itself in a moment', async () => {
    await world.engine.transact(system('test'), (context) => ingest(context, [{ integration, signals: [signal()] }], { decides: 'later' }))
    expect(await alertsNow()).toMatchObject([{ state: 'triggered', groupId: null, reason: 'Not decided yet.' }])
    await world.settle()
    expect(await alertsNow()).toMatchObject([{ groupId: expect.stringMatching(/^grp_/), reason: expect.stringMatching(/^Pages by/) }])
    expect(await groupsNow()).toMatchObject([{ alertCount: 1, openCount: 1 }])
  })

  test('one that can never be decided about costs those that came with it nothing', async () => {
    await world.engine.database.script(`create function refuse_it() returns trigger language plpgsql as $$ begin raise 'never'; end $$;
      create trigger refuse_it before insert on alert_groups for each row when (new.title = 'Undecidable') execute function refuse_it()`)
    const both = [signal({ dedupKey: `bad-${count}`, title: 'Undecidable', labels: { alertname: `Bad${count}` } }), signal()]
    await world.engine.transact(system('test'), (context) => ingest(context, [{ integration, signals: both }], { decides: 'later' }))
    await world.pass('1 min')
    await world.engine.database.script('drop trigger refuse_it on alert_groups; drop function refuse_it')
    expect(await alertsNow()).toMatchObject([{ groupId: expect.stringMatching(/^grp_/), reason: expect.stringMatching(/^Pages by/) }])
  })

  test('many at once join one group, which counts them all and is as bad as the worst of them', async () => {
    const many = Array.from({ length: 5 }, (_, index) =>
      signal({ dedupKey: `many-${count}-${index}`, severity: index === 3 ? 'critical' : 'warning' }),
    )
    await fire(...many)
    expect(await groupsNow()).toMatchObject([{ alertCount: 5, openCount: 5, severity: 'critical' }])
    await fire(signal({ dedupKey: `many-${count}-late` }))
    expect(await groupsNow()).toMatchObject([{ alertCount: 6, openCount: 6 }])
    const reasons = (await alertsNow()).map((alert) => alert.reason)
    expect(reasons.filter((reason) => reason.startsWith('Joined an open group.'))).toHaveLength(5)
    expect(reasons.filter((reason) => reason.startsWith("Pages by the policy 'payments'."))).toHaveLength(1)
  })

  test('labels of any length group: what came with such an alert pages too, and what is alike joins it', async () => {
    const long = randomBytes(3000).toString('base64')
    const alike = (n: number) => signal({ dedupKey: `long-${count}-${n}`, labels: { alertname: long } })
    await fire(alike(0), signal())
    await fire(alike(1), signal({ dedupKey: `other-${count}`, labels: { alertname: `${long.slice(0, -1)}!` } }))
    const counts = (await groupsNow()).map(({ alertCount }) => alertCount)
    expect(counts.sort((a, b) => a - b)).toEqual([1, 1, 2])
    const reasons = (await alertsNow()).map(({ reason }) => reason)
    expect(reasons.filter((reason) => reason.startsWith("Pages by the policy 'payments'."))).toHaveLength(3)
  })

  test('one that had run out is resolved, and the same key opens a new one in the same moment', async () => {
    await fire(signal({ endsAt: addSeconds(world.clock.now(), 1) }))
    await world.engine.transact(system('test'), (context) =>
      ingest({ ...context, now: addSeconds(context.now, 2) }, [{ integration, signals: [signal()] }]),
    )
    expect(new Set((await alertsNow()).map((alert) => alert.state))).toEqual(new Set(['resolved', 'triggered']))
  })

  test('resolved by its source, alert and group are resolved; the same key then opens a new one', async () => {
    await fire(signal())
    await fire(signal({ action: 'resolve' }))
    expect(await groupsNow()).toMatchObject([{ state: 'resolved' }])
    await fire(signal())
    expect(new Set((await alertsNow()).map((alert) => alert.state))).toEqual(new Set(['resolved', 'triggered']))
    expect(await groupsNow()).toHaveLength(2)
  })

  test('what is over says so, and not that somebody has it or that it pages', async () => {
    await fire(signal())
    const [group] = await groupsNow()
    await world.do(responder, acknowledgeGroup, { groupId: group!.id })
    expect(await alertsNow()).toMatchObject([{ state: 'acknowledged', reason: 'Acknowledged.' }])
    await fire(signal({ action: 'resolve' }))
    expect(await alertsNow()).toMatchObject([{ state: 'resolved', reason: 'Resolved by its source.' }])
    await fire(signal())
    const [again] = await groupsNow()
    await world.do(responder, acknowledgeGroup, { groupId: again!.id })
    await world.do(responder, unacknowledgeGroup, { groupId: again!.id })
    await fire(signal({ action: 'resolve' }))
    expect((await alertsNow())[0]).toMatchObject({ state: 'resolved', reason: 'Resolved by its source.' })
    // As a version before this one left it.
    const { id } = (await alertsNow())[0]!
    await world.read((scope) => scope.query(sql`update alerts set reason = 'Given back: pages again.' where id = ${id}`))
    expect((await alertsNow())[0]).toMatchObject({ reason: 'It is over. It had been acknowledged and given back.' })
  })

  test('triggered, resolved and triggered again in one batch leaves one open alert', async () => {
    await fire(signal(), signal({ action: 'resolve' }), signal())
    expect(new Set((await alertsNow()).map((alert) => alert.state))).toEqual(new Set(['resolved', 'triggered']))
  })

  test('a resolve of an unknown key changes nothing and still answers its key', async () => {
    expect(await fire(signal({ action: 'resolve' }))).toEqual([`key-${count}`])
    expect(await alertsNow()).toEqual([])
  })

  test('without a key each trigger is an alert of its own', async () => {
    const [first, second] = await fire(signal({ dedupKey: undefined }), signal({ dedupKey: undefined }))
    expect(first).not.toBe(second)
    expect(await alertsNow()).toHaveLength(2)
  })

  test('an alert that its source stops repeating ends by itself', async () => {
    await world.worker.start()
    await world.worker.stop()
    await fire(signal({ endsAt: addSeconds(world.clock.now(), 60) }))
    await fire(signal({ endsAt: addSeconds(world.clock.now(), 240) }))
    await world.pass('2 min')
    expect(await alertsNow()).toMatchObject([{ state: 'triggered' }])
    await world.pass('3 min')
    expect(await alertsNow()).toMatchObject([{ state: 'resolved' }])
    expect(await groupsNow()).toMatchObject([{ state: 'resolved' }])
  })

  test('one whose source could not be heard, for nothing ran, goes on, and ends when it is not repeated from then on', async () => {
    const inAWhile = () => signal({ endsAt: addSeconds(world.clock.now(), 240) })
    await fire(inAWhile(), signal({ action: 'acknowledge' }))
    world.clock.set(addSeconds(world.clock.now(), 3600))
    await world.settle()
    expect(await alertsNow()).toMatchObject([{ state: 'acknowledged' }])
    await world.pass('1 min')
    await fire(inAWhile())
    expect(await alertsNow()).toMatchObject([{ state: 'acknowledged', count: 2 }])
    await world.pass('5 min')
    expect(await alertsNow()).toMatchObject([{ state: 'resolved' }])
  })

  test('one that its source lets end at the end of time stays, also when nothing ran for a while', async () => {
    const forEver = signal({ endsAt: instant('9999-12-31T23:59:59.999Z') })
    await fire(forEver)
    world.clock.set(addSeconds(world.clock.now(), 3600))
    await world.settle()
    await fire(forEver)
    expect(await alertsNow()).toMatchObject([{ state: 'triggered', count: 2 }])
    await fire(signal({ action: 'resolve' }))
    expect(await alertsNow()).toMatchObject([{ state: 'resolved' }])
  })

  test('one of whose source something waits to be read does not end by itself', async () => {
    const inAWhile = () => signal({ endsAt: addSeconds(world.clock.now(), 240) })
    await fire(inAWhile())
    await world.pass('3 min')
    await world.engine.transact(system('test'), (context) => keep(context, [{ integration, signals: [inAWhile()] }]))
    await world.pass('3 min')
    expect(await alertsNow()).toMatchObject([{ state: 'triggered' }])
    const read = () => Promise.reject(new Error('there are only signals'))
    await world.engine.transact(system('test'), (context) => readBacklog(context, integration.id, 100, { read }))
    await world.pass('10 s')
    expect(await alertsNow()).toMatchObject([{ state: 'triggered', count: 2 }])
    await world.pass('2 min')
    expect(await alertsNow()).toMatchObject([{ state: 'resolved' }])
  })
})

describe('what holds an alert back', () => {
  test('a silence holds it back with its reason; ended by hand, what is still open pages', async () => {
    const silence = await world.do(responder, addSilence, {
      name: 'deploy window',
      matchers: `alertname=Rate${count}`,
      endsAt: addSeconds(world.clock.now(), 3600),
    })
    await fire(signal())
    expect(await alertsNow()).toMatchObject([
      { state: 'suppressed', reason: expect.stringMatching(/^Not paged: silenced by 'deploy window' until .* \(Rita\)\.$/) },
    ])
    await world.do(responder, endSilence, { silenceId: silence.id })
    await world.pass('20 s')
    expect(await alertsNow()).toMatchObject([{ state: 'triggered' }])
  })

  test('a silence that runs out lets it page at that very moment', async () => {
    await world.do(responder, addSilence, { name: 'short', matchers: `alertname=Rate${count}`, endsAt: addSeconds(world.clock.now(), 600) })
    await fire(signal())
    await world.pass('9 min')
    expect(await groupsNow()).toEqual([])
    await world.pass('61 s')
    expect(await groupsNow()).toMatchObject([{ state: 'triggered' }])
  })

  test('a route holds what may clear by itself, and names the incident to open', async () => {
    await world.engine.transact(system('test'), (context) =>
      routeResource.save(
        context,
        z.parse(routeResource.schema, {
          slug: `r${count}`,
          name: 'transient',
          match: `alertname=Rate${count}`,
          holdSeconds: 120,
          opens: { type: 'sre', severity: 'SEV2' },
        }),
        undefined,
      ),
    )
    await fire(signal())
    expect(await alertsNow()).toMatchObject([{ state: 'suppressed', reason: 'Not paged: transient: pages in 2 min unless it clears.' }])
    await world.pass('2 min')
    expect(await alertsNow()).toMatchObject([{ state: 'triggered' }])
    expect((await world.events('group.opened')).at(-1)!.data).toMatchObject({ opens: { type: 'sre', severity: 'SEV2' } })
  })
})

describe('people and alerts', () => {
  test('acknowledging an alert acknowledges its group once, and joins later ones silently', async () => {
    await fire(signal())
    const [alert] = await alertsNow()
    expect(await world.do(responder, acknowledgeAlert, { alertId: alert!.id })).toMatchObject({ state: 'acknowledged' })
    const before = (await world.events('group.acknowledged')).length
    await world.do(responder, acknowledgeGroup, { groupId: alert!.groupId! })
    expect((await world.events('group.acknowledged')).length).toBe(before)
    await fire(signal({ dedupKey: `other-${count}` }))
    expect((await alertsNow()).every((one) => one.state === 'acknowledged')).toBe(true)
  })

  test('a snoozed group pages again when its time is over', async () => {
    await fire(signal())
    const [group] = await groupsNow()
    await world.do(responder, snoozeGroup, { groupId: group!.id, until: addSeconds(world.clock.now(), 1800) })
    await world.pass('29 min')
    expect(await groupsNow()).toMatchObject([{ state: 'acknowledged' }])
    await world.pass('1 min')
    expect(await groupsNow()).toMatchObject([{ state: 'triggered' }])
  })

  test('a snooze that was given back says nothing to whoever takes the group after that', async () => {
    await fire(signal())
    const [group] = await groupsNow()
    await world.do(responder, snoozeGroup, { groupId: group!.id, until: addSeconds(world.clock.now(), 1800) })
    await world.pass('1 min')
    await world.do(responder, unacknowledgeGroup, { groupId: group!.id })
    await world.pass('1 min')
    await world.do(admin, acknowledgeGroup, { groupId: group!.id })
    await world.pass('30 min')
    expect(await groupsNow()).toMatchObject([{ state: 'acknowledged' }])
  })

  test('resolved twice is refused with a sentence', async () => {
    await fire(signal())
    const [group] = await groupsNow()
    await world.do(responder, resolveGroup, { groupId: group!.id })
    await expect(world.do(responder, resolveGroup, { groupId: group!.id })).rejects.toMatchObject({
      code: 'refused',
      message: 'It is resolved already.',
    })
  })

  test("a stakeholder may not acknowledge, and another team's alert is missing", async () => {
    const stakeholder = await world.person(`s${count}`, 'stakeholder')
    const outsider = await world.person(`o${count}`)
    await world.do(admin, addTeam, { slug: `fraud-${count}`, name: 'Fraud', membersOnly: true })
    await world.do(admin, addService, { slug: `scoring-${count}`, name: 'Scoring', team: `fraud-${count}` })
    await fire(signal({ service: `scoring-${count}` }))
    const [alert] = await alertsNow()
    await expect(world.do(stakeholder, listAlerts, {})).rejects.toMatchObject({ code: 'forbidden' })
    await expect(world.do(outsider, getAlert, { alertId: alert!.id })).rejects.toMatchObject({ code: 'missing' })
    await expect(world.do(outsider, acknowledgeGroup, { groupId: alert!.groupId! })).rejects.toMatchObject({ code: 'missing' })
    expect((await world.do(outsider, listAlerts, { limit: 200 })).items.filter((one) => one.id === alert!.id)).toEqual([])
  })
})

describe('integrations', () => {
  test('a given key is kept, no two have the same, and it is stored sealed', async () => {
    const key = `a1000000000000000000000000000${count}`
    const made = await world.do(admin, addIntegration, { name: 'Old', kind: 'pagerduty', key })
    expect(made).toMatchObject({ key, url: `http://tocsin.test/in/${key}` })
    await expect(world.do(admin, addIntegration, { name: 'Again', kind: 'pagerduty', key })).rejects.toMatchObject({ code: 'refused' })
    expect((await world.do(admin, getIntegration, { integrationId: made.id })).setup.some((lines) => lines.text.includes(key))).toBe(true)
    expect(JSON.stringify(await world.events())).not.toContain(key)
    await world.do(admin, removeIntegration, { integrationId: made.id })
    await expect(world.do(admin, getIntegration, { integrationId: made.id })).rejects.toMatchObject({ code: 'missing' })
  })

  test('of what was refused the last 50 are kept and shown; those of one moment go with the next one', async () => {
    const refuse = (n: number) =>
      world.engine.transact(system('test'), ({ scope }) =>
        insertRefused(scope, integration.id, { status: 400, reason: `reason ${n}`, path: '', body: '' }),
      )
    for (let n = 0; n < 50; n++) await refuse(n)
    await Promise.all(Array.from({ length: 16 }, (_, n) => refuse(50 + n)))
    expect(await world.read((scope) => listRefused(scope, integration.id))).toHaveLength(50)
    await refuse(66)
    const kept = await world.read((scope) => scope.query<{ reason: string }>(sql`select reason from refused_requests order by id`))
    expect(kept).toHaveLength(50)
    expect(kept.at(-1)).toEqual({ reason: 'reason 66' })
  })

  test('an unknown kind is refused with the kinds there are', async () => {
    await expect(world.do(admin, addIntegration, { name: 'X', kind: 'nagios2' })).rejects.toThrow('There are: alertmanager, pagerduty')
  })
})

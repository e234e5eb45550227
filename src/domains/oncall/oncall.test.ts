import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { actorWith, createWorld, type World } from '#scenarios/world/world.ts'
import { givePhone, people } from '#scenarios/world/people.ts'
import { anonymous, type Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { notifications } from '#domains/notifications/index.ts'
import { oncall, whoIsOnCall } from './index.ts'
import { myShifts, onCallNow, onCallOfSchedule } from './now.ts'
import { addOverride, removeOverride } from './override-commands.ts'
import { acknowledge, endPage, escalateNow, getPage, giveBack, listPages, startPage } from './pages.ts'
import { addPolicy, changePolicy, getPolicy, removePolicy } from './policies.ts'
import { policyResource, scheduleResource } from './resources.ts'
import { addSchedule, changeSchedule, finalSchedule, getSchedule, listSchedules, removeSchedule, scheduleQuality } from './schedules.ts'

type Person = Extract<Actor, { kind: 'user' }>
const outside = people()
let world: World
let root: Person
let ana: Person
let ben: Person
const weekly = (participants: (string | null)[]) => [
  { name: 'Weekly', rotation: { unit: 'week', length: 1, anchor: '2026-11-02T09:00', participants } },
]

beforeAll(async () => {
  world = await createWorld(catalogueOf([directory, alerts, notifications, oncall]), { channels: outside.channels })
  root = await world.person('root', 'administrator')
  ana = await world.person('ana')
  ben = await world.person('ben')
  await world.do(root, addSchedule, { slug: 'payments', name: 'Payments', zone: 'Europe/Berlin', layers: weekly(['ana', 'ben']) })
  await world.do(root, addPolicy, {
    slug: 'payments',
    name: 'Payments',
    levels: [{ targets: [{ schedule: 'payments' }] }, { targets: [{ user: 'ben' }] }],
  })
})
afterAll(() => world.close())

describe('schedules', () => {
  test('say who is on call now, until when, who is next, and why', async () => {
    // The world's clock stands at Monday, 23 November 2026, 14:00 UTC.
    const { items } = await world.do(ana, onCallNow, {})
    expect(items).toMatchObject([
      {
        people: [{ person: { handle: 'ben' }, reason: "layer 'Weekly'", reached: expect.stringContaining('e-mail at once') }],
        reason: "layer 'Weekly', no override",
        until: '2026-11-30T08:00:00.000Z',
        next: [{ handle: 'ana' }],
      },
    ])
    expect((await world.do(ben, myShifts, {})).items[0]).toMatchObject({
      schedule: { slug: 'payments' },
      from: '2026-11-23T08:00:00.000Z',
      to: '2026-11-30T08:00:00.000Z',
    })
    expect(await world.read((scope) => whoIsOnCall(scope, 'payments', world.clock.now()))).toMatchObject({ people: [{ name: 'Ben' }] })
  })

  test('an override counts as long as it lasts, and no longer once it is removed', async () => {
    const override = await world.do(ana, addOverride, {
      schedule: 'payments',
      add: 'ana',
      from: '2026-11-23T13:00:00Z',
      to: '2026-11-24T09:00:00Z',
      why: 'agreed with Ben',
    })
    expect((await world.do(ana, onCallNow, {})).items[0]).toMatchObject({
      people: [{ person: { handle: 'ana' } }],
      reason: 'override by Ana until Tue 24 Nov, 10:00 CET',
    })
    const month = await world.do(ana, finalSchedule, { schedule: 'payments', from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' })
    expect(month.overrides).toMatchObject([{ add: { handle: 'ana' }, by: { handle: 'ana' }, why: 'agreed with Ben' }])
    expect(month.gaps).toEqual([])
    await world.do(ana, removeOverride, { overrideId: override.id })
    expect((await world.do(ana, onCallNow, {})).items[0]).toMatchObject({ people: [{ person: { handle: 'ben' } }] })
    expect([(await world.events('schedule.override-added')).length, (await world.events('schedule.override-removed')).length]).toEqual([
      1, 1,
    ])
  })

  test.each([
    ['with an end before its beginning', { add: 'ana', from: '2026-11-25T10:00:00Z', to: '2026-11-25T09:00:00Z' }],
    ['that is over already', { add: 'ana', from: '2026-11-01T10:00:00Z', to: '2026-11-02T09:00:00Z' }],
    ['for nobody', { from: '2026-11-25T10:00:00Z', to: '2026-11-26T09:00:00Z' }],
    ['for a word that every object knows', { add: 'constructor', from: '2026-11-25T10:00:00Z', to: '2026-11-26T09:00:00Z' }],
    ['for somebody who is not there', { add: 'nobody', from: '2026-11-25T10:00:00Z', to: '2026-11-26T09:00:00Z' }],
  ])('an override %s is refused', async (_, input) => {
    await expect(world.do(ana, addOverride, { schedule: 'payments', ...input })).rejects.toMatchObject({ code: 'refused' })
  })

  test('are changed only by those who may, and only with people who are there', async () => {
    await expect(world.do(ana, changeSchedule, { schedule: 'payments', name: 'Mine' })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(world.do(anonymous, listSchedules, {})).rejects.toMatchObject({ code: 'not-signed-in' })
    await expect(world.do(ana, addSchedule, { slug: 'own', name: 'Own', zone: 'UTC' })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(world.do(root, changeSchedule, { schedule: 'payments', layers: weekly(['ana', 'nobody']) })).rejects.toMatchObject({
      code: 'bad-configuration',
      faults: [{ path: '/layers/0/rotation/participants/1' }],
    })
    await expect(world.do(root, addSchedule, { slug: 'x', name: 'X', zone: 'Mars/Olympus' })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    await expect(world.do(root, removeSchedule, { schedule: 'payments' })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('The policies payments page it'),
    })
  })

  test("a members-only team's schedule and policy are missing for others, in lists too", async () => {
    await world.do(root, addTeam, { slug: 'fraud', name: 'Fraud', membersOnly: true })
    await world.do(root, addSchedule, { slug: 'fraud', name: 'Fraud', team: 'fraud', zone: 'UTC', layers: weekly(['ben']) })
    await world.do(root, addPolicy, { slug: 'fraud', name: 'Fraud', team: 'fraud', levels: [{ targets: [{ schedule: 'fraud' }] }] })
    await expect(world.do(ana, getSchedule, { schedule: 'fraud' })).rejects.toMatchObject({ code: 'missing' })
    await expect(world.do(ana, getPolicy, { policy: 'fraud' })).rejects.toMatchObject({ code: 'missing' })
    await expect(world.do(ana, startPage, { policy: 'fraud', title: 'x' })).rejects.toMatchObject({ code: 'missing' })
    expect((await world.do(ana, onCallNow, {})).items.map((item) => item.schedule.slug)).toEqual(['payments'])
    // Its name is taken all the same.
    const keeper = actorWith(ana, ['oncall:configure'])
    for (const [operation, rest] of [
      [addSchedule, { zone: 'UTC' }],
      [addPolicy, { levels: [{ targets: [{ user: 'ana' }] }] }],
    ] as const)
      await expect(world.do(keeper, operation as typeof addSchedule, { slug: 'fraud', name: 'Fraud', ...rest })).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/^There is already a (schedule|policy) fraud\.$/),
      })
    await world.do(root, removePolicy, { policy: 'fraud' })
    await world.do(root, removeSchedule, { schedule: 'fraud' })
  })

  test('changed by two people at once, keep what each of them changed', async () => {
    await world.do(root, addSchedule, { slug: 'both', name: 'Both', zone: 'UTC' })
    await world.do(root, addPolicy, { slug: 'both', name: 'Both', levels: [{ targets: [{ user: 'ana' }] }] })
    for (const n of [1, 2, 3]) {
      await Promise.all([
        world.do(root, changeSchedule, { schedule: 'both', name: `Both ${n}` }),
        world.do(root, changeSchedule, { schedule: 'both', zone: ['UTC', 'Europe/Berlin', 'Asia/Tokyo', 'Europe/Paris'][n] }),
        world.do(root, changePolicy, { policy: 'both', name: `Both ${n}` }),
        world.do(root, changePolicy, { policy: 'both', repeat: n }),
      ])
      expect(await world.do(root, getSchedule, { schedule: 'both' })).toMatchObject({ name: `Both ${n}`, zone: expect.stringMatching('/') })
      expect(await world.do(root, getPolicy, { policy: 'both' })).toMatchObject({ name: `Both ${n}`, repeat: n })
    }
    await world.do(root, removePolicy, { policy: 'both' })
    await world.do(root, removeSchedule, { schedule: 'both' })
  })

  test('are not asked about a time with which times end, and an override may lie there', async () => {
    await expect(world.do(ana, onCallNow, { at: '9999-12-31T23:00:00Z' })).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(world.do(ana, onCallOfSchedule, { schedule: 'payments', at: '9999-12-31T23:00:00Z' })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    const last = { add: 'ana', from: '9999-12-31T22:00:00Z', to: '9999-12-31T23:00:00Z' }
    const { id } = await world.do(ana, addOverride, { schedule: 'payments', ...last })
    await world.do(ana, removeOverride, { overrideId: id })
  })

  test('that an apply changes keep what somebody changed since it looked', async () => {
    await world.do(root, addSchedule, { slug: 'kept', name: 'Kept', zone: 'UTC' })
    await world.do(root, addPolicy, { slug: 'kept', name: 'Kept', levels: [{ targets: [{ user: 'ana' }] }] })
    const specOf = async (resource: typeof scheduleResource) =>
      (await world.read((scope) => resource.list(scope))).find((spec) => resource.key(spec) === 'kept') as object
    const [schedule, policy] = [await specOf(scheduleResource), await specOf(policyResource)]
    await world.do(root, changeSchedule, { schedule: 'kept', zone: 'Europe/Berlin' })
    await world.do(root, changePolicy, { policy: 'kept', repeat: 7 })
    await world.engine.transact(root, async (context) => {
      await scheduleResource.save(context, { ...schedule, name: 'Written' }, schedule)
      await policyResource.save(context, { ...policy, name: 'Written' }, policy)
    })
    expect(await specOf(scheduleResource)).toMatchObject({ name: 'Written', zone: 'Europe/Berlin' })
    expect(await specOf(policyResource)).toMatchObject({ name: 'Written', repeat: 7 })
    await world.do(root, removePolicy, { policy: 'kept' })
    await world.do(root, removeSchedule, { schedule: 'kept' })
  })

  test('tell how fair they are', async () => {
    expect(await world.do(ana, scheduleQuality, { schedule: 'payments' })).toMatchObject({
      coverage: 1,
      gaps: [],
      shares: [{ person: { handle: expect.any(String) } }, {}],
    })
  })
})

describe('policies', () => {
  test('show whom they would page if it rang now, and how each is reached', async () => {
    const { ifItRangNow } = await world.do(ana, getPolicy, { policy: 'payments' })
    expect(ifItRangNow.map((level) => [level.level, level.afterSeconds, level.people.map((one) => one.name)])).toEqual([
      [1, 0, ['Ben']],
      [2, 300, ['Ben']],
    ])
  })
  test.each([
    ['a schedule that is not there', [{ targets: [{ schedule: 'nothing' }] }], '/levels/0/targets/0'],
    ['a word that every object knows', [{ targets: [{ user: 'constructor' }] }], '/levels/0/targets/0'],
    ['a person who is not there', [{ targets: [{ schedule: 'payments' }, { user: 'nobody' }] }], '/levels/0/targets/1'],
  ])('%s is refused, at its place', async (_, levels, path) => {
    await expect(world.do(root, addPolicy, { slug: 'wrong', name: 'Wrong', levels })).rejects.toMatchObject({
      code: 'bad-configuration',
      faults: [{ path }],
    })
  })
  test('are changed only by those who may, with an event', async () => {
    await expect(world.do(ana, changePolicy, { policy: 'payments', repeat: 9 })).rejects.toMatchObject({ code: 'forbidden' })
    await world.do(root, changePolicy, { policy: 'payments', repeat: 2 })
    expect((await world.events('policy.changed')).at(-1)!.data).toMatchObject({ what: 'changed', slug: 'payments' })
  })
})

describe('pages', () => {
  test('to people run from start to answer, with their trace', async () => {
    await givePhone(world, ben, 'ben')
    const page = await world.do(ana, startPage, { users: ['ben'], title: 'Help with card payments', body: 'The rollback hangs.' })
    await world.settle()
    expect(outside.phoneOf('ben').gets(/^Help with card payments/).body).toBe('The rollback hangs. Ben is paged at 14:05.')
    await world.do(ben, acknowledge, { pageId: page.id })
    await world.settle()
    const trace = await world.do(ana, getPage, { pageId: page.id })
    expect(trace).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: { name: 'Ben' },
      people: [{ person: { handle: 'ben' }, reason: 'named by the policy' }],
    })
    expect(trace.people[0]!.deliveries.every((delivery) => delivery.label === '')).toBe(true)
    expect((await world.events('page.acknowledged')).at(-1)!.data).toMatchObject({ userId: ben.userId })
    await world.do(ben, giveBack, { pageId: page.id })
    await world.settle()
    outside.phoneOf('ben').gets(/Asked again/)
    await world.do(ana, endPage, { pageId: page.id, reason: 'found by ourselves' })
    await world.settle()
    expect((await world.do(ana, listPages, { state: 'open' })).items).toEqual([])
    await expect(world.do(ben, acknowledge, { pageId: page.id })).rejects.toMatchObject({
      code: 'refused',
      message: 'It is over: found by ourselves.',
    })
  })

  test('are answered and escalated only by whom they told, or who may respond', async () => {
    const page = await world.do(ana, startPage, { policy: 'payments', title: 'Something' })
    await world.settle()
    const reporter = await world.person('rea', 'reporter')
    await expect(world.do(reporter, acknowledge, { pageId: page.id })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(world.do(reporter, getPage, { pageId: page.id })).rejects.toMatchObject({ code: 'missing' })
    await world.do(ana, escalateNow, { pageId: page.id })
    await world.settle()
    expect((await world.do(ana, getPage, { pageId: page.id })).steps.map((step) => `${step.kind} ${step.level}: ${step.reason}`)).toEqual([
      'paged 1: it is the first level',
      'paged 2: Ana escalated it',
    ])
    await world.do(ana, endPage, { pageId: page.id })
  })

  test('somebody who was paged may answer, whatever their role', async () => {
    const reporter = await world.person('rex', 'reporter')
    const page = await world.do(ana, startPage, { users: ['rex'], title: 'You saw it first' })
    await world.settle()
    expect(await world.do(reporter, acknowledge, { pageId: page.id })).toMatchObject({ state: 'acknowledged' })
    await world.do(ana, endPage, { pageId: page.id })
  })

  test.each([
    ['about nobody', { title: 'x' }, 'refused'],
    ['of two things at once', { policy: 'payments', users: ['ben'], title: 'x' }, 'refused'],
    ['to somebody who is not there', { users: ['nobody'], title: 'x' }, 'missing'],
    ['without a title', { users: ['ben'], title: ' ' }, 'invalid-input'],
  ])('%s are refused', async (_, input, code) => {
    await expect(world.do(ana, startPage, input)).rejects.toMatchObject({ code })
  })
})

describe('as code', () => {
  test('what is exported and applied again changes nothing', async () => {
    for (const resource of [scheduleResource, policyResource]) {
      const specs = await world.read((scope) => resource.list(scope))
      expect(specs.length).toBeGreaterThan(0)
      for (const spec of specs) expect(z.parse(resource.schema, JSON.parse(JSON.stringify(spec)))).toEqual(spec)
    }
  })
})

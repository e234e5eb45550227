// People who were disabled: from then on they hide nobody who could be on call, and what they did before stays.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '#scenarios/world/world.ts'
import { givePhone, people } from '#scenarios/world/people.ts'
import type { Actor } from '#kernel/actor.ts'
import { catalogueOf } from '#kernel/slice.ts'
import { instant } from '#kernel/time.ts'
import { alerts } from '#domains/alerts/index.ts'
import { directory } from '#domains/directory/index.ts'
import { disableUser } from '#domains/directory/people.ts'
import { notifications } from '#domains/notifications/index.ts'
import { finalShifts, gaps, onCallAt } from './final-schedule.ts'
import { oncall } from './index.ts'
import { onCallNow } from './now.ts'
import { addOverride } from './override-commands.ts'
import { startPage } from './pages.ts'
import { quality } from './quality.ts'
import { ScheduleSchema, type Schedule, type ScheduleInput } from './schedule.ts'
import { addSchedule, finalSchedule } from './schedules.ts'

const layer = (name: string, participants: string[], beside = false) => ({
  name,
  rotation: { unit: 'day' as const, length: 1, anchor: '2026-11-02T00:00', participants },
  beside,
})
const noon = instant('2026-11-24T12:00:00Z')
const schedule = (change: Partial<ScheduleInput>, gone = noon): Schedule => ({
  ...ScheduleSchema.parse({
    slug: 'payments',
    name: 'Payments',
    zone: 'UTC',
    layers: [layer('Base', ['ben']), layer('Top', ['ana'])],
    ...change,
  }),
  gone: new Map([['ana', gone]]),
})
const override = { id: 'o', by: 'kim', from: '2026-11-24T10:00:00Z', to: '2026-11-24T18:00:00Z' }
const shiftsOf = (one: Schedule) =>
  finalShifts(one, instant('2026-11-24T10:00:00Z'), instant('2026-11-24T18:00:00Z'))
    .map(({ person, from }) => `${person} ${from.slice(11, 13)}`)
    .join(', ')

describe('somebody who was disabled at noon', () => {
  test.each<[string, Partial<ScheduleInput>, string]>([
    ['in a later layer no longer hides the earlier one', {}, 'ana 10, ben 12'],
    ['beside others leaves them', { layers: [layer('Base', ['ben']), layer('Top', ['ana'], true)] }, 'ana 10, ben 10'],
    ['in a union leaves the others', { combine: 'union' }, 'ana 10, ben 10'],
    ['alone leaves a gap', { layers: [layer('Top', ['ana'])] }, 'ana 10'],
    [
      'who took over gives back',
      { layers: [layer('Base', ['ben'])], overrides: [{ ...override, kind: 'takeover', add: 'ana' }] },
      'ana 10, ben 12',
    ],
    [
      'who stands in for somebody gives back',
      { layers: [layer('Base', ['ben'])], overrides: [{ ...override, kind: 'replace', add: 'ana', remove: 'ben' }] },
      'ana 10, ben 12',
    ],
    [
      'holds their place for whoever stands in for them',
      { overrides: [{ ...override, kind: 'replace', remove: 'ana', add: 'cleo' }] },
      'cleo 10',
    ],
    [
      'holds it also where they took over, and for whoever stands in for those',
      {
        overrides: [
          { ...override, kind: 'takeover', add: 'ana' },
          { ...override, id: 'p', kind: 'replace', remove: 'ana', add: 'dan' },
          { ...override, id: 'q', kind: 'replace', remove: 'dan', add: 'cleo', to: '2026-11-24T14:00:00Z' },
        ],
      },
      'cleo 10, dan 14',
    ],
    [
      'does not take back what they gave away',
      {
        overrides: [
          { ...override, kind: 'replace', remove: 'ana', add: 'dan' },
          { ...override, id: 'p', kind: 'replace', remove: 'dan', add: 'ana' },
        ],
      },
      'ana 10, dan 12',
    ],
    [
      'in a temporary schedule leaves a gap there',
      { overrides: [{ ...override, kind: 'period', shifts: [{ person: 'ana', from: override.from, to: override.to }] }] },
      'ana 10',
    ],
  ])('%s', (_, change, expected) => expect(shiftsOf(schedule(change))).toBe(expected))

  test('is named where nobody is on call, and counted as a gap', () => {
    const alone = schedule({ layers: [layer('Top', ['ana'])] })
    expect(onCallAt(alone, noon, () => 'Ana')).toEqual({ people: [], reason: 'nobody: Ana is disabled' })
    expect(gaps(alone, instant('2026-11-24T00:00:00Z'), instant('2026-11-25T00:00:00Z'))).toEqual([
      { from: noon, to: '2026-11-25T00:00:00.000Z' },
    ])
  })

  test('carries no part of what comes later', () => {
    const shares = (from: string, to: string) =>
      quality(schedule({}), instant(from), instant(to)).shares.map(({ person, load }) => `${person} ${load}`)
    expect(shares('2026-11-25T00:00:00Z', '2026-11-26T00:00:00Z')).toEqual(['ben 1'])
    expect(shares('2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z')).toEqual(['ana 2', 'ben 0'])
  })
})

describe('in an installation', () => {
  const outside = people()
  let world: World
  let root: Actor
  beforeAll(async () => {
    // Its clock stands at Monday, 23 November 2026, 14:00 UTC.
    world = await createWorld(catalogueOf([directory, alerts, notifications, oncall]), { channels: outside.channels })
    root = await world.person('root', 'administrator')
    await givePhone(world, await world.person('ben'), 'ben')
    for (const handle of ['ana', 'cleo']) await world.person(handle)
    await world.do(root, addSchedule, {
      slug: 'payments',
      name: 'Payments',
      zone: 'UTC',
      layers: [layer('Base', ['ben']), layer('Top', ['ana'])],
    })
    const span = { from: '2026-11-23T15:00:00Z', to: '2026-11-24T15:00:00Z' }
    await world.do(root, addOverride, { schedule: 'payments', add: 'cleo', ...span })
  })
  afterAll(() => world.close())

  test('the layer below, or whom an override hid, is paged', async () => {
    await world.do(root, disableUser, { user: 'ana' })
    expect((await world.do(root, onCallNow, {})).items[0]).toMatchObject({ people: [{ person: { handle: 'ben' } }] })
    await world.do(root, startPage, { schedule: 'payments', title: 'Below' })
    await world.settle()
    outside.phoneOf('ben').gets(/Below/)
    await world.pass('2 h')
    await world.do(root, disableUser, { user: 'cleo' })
    await world.do(root, startPage, { schedule: 'payments', title: 'Hidden' })
    await world.settle()
    outside.phoneOf('ben').gets(/Hidden/)
  })

  test('and what they did stays', async () => {
    const range = { schedule: 'payments', from: '2026-11-23T12:00:00Z', to: '2026-11-23T20:00:00Z' }
    expect((await world.do(root, finalSchedule, range)).final.map(({ person, from }) => `${person.handle} ${from.slice(11, 16)}`)).toEqual([
      'ana 12:00',
      'ben 14:00',
      'cleo 15:00',
      'ben 16:00',
    ])
  })
})

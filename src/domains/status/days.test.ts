import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import type { ComponentStatus } from './component-status.ts'
import { availabilityOf, daysOf, spokenShare, windowStart, type StatusChange } from './days.ts'

const change = (at: string, status: ComponentStatus): StatusChange => ({ at: instant(at), status })
const from = change('2020-01-01T00:00:00Z', 'works')
const shareOn = (date: string, status: ComponentStatus, changes: StatusChange[], zone: string, now = '2026-11-30T12:00:00Z') =>
  daysOf([from, ...changes], { zone, now: instant(now), count: 400 }).find((day) => day.date === date)?.share[status]

const outage = (start: string, end: string): StatusChange[] => [change(start, 'down'), change(end, 'works')]

describe('the share of a day', () => {
  test.each([
    ['an hour of an ordinary day is 1/24', '2026-11-20', outage('2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z'), 'UTC', 1 / 24],
    [
      'an hour of the day with 25 hours is 1/25',
      '2026-10-25',
      outage('2026-10-25T10:00:00Z', '2026-10-25T11:00:00Z'),
      'Europe/Berlin',
      1 / 25,
    ],
    [
      'an hour of the day with 23 hours is 1/23',
      '2026-03-29',
      outage('2026-03-29T10:00:00Z', '2026-03-29T11:00:00Z'),
      'Europe/Berlin',
      1 / 23,
    ],
    [
      'the hour that comes twice counts twice',
      '2026-10-25',
      outage('2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z'),
      'Europe/Berlin',
      2 / 25,
    ],
    [
      'a day whose midnight does not exist starts at one',
      '2026-04-24',
      outage('2026-04-23T22:00:00Z', '2026-04-23T23:00:00Z'),
      'Africa/Cairo',
      1 / 23,
    ],
    [
      'an outage over midnight falls on both days: the first',
      '2026-11-20',
      outage('2026-11-20T22:30:00Z', '2026-11-20T23:30:00Z'),
      'Europe/Berlin',
      0.5 / 24,
    ],
    [
      'an outage over midnight falls on both days: the second',
      '2026-11-21',
      outage('2026-11-20T22:30:00Z', '2026-11-20T23:30:00Z'),
      'Europe/Berlin',
      0.5 / 24,
    ],
    [
      'the same moment is another day elsewhere',
      '2026-11-19',
      outage('2026-11-20T04:00:00Z', '2026-11-20T05:00:00Z'),
      'America/New_York',
      1 / 24,
    ],
  ])('%s', (_name, date, changes, zone, expected) => expect(shareOn(date, 'down', changes, zone)).toBeCloseTo(expected, 10))

  test('a day that a zone skipped has no share and is unknown', () => {
    const days = daysOf([from], { zone: 'Pacific/Apia', now: instant('2011-12-31T20:00:00Z'), count: 4 })
    expect(days.map(({ date }) => date)).toEqual(['2011-12-29', '2011-12-30', '2011-12-31', '2012-01-01'])
    expect(days[1]).toMatchObject({ worst: 'unknown', affected: 0 })
  })
  test('before the first change nothing is known, and today ends now', () => {
    const days = daysOf([change('2026-11-29T12:00:00Z', 'works')], { zone: 'UTC', now: instant('2026-11-30T06:00:00Z'), count: 3 })
    expect(days.map(({ worst, share }) => [worst, share.works])).toEqual([
      ['unknown', 0],
      ['works', 0.5],
      ['works', 0.25],
    ])
  })
  test('the worst status of a day names it, and all that is not simply working is affected', () => {
    const changes = [
      from,
      change('2026-11-29T00:00:00Z', 'slow'),
      change('2026-11-29T06:00:00Z', 'partly-down'),
      change('2026-11-29T12:00:00Z', 'works'),
    ]
    expect(daysOf(changes, { zone: 'UTC', now: instant('2026-11-30T00:00:00Z'), count: 2 })[0]).toMatchObject({
      worst: 'partly-down',
      affected: 0.5,
    })
  })
  test('of two changes at one moment the later holds', () => {
    const changes = [from, change('2026-11-29T00:00:00Z', 'down'), change('2026-11-29T00:00:00Z', 'works')]
    expect(daysOf(changes, { zone: 'UTC', now: instant('2026-11-30T00:00:00Z'), count: 2 })[0]).toMatchObject({
      worst: 'works',
      affected: 0,
    })
  })
  test('the window opens at the first midnight of the zone', () => {
    expect(instant(windowStart(instant('2026-11-23T13:41:00Z'), 'Europe/Berlin', 90))).toBe('2026-08-25T22:00:00.000Z')
  })
})

describe('availability', () => {
  const now = instant('2026-11-30T00:00:00Z')
  test('counts down and partly down, not slow or planned work, over what is known', () => {
    const changes = [
      change('2026-11-28T00:00:00Z', 'works'),
      change('2026-11-28T06:00:00Z', 'down'),
      change('2026-11-28T12:00:00Z', 'slow'),
      change('2026-11-28T18:00:00Z', 'maintenance'),
      change('2026-11-29T00:00:00Z', 'works'),
    ]
    expect(availabilityOf(daysOf(changes, { zone: 'UTC', now, count: 90 }))).toBeCloseTo(1 - 6 / 48, 10)
  })
  test('is not claimed when nothing is known', () => expect(availabilityOf(daysOf([], { zone: 'UTC', now, count: 90 }))).toBeUndefined())
  test.each([
    [1, '100 %'],
    [0.999999, '99.99 %'],
    [0.99917, '99.91 %'],
    [0.5, '50.00 %'],
  ])('%d is spoken as %s', (share, words) => expect(spokenShare(share)).toBe(words))
})

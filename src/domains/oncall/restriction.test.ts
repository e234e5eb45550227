import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochMs, instant, inZone } from '#kernel/time.ts'
import { intersection, joined, windowSpans } from './restriction.ts'
import { weekdays, type Window } from './schedule.ts'

const ms = (text: string) => epochMs(instant(`${text}Z`))
const span = (from: string, to: string) => ({ from: ms(from), to: ms(to) })

describe('windows cover', () => {
  test.each<[string, Window[], string, string, string, [string, string][]]>([
    [
      'every day’s hours',
      [{ kind: 'daily', from: '09:00', to: '17:00' }],
      'UTC',
      '2026-01-05T00:00',
      '2026-01-07T00:00',
      [
        ['2026-01-05T09:00', '2026-01-05T17:00'],
        ['2026-01-06T09:00', '2026-01-06T17:00'],
      ],
    ],
    [
      'the night after the day on which they start',
      [{ kind: 'weekdays', days: ['mon'], from: '20:00', to: '08:00' }],
      'UTC',
      '2026-01-05T00:00',
      '2026-01-08T00:00',
      [['2026-01-05T20:00', '2026-01-06T08:00']],
    ],
    [
      '24 hours when both times are equal',
      [{ kind: 'weekdays', days: ['sat'], from: '08:00', to: '08:00' }],
      'UTC',
      '2026-01-05T00:00',
      '2026-01-12T00:00',
      [['2026-01-10T08:00', '2026-01-11T08:00']],
    ],
    [
      'one span from Friday evening to Monday morning',
      [{ kind: 'time-of-week', fromDay: 'fri', from: '18:00', toDay: 'mon', to: '09:00' }],
      'UTC',
      '2026-01-05T00:00',
      '2026-01-13T00:00',
      [
        ['2026-01-05T00:00', '2026-01-05T09:00'],
        ['2026-01-09T18:00', '2026-01-12T09:00'],
      ],
    ],
    [
      'some hours of one day of the week',
      [{ kind: 'time-of-week', fromDay: 'wed', from: '10:00', toDay: 'wed', to: '12:00' }],
      'UTC',
      '2026-01-05T00:00',
      '2026-01-12T00:00',
      [['2026-01-07T10:00', '2026-01-07T12:00']],
    ],
    [
      'the whole week when it ends where it starts',
      [{ kind: 'time-of-week', fromDay: 'wed', from: '10:00', toDay: 'wed', to: '10:00' }],
      'UTC',
      '2026-01-05T00:00',
      '2026-01-19T00:00',
      [['2026-01-05T00:00', '2026-01-19T00:00']],
    ],
    [
      'days of the month, where the month has them',
      [{ kind: 'month-days', days: [1, 31], from: '00:00', to: '00:00' }],
      'UTC',
      '2026-01-15T00:00',
      '2026-03-15T00:00',
      [
        ['2026-01-31T00:00', '2026-02-02T00:00'],
        ['2026-03-01T00:00', '2026-03-02T00:00'],
      ],
    ],
    [
      'windows that touch as one',
      [
        { kind: 'daily', from: '09:00', to: '12:00' },
        { kind: 'daily', from: '12:00', to: '15:00' },
      ],
      'UTC',
      '2026-01-05T10:00',
      '2026-01-05T14:00',
      [['2026-01-05T10:00', '2026-01-05T14:00']],
    ],
    [
      'wall hours on the day of the spring change',
      [{ kind: 'daily', from: '01:00', to: '04:00' }],
      'Europe/Berlin',
      '2026-03-28T12:00',
      '2026-03-29T12:00',
      [['2026-03-29T00:00', '2026-03-29T02:00']],
    ],
    [
      'nothing of an hour that does not exist',
      [{ kind: 'daily', from: '02:00', to: '03:00' }],
      'Europe/Berlin',
      '2026-03-28T12:00',
      '2026-03-29T12:00',
      [],
    ],
    [
      'the doubled hour whole',
      [{ kind: 'daily', from: '02:00', to: '03:00' }],
      'Europe/Berlin',
      '2026-10-24T12:00',
      '2026-10-25T12:00',
      [['2026-10-25T00:00', '2026-10-25T02:00']],
    ],
  ])('%s', (_, windows, zone, from, to, expected) => {
    expect(windowSpans(windows, zone, ms(from), ms(to))).toEqual(expected.map(([start, end]) => span(start, end)))
  })
})

test('a daily window covers exactly the instants whose wall clock shows its hours', () => {
  // Hours on the clock's full half hours, away from those that a change leaves out or doubles in part.
  const time = fc.integer({ min: 8, max: 46 }).map((half) => `${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 ? '30' : '00'}`)
  const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata')
  fc.assert(
    fc.property(
      zone,
      time,
      time,
      fc.integer({ min: 0, max: 364 * 24 * 60 }),
      fc.subarray([...weekdays], { minLength: 1 }),
      (inside, from, to, minute, days) => {
        const at = Date.UTC(2026, 0, 1) + minute * 60_000
        const covered = windowSpans([{ kind: 'weekdays', days, from, to }], inside, at, at + 1).length === 1
        const shown = inZone(instant(at), inside)
        const clock = shown.toPlainTime().toString().slice(0, 5)
        const startedOn = (daysAgo: number) => days.includes(weekdays[shown.subtract({ days: daysAgo }).dayOfWeek - 1]!)
        const overnight = to <= from
        const expected = overnight
          ? (clock >= from && startedOn(0)) || (clock < to && startedOn(1))
          : clock >= from && clock < to && startedOn(0)
        expect(covered).toBe(expected)
      },
    ),
    { numRuns: 500 },
  )
})

test('joining sorts, and keeps apart what does not touch', () => {
  const spans = [
    { from: 5, to: 6 },
    { from: 0, to: 2 },
    { from: 1, to: 3 },
    { from: 3, to: 4 },
  ]
  expect(joined(spans)).toEqual([
    { from: 0, to: 4 },
    { from: 5, to: 6 },
  ])
})

test('an intersection cuts each carrier and keeps what it carries', () => {
  const carriers = [
    { from: 0, to: 10, person: 'a' },
    { from: 10, to: 20, person: 'b' },
  ]
  expect(
    intersection(carriers, [
      { from: 2, to: 4 },
      { from: 8, to: 12 },
      { from: 20, to: 30 },
    ]),
  ).toEqual([
    { from: 2, to: 4, person: 'a' },
    { from: 8, to: 10, person: 'a' },
    { from: 10, to: 12, person: 'b' },
  ])
})

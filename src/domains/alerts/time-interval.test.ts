import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import vectors from './fixtures/grouping/time-interval.json' with { type: 'json' }
import { isWithin, TimeIntervalSchema } from './time-interval.ts'

describe('the vectors of time intervals', () => {
  for (const vector of vectors.vectors) {
    const interval = TimeIntervalSchema.parse(vector.interval)
    test.each(vector.contains)(`${vector.id} contains %s`, (at) => expect(isWithin(interval, instant(at))).toBe(true))
    for (const at of vector.excludes) test(`${vector.id} excludes ${at}`, () => expect(isWithin(interval, instant(at))).toBe(false))
  }
})

describe('boundaries', () => {
  test.each<[name: string, interval: object, at: string, within: boolean]>([
    ['the first minute is in', { times: [['09:00', '17:00']] }, '2026-11-24T09:00:00Z', true],
    ['the last second before the end is in', { times: [['09:00', '17:00']] }, '2026-11-24T16:59:59.999Z', true],
    ['the end is out', { times: [['09:00', '17:00']] }, '2026-11-24T17:00:00Z', false],
    ['24:00 is the end of the day', { times: [['17:00', '24:00']] }, '2026-11-24T23:59:59Z', true],
    ['the day is that of the location', { weekdays: ['wednesday'], location: 'Asia/Tokyo' }, '2026-11-24T15:00:00Z', true],
    ['single weekdays', { weekdays: ['saturday', 'Sunday'] }, '2026-11-29T12:00:00Z', true],
    ['the last day of February in a leap year', { daysOfMonth: ['-1'] }, '2028-02-29T00:00:00Z', true],
    ['the last but one is not the last', { daysOfMonth: ['-1'] }, '2028-02-28T00:00:00Z', false],
    ['the last week', { daysOfMonth: ['-7:-1'] }, '2026-11-24T00:00:00Z', true],
    ['from the tenth to the end', { daysOfMonth: ['10:-1'] }, '2026-02-28T00:00:00Z', true],
    ['a month without a 31st has none', { daysOfMonth: ['31'] }, '2026-11-30T12:00:00Z', false],
    ['months as numbers', { months: ['11:12'] }, '2026-11-24T00:00:00Z', true],
    ['years', { years: ['2024:2025'] }, '2026-01-01T00:00:00Z', false],
    [
      'in the hour that a change to summer time skips, the wall clock is already past it',
      { times: [['02:00', '03:00']], location: 'Europe/Berlin' },
      '2026-03-29T01:30:00Z',
      false,
    ],
    [
      'the hour that comes twice is in both times',
      { times: [['02:00', '03:00']], location: 'Europe/Berlin' },
      '2026-10-25T01:30:00Z',
      true,
    ],
    ['an empty list of times is never', { times: [] }, '2026-11-24T09:00:00Z', false],
  ])('%s', (_, interval, at, within) => expect(isWithin(TimeIntervalSchema.parse(interval), instant(at))).toBe(within))
})

describe('what is not an interval is refused with what to write instead', () => {
  test.each<[interval: object, message: string]>([
    [{ times: [['17:00', '09:00']] }, 'ends before it begins; write two times, up to 24:00 and from 00:00'],
    [{ times: [['9:00', '17:00']] }, 'is not a time of day; write 09:00, or 24:00 for the end of the day'],
    [{ weekdays: ['friday:monday'] }, 'friday:monday ends before it begins; write two ranges'],
    [{ weekdays: ['mon'] }, 'mon is not a weekday; write monday or monday:friday'],
    [{ daysOfMonth: ['0'] }, '0 is not a day of the month; write 1, -1 for the last, or 1:7'],
    [{ daysOfMonth: ['1:2:3'] }, '1:2:3 is not a day of the month; write 1, -1 for the last, or 1:7'],
    [{ months: ['13'] }, '13 is not a month; write june, 6 or june:august'],
    [{ years: ['26'] }, '26 is not a year; write 2026 or 2026:2028'],
    [{ location: 'Mars/Base' }, 'is not a time zone; write one like Europe/Berlin'],
  ])('%j', (interval, message) => {
    expect(TimeIntervalSchema.safeParse(interval).error?.issues.map((issue) => issue.message)).toEqual([message])
  })
})

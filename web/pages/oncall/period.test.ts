import { describe, expect, test } from 'vitest'
import { dateOf, isDate, periodOf, stepped, type View } from './period.ts'

describe('a period', () => {
  test.each<[View, string, string, number]>([
    ['day', '2026-11-24', 'Tue 24 Nov 2026', 24],
    ['week', '2026-11-24', '23 – 29 Nov 2026', 7],
    ['week', '2026-11-29', '23 – 29 Nov 2026', 7],
    ['two-weeks', '2026-11-24', '23 Nov – 6 Dec 2026', 14],
    ['month', '2026-11-24', 'November 2026', 30],
  ])('of a %s that holds %s is %s, in %i columns', (view, date, words, columns) => {
    const period = periodOf(view, date, 'Europe/Berlin')
    expect([period.words, period.columns.length]).toEqual([words, columns])
    expect(period.columns.every((column, at, all) => at === 0 || all[at - 1]!.toMs === column.fromMs)).toBe(true)
    expect([period.columns[0]!.fromMs, period.columns.at(-1)!.toMs]).toEqual([period.fromMs, period.toMs])
  })

  test('of the day on which the clock goes back has the hour 02 twice, and no 02 when it goes forward', () => {
    const labels = (date: string) => periodOf('day', date, 'Europe/Berlin').columns.map((column) => column.label)
    expect(labels('2026-10-25').filter((label) => label === '02')).toHaveLength(2)
    expect(labels('2026-10-25')).toHaveLength(25)
    expect(labels('2026-03-29')).not.toContain('02')
    expect(labels('2026-03-29')).toHaveLength(23)
  })

  test('begins at midnight of its zone', () => {
    expect(new Date(periodOf('week', '2026-11-24', 'Asia/Tokyo').fromMs).toISOString()).toBe('2026-11-22T15:00:00.000Z')
    expect(dateOf(Date.parse('2026-11-24T20:00Z'), 'Asia/Tokyo')).toBe('2026-11-25')
  })
})

test.each<[View, string, number, string]>([
  ['day', '2026-11-30', 1, '2026-12-01'],
  ['week', '2026-11-24', 1, '2026-11-30'],
  ['week', '2026-11-24', -1, '2026-11-16'],
  ['two-weeks', '2026-12-29', 1, '2027-01-11'],
  ['month', '2026-01-31', 1, '2026-02-01'],
  ['month', '2026-01-31', -1, '2025-12-01'],
])('from a %s with %s, %i on is %s', (view, date, count, expected) => {
  expect(stepped(view, date, count)).toBe(expected)
})

test.each([
  ['2026-11-24', true],
  ['2026-02-30', false],
  ['2026-13-01', false],
  ['today', false],
  [undefined, false],
])('%s is a day: %s', (text, expected) => {
  expect(isDate(text)).toBe(expected)
})

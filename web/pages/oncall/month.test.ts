import { describe, expect, test } from 'vitest'
import { addMonths, daysOf, isMonth, monthOf } from './month.ts'

describe('a month in a zone', () => {
  test('has a day of 25 hours when the clock goes back, and of 23 when it goes forward', () => {
    const hours = (month: string, date: number) =>
      daysOf(month, 'Europe/Berlin')
        .filter((day) => day.date === date)
        .map((day) => (day.toMs - day.fromMs) / 3_600_000)
    expect(hours('2026-10', 25)).toEqual([25])
    expect(hours('2026-03', 29)).toEqual([23])
    expect(daysOf('2026-10', 'Europe/Berlin').every((day, at, days) => at === 0 || days[at - 1]!.toMs === day.fromMs)).toBe(true)
  })

  test('begins at the first instant of its first day there, also where midnight does not happen', () => {
    expect(new Date(daysOf('2026-11', 'Asia/Tokyo')[0]!.fromMs).toISOString()).toBe('2026-10-31T15:00:00.000Z')
    const beirut = daysOf('2026-03', 'Asia/Beirut').find((day) => day.date === 29)!
    expect([new Date(beirut.fromMs).toISOString(), (beirut.toMs - beirut.fromMs) / 3_600_000]).toEqual(['2026-03-28T22:00:00.000Z', 23])
  })

  test('names its weekdays and weekends', () => {
    expect(
      daysOf('2026-11', 'UTC')
        .slice(0, 2)
        .map(({ weekday, weekend }) => [weekday, weekend]),
    ).toEqual([
      ['Su', true],
      ['Mo', false],
    ])
  })

  test('is that of the zone', () => expect(monthOf(Date.parse('2026-10-31T20:00Z'), 'Asia/Tokyo')).toBe('2026-11'))

  test('is followed by the next, over the year', () => {
    expect([addMonths('2026-12', 1), addMonths('2026-01', -1), addMonths('2026-11', 0)]).toEqual(['2027-01', '2025-12', '2026-11'])
  })

  test.each([
    ['2026-11', true],
    ['2026-13', false],
    ['2026-1', false],
    ['', false],
  ])('%s is a month: %s', (text, expected) => {
    expect(isMonth(text)).toBe(expected)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochMs, instant, inZone } from '#kernel/time.ts'
import { dayMs, timeOfDayMs, wallClock, wallMs } from './wall-clock.ts'

const at = (zone: string, wall: string) => instant(wallClock(zone).toInstant(wallMs(wall)))

describe('a wall time becomes an instant', () => {
  test.each([
    ['an ordinary one in winter', 'Europe/Berlin', '2026-01-15T09:00', '2026-01-15T08:00:00.000Z'],
    ['an ordinary one in summer', 'Europe/Berlin', '2026-07-15T09:00', '2026-07-15T07:00:00.000Z'],
    ['one in the gap is the end of the gap', 'Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:00:00.000Z'],
    ['the end of the gap itself', 'Europe/Berlin', '2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    ['one that happens twice is its first instant', 'Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['the first after the doubled hour', 'Europe/Berlin', '2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
    ['a gap of half an hour', 'Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:30:00.000Z'],
    ['a doubled half hour', 'Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45:00.000Z'],
    ['a zone of half an hour without changes', 'Asia/Kolkata', '2026-03-29T02:30', '2026-03-28T21:00:00.000Z'],
    ['New Year, whose instant lies in the old year', 'Pacific/Kiritimati', '2026-01-01T00:00', '2025-12-31T10:00:00.000Z'],
    ['a day that a zone left out', 'Pacific/Apia', '2011-12-30T12:00', '2011-12-30T10:00:00.000Z'],
  ])('%s', (_, zone, wall, expected) => expect(at(zone, wall)).toBe(expected))
})

test('every instant shows the wall time that Temporal shows, and an existing wall time is found again at its first instant', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca', 'America/St_Johns']
  const moments = fc.integer({ min: Date.UTC(1995, 0, 1), max: Date.UTC(2045, 0, 1) })
  fc.assert(
    fc.property(fc.constantFrom(...zones), moments, (zone, ms) => {
      const clock = wallClock(zone)
      const shown = inZone(instant(ms), zone).toPlainDateTime()
      expect(clock.toWall(ms)).toBe(wallMs(shown.toString({ smallestUnit: 'millisecond' })))
      expect(clock.toInstant(clock.toWall(ms))).toBe(shown.toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds)
    }),
  )
})

test('a later wall time is never an earlier instant', () => {
  const clock = wallClock('America/New_York')
  for (let wall = wallMs('2026-03-07T00:00'); wall < wallMs('2026-11-03T00:00'); wall += 1_800_000) {
    expect(clock.toInstant(wall)).toBeLessThanOrEqual(clock.toInstant(wall + 1_800_000))
  }
})

test('an unknown zone is refused', () => expect(() => wallClock('Mars/Olympus').toInstant(0)).toThrow(RangeError))

test('times of the day are read to the second', () => {
  expect(timeOfDayMs('09:30')).toBe(34_200_000)
  expect(timeOfDayMs('23:59:59')).toBe(dayMs - 1000)
  expect(wallMs('2026-11-24T15:14:48')).toBe(epochMs(instant('2026-11-24T15:14:48Z')))
})

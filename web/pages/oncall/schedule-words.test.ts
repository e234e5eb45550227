import { expect, test } from 'vitest'
import { spanWords } from './schedule-words.ts'

const words = (from: string, to: string) => spanWords({ from, to }, 'Europe/Berlin', Date.parse('2026-12-01T08:00:00Z'))

test('a span names its zone once, and both ends where the clocks change in it', () => {
  expect(words('2026-12-01T00:30:00Z', '2026-12-01T02:30:00Z')).toBe('01:30 to 03:30 CET')
  expect(words('2027-03-28T00:30:00Z', '2027-03-28T01:30:00Z')).toBe('28 Mar 2027, 01:30 CET to 03:30 CEST')
  expect(words('2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z')).toBe('Sun 25 Oct, 02:30 CEST to 02:30 CET')
})

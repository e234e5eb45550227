import { expect, test } from 'vitest'
import { weekdaysLater } from './weekdays.ts'

test.each([
  ['from a Monday over the weekend', '2026-11-23', 5, '2026-11-30'],
  ['one from a Thursday is the Friday', '2026-11-26', 1, '2026-11-27'],
  ['from a Friday to the next', '2026-11-27', 5, '2026-12-04'],
  ['from a Saturday', '2026-11-28', 5, '2026-12-04'],
  ['from a Sunday', '2026-11-29', 5, '2026-12-04'],
  ['over the end of a year', '2026-12-30', 5, '2027-01-06'],
  ['over a leap day', '2028-02-28', 2, '2028-03-01'],
  ['none is the day itself', '2026-11-28', 0, '2026-11-28'],
])('%s', (_name, date, count, expected) => expect(weekdaysLater(date, count)).toBe(expected))

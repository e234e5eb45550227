import { expect, test } from 'vitest'
import { folded, stretchOf } from './timeline-parts.ts'

const berlin = 'Europe/Berlin'
const lines = (ats: string[], quiet = false) =>
  folded(
    ats.map((at, index) => ({ id: `e${index}`, at })),
    { shown: new Set(), isQuiet: () => quiet, stretch: ({ at }) => stretchOf(at, berlin) },
  ).map((part) => ('begins' in part ? stretchOf(part.begins.at, berlin) : 'entry' in part ? part.entry.id : `${part.count} more`))

test('one day is named above the list and not in it', () => {
  expect(lines(['2026-11-30T20:00:00Z', '2026-11-30T22:59:00Z'])).toEqual(['e0', 'e1'])
})

test('after midnight of the reader another day begins', () => {
  expect(lines(['2026-11-30T22:59:00Z', '2026-11-30T23:02:00Z'])).toEqual(['2026-11-30 CET', 'e0', '2026-12-01 CET', 'e1'])
})

test('an hour that the clock shows twice stands under another name the second time', () => {
  expect(lines(['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'])).toEqual(['2026-10-25 CEST', 'e0', '2026-10-25 CET', 'e1'])
})

test('what is folded is of one day', () => {
  const hours = (day: string, count: number) => Array.from({ length: count }, (_, i) => `${day}T1${i}:00:00Z`)
  expect(lines([...hours('2026-11-29', 6), ...hours('2026-11-30', 5), ...hours('2026-12-01', 8)], true)).toEqual([
    '2026-11-29 CET',
    '6 more',
    '2026-11-30 CET',
    '5 more',
    '2026-12-01 CET',
    ...Array.from({ length: 8 }, (_, i) => `e${11 + i}`),
  ])
})

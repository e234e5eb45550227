import { describe, expect, test } from 'vitest'
import { changeOf, countChange, distributionOf, trendPoint } from './statistics.ts'

describe('a distribution', () => {
  test.each([
    ['nothing', [], { n: 0, median: null, nineOfTen: null }],
    ['one value is all of it', [7], { n: 1, median: 7, nineOfTen: 7 }],
    ['the middle of an odd number', [9, 1, 5], { n: 3, median: 5, nineOfTen: 9 }],
    ['the mean of the two in the middle', [1, 2, 10, 11], { n: 4, median: 6, nineOfTen: 11 }],
    ['nine of ten values are at most the ninth', [1, 2, 3, 4, 5, 6, 7, 8, 9, 100], { n: 10, median: 5.5, nineOfTen: 9 }],
    ['of eleven it is the tenth', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100], { n: 11, median: 6, nineOfTen: 10 }],
    ['a single extreme does not move the median', [1, 1, 1, 1, 100_000], { n: 5, median: 1, nineOfTen: 100_000 }],
  ])('%s', (_name, values, expected) => expect(distributionOf(values)).toMatchObject(expected))
  test('a value on a bound belongs below it, and none is lost', () => {
    expect(distributionOf([0, 60, 61, 300, 301], [60, 300]).buckets).toEqual([
      { upTo: 60, count: 2 },
      { upTo: 300, count: 2 },
      { upTo: null, count: 1 },
    ])
  })
})

describe('a change', () => {
  const five = [1, 2, 3, 4, 5]
  test.each([
    ['of medians, with its share', [2, 4, 6, 8, 10], five, { difference: 3, share: 1 }],
    ['none under five now', [1, 2, 3, 4], five, null],
    ['none under five before', five, [1, 2, 3, 4], null],
    ['no share of nothing', five, [0, 0, 0, 0, 0], { difference: 3, share: null }],
  ])('%s', (_name, now, before, expected) => expect(changeOf(now, before)).toEqual(expected))
  test.each([
    ['of counts', 10, 5, { difference: 5, share: 1 }],
    ['down to nothing', 0, 8, { difference: -8, share: -1 }],
    ['none against fewer than five', 63, 4, null],
    ['none against nothing: the record may have begun since', 63, 0, null],
  ])('%s', (_name, now, before, expected) => expect(countChange(now, before)).toEqual(expected))
})

test('no trend is drawn from fewer than five', () => {
  expect(trendPoint([1, 2, 3, 4])).toEqual({ n: 4, median: null, nineOfTen: null })
  expect(trendPoint([1, 2, 3, 4, 5])).toEqual({ n: 5, median: 3, nineOfTen: 5 })
})

import { expect, test } from 'vitest'
import { labelPlaces } from './label-places.ts'

test('labels that have room stand where they belong', () => expect(labelPlaces([40, 10, 90], 12)).toEqual([40, 10, 90]))
test('labels of the same height stand around it, in their order', () => expect(labelPlaces([50, 50], 12)).toEqual([44, 56]))
test('a group that grows takes in what it then touches', () =>
  expect(labelPlaces([50, 50, 60], 12)).toEqual([53.333333333333336 - 12, 53.333333333333336, 53.333333333333336 + 12]))
test('no two are nearer than the gap, whatever is wanted', () => {
  for (const wanted of [
    [1, 2, 3, 4, 5],
    [5, 5, 5, 30, 31],
    [100, 0, 99, 1],
  ]) {
    const sorted = labelPlaces(wanted, 12).sort((a, b) => a - b)
    for (let index = 1; index < sorted.length; index++) expect(sorted[index]! - sorted[index - 1]!).toBeGreaterThanOrEqual(12 - 1e-9)
  }
})

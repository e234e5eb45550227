import { expect, test } from 'vitest'
import { seeded } from './random.ts'

test('the same seed gives the same numbers, another one others', () => {
  const first = (seed: number) => Array.from({ length: 3 }, seeded(seed))
  expect(first(2417)).toEqual(first(2417))
  expect(first(2418)).not.toEqual(first(2417))
})

test('the numbers are whole, and spread over everything below 2^32', () => {
  const next = seeded(1)
  const drawn = Array.from({ length: 4000 }, next)
  expect(drawn.every((number) => Number.isInteger(number) && number >= 0 && number < 2 ** 32)).toBe(true)
  const eighths = new Set(drawn.map((number) => number >>> 29))
  expect(eighths.size).toBe(8)
})

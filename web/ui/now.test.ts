import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nowMs, setServerTime } from './now.ts'

const noon = Date.UTC(2026, 10, 30, 12)
beforeEach(() => void vi.useFakeTimers({ now: noon }))
afterEach(() => {
  setServerTime(Date.now(), Date.now())
  vi.useRealTimers()
})

test.each<[string, number, number]>([
  ['is told to the second only', -900, 0],
  ['is of a clock a second apart', 1000, 0],
  ['was on its way for a second', -1500, 1000],
  ['was on its way for half a minute', -30_000, 30_000],
  ['was waited for half a minute', 0, 30_000],
])('a time of the server that %s does not move the clock', (_, apart, took) => {
  setServerTime(noon + apart, noon - took)
  expect(nowMs()).toBe(noon)
})

test('a machine whose clock is wrong tells times by the server’s, and keeps still while that goes on', () => {
  setServerTime(noon + 180_000, noon)
  expect(nowMs()).toBe(noon + 180_500)
  setServerTime(noon + 180_200, noon - 400)
  expect(nowMs()).toBe(noon + 180_500)
})

test('a clock that was set right counts again', () => {
  setServerTime(noon - 600_000, noon)
  expect(nowMs()).toBe(noon - 599_500)
  setServerTime(noon, noon)
  expect(nowMs()).toBe(noon)
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nowMs, setServerTime } from './now.ts'

const noon = Date.UTC(2026, 10, 30, 12)
beforeEach(() => void vi.useFakeTimers({ now: noon }))
afterEach(() => {
  setServerTime(Date.now())
  vi.useRealTimers()
})

test.each<[string, number]>([
  ['is told to the second only', -900],
  ['was on its way for a second', -1500],
  ['is a second ahead', 1000],
])('a time of the server that %s does not move the clock', (_, apart) => {
  setServerTime(noon + apart)
  expect(nowMs()).toBe(noon)
})

test('a machine whose clock is wrong tells times by the server’s, and keeps still while that goes on', () => {
  setServerTime(noon + 180_000)
  expect(nowMs()).toBe(noon + 180_500)
  setServerTime(noon + 181_000)
  expect(nowMs()).toBe(noon + 180_500)
})

test('a clock that was set right counts again', () => {
  setServerTime(noon - 600_000)
  expect(nowMs()).toBe(noon - 599_500)
  setServerTime(noon)
  expect(nowMs()).toBe(noon)
})

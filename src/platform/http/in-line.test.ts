import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLine } from './in-line.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const served: number[] = []
const come = (line: ReturnType<typeof createLine>, from: number, to: number) => {
  for (let n = from; n < to; n++) void line.turn().then(() => served.push(n))
}

test('so many at once, then so many a second, in their order; and after a calm second so many at once again', async () => {
  const line = createLine(20)
  come(line, 0, 45)
  await vi.advanceTimersByTimeAsync(0)
  expect(served).toHaveLength(20)
  await vi.advanceTimersByTimeAsync(1000)
  expect(served).toHaveLength(40)
  await vi.advanceTimersByTimeAsync(250)
  expect(served).toEqual(Array.from({ length: 45 }, (_, n) => n))
  expect(vi.getTimerCount(), 'it fills up again').toBe(1)
  await vi.advanceTimersByTimeAsync(1000)
  expect(vi.getTimerCount(), 'nothing runs while nobody comes').toBe(0)
  come(line, 45, 65)
  await vi.advanceTimersByTimeAsync(0)
  expect(served).toHaveLength(65)
})

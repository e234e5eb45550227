import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPace } from './flood.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** After how many milliseconds each of these may go on. */
async function waits(pace: ReturnType<typeof createPace>, all: readonly (readonly [id: string, bytes: number])[]): Promise<number[]> {
  const began = performance.now()
  const ended = all.map(async ([id, bytes]) => {
    await pace(id, bytes)
    return Math.round(performance.now() - began)
  })
  await vi.runAllTimersAsync()
  return Promise.all(ended)
}

test('everybody has a second of it at once, and then as much as there is in a second', async () => {
  const pace = createPace(1000)
  expect(
    await waits(pace, [
      ['loud', 600],
      ['loud', 400],
      ['loud', 500],
      ['loud', 500],
      ['loud', 1],
    ]),
  ).toEqual([0, 0, 0, 500, 1000])
})

test('nobody waits for what another has had', async () => {
  const pace = createPace(1000)
  expect(
    await waits(pace, [
      ['loud', 5000],
      ['quiet', 10],
      ['loud', 1],
    ]),
  ).toEqual([0, 0, 4000])
})

test('who was silent may have a second of it again, and no more', async () => {
  const pace = createPace(1000)
  await waits(pace, [['loud', 3000]])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(
    await waits(pace, [
      ['loud', 1000],
      ['loud', 1000],
      ['loud', 1000],
    ]),
  ).toEqual([0, 0, 1000])
})

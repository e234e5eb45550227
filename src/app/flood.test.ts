import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Signal } from '#kernel/signal.ts'
import type { IntegrationId } from '#domains/alerts/index.ts'
import { createFlood, createPace, type ToKeep } from './flood.ts'
import { realTiming } from './timing.ts'

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

test('what was read already is kept some hundred signals at a time, in its order, and what was not all at once', async () => {
  const integration = { id: 'int_loud' as IntegrationId, serviceId: null, teamId: null }
  const heard = { resolve: () => undefined, reject: () => undefined }
  const one: Signal = { action: 'trigger', title: 'Loud', severity: 'info', labels: {} }
  const read = (count: number): ToKeep => ({ ...heard, batch: { integration, signals: Array<Signal>(count).fill(one) } })
  const request = { integration, unread: { subpath: '', body: Buffer.alloc(0), count: 1000 } }
  const unread = (): ToKeep => ({ ...heard, request, read: () => Promise.resolve([]) })
  const all = [read(600), read(300), read(200), unread(), unread(), read(100)]
  const commits: number[][] = []
  const flood = createFlood({} as never, async (taken) => void commits.push(taken.map((one) => all.indexOf(one))), realTiming)
  flood.put(all)
  await vi.waitFor(() => expect(flood.has(integration.id)).toBe(false))
  expect(commits).toEqual([[0], [1, 2, 3, 4], [5]])
})

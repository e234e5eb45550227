// Pages in a storm: what takes long is still shown, and what changed while it was read is read once more.
import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { refresher } from './refresh.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A page that reads `world.now`, each read looking at its beginning and ending `lasts` ms later. */
function page(lasts: number) {
  const client = new QueryClient()
  const world = { now: 0, reads: 0, broken: 0 }
  const observer = new QueryObserver(client, {
    queryKey: ['page'],
    queryFn: async ({ signal }) => {
      world.reads++
      const seen = world.now
      await new Promise((resolve) => setTimeout(resolve, lasts))
      if (signal.aborted) world.broken++
      return seen
    },
  })
  const leave = observer.subscribe(() => undefined)
  return { client, world, shown: () => observer.getCurrentResult().data, refresh: refresher(client), leave }
}

test('a page whose reads take a second goes on showing what is new while something changes all the time', async () => {
  const { world, shown, refresh, leave } = page(1_000)
  await vi.advanceTimersByTimeAsync(1_000)
  for (let tenth = 0; tenth < 60; tenth++) {
    world.now++
    refresh.changed()
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(world.broken).toBe(0)
  expect(shown()).toBeGreaterThan(30)
  leave()
})

test('what changed while the first read was under way is read once more, and then there is rest', async () => {
  const { world, shown, refresh, leave } = page(1_000)
  await vi.advanceTimersByTimeAsync(500)
  world.now = 7
  refresh.changed()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(shown()).toBe(7)
  expect(world.reads).toBe(2)
  leave()
})

test('many changes at one moment are one read, and none after the page has gone', async () => {
  const { client, world, refresh, leave } = page(10)
  await vi.advanceTimersByTimeAsync(10)
  for (let change = 0; change < 100; change++) refresh.changed()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(world.reads).toBe(2)
  refresh.changed()
  refresh.close()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(world.reads).toBe(2)
  leave()
  client.clear()
})

test('a list that was read on costs a page a second, however much changes, and shows the last of it', async () => {
  const client = new QueryClient()
  const world = { now: 0, reads: 0 }
  const observer = new InfiniteQueryObserver(client, {
    queryKey: ['list'],
    queryFn: async ({ pageParam }) => {
      world.reads++
      return `${pageParam} at ${world.now}`
    },
    initialPageParam: 1,
    getNextPageParam: (_last, pages) => pages.length + 1,
  })
  const leave = observer.subscribe(() => undefined)
  const refresh = refresher(client)
  await vi.advanceTimersByTimeAsync(10)
  for (let more = 0; more < 4; more++) await observer.fetchNextPage()
  expect(world.reads).toBe(5)
  for (let tenth = 0; tenth < 200; tenth++) {
    world.now++
    refresh.changed()
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(world.reads).toBeLessThanOrEqual(5 + 20)
  expect(world.reads).toBeGreaterThanOrEqual(5 + 15)
  await vi.advanceTimersByTimeAsync(6_000)
  expect(observer.getCurrentResult().data?.pages).toEqual([1, 2, 3, 4, 5].map((page) => `${page} at 200`))
  refresh.close()
  leave()
  client.clear()
})

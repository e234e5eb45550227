import { expect, test, vi } from 'vitest'
import { inGroups } from './grouping.ts'

/** Work that is held until it is let go. */
function held() {
  const groups: { group: readonly string[]; end: (error?: Error) => void }[] = []
  const work = (group: readonly string[]) =>
    new Promise<string[]>((resolve, reject) =>
      groups.push({ group, end: (error) => (error ? reject(error) : resolve(group.map((one) => `${one}!`))) }),
    )
  return { groups, work, seen: () => groups.map(({ group }) => group.join('')) }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('what comes alone begins at once, and what comes meanwhile goes together next', async () => {
  const { groups, work, seen } = held()
  const add = inGroups(work, 50)
  const first = add('a')
  await turn()
  const others = [add('b'), add('c')]
  await turn()
  expect(seen()).toEqual(['a'])
  groups[0]!.end()
  expect(await first).toBe('a!')
  await turn()
  expect(seen()).toEqual(['a', 'bc'])
  groups[1]!.end()
  expect(await Promise.all(others)).toEqual(['b!', 'c!'])
})

test('what comes in one breath is one group', async () => {
  const { groups, work, seen } = held()
  const add = inGroups(work, 50)
  const all = ['a', 'b', 'c'].map(add)
  await turn()
  expect(seen()).toEqual(['abc'])
  groups[0]!.end()
  await Promise.all(all)
})

test('a group has no more than it may', async () => {
  const { groups, work, seen } = held()
  const add = inGroups(work, 50, () => false, 2)
  const all = ['a', 'b', 'c'].map(add)
  await turn()
  expect(seen()).toEqual(['ab'])
  groups[0]!.end()
  await turn()
  expect(seen()).toEqual(['ab', 'c'])
  groups[1]!.end()
  expect(await Promise.all(all)).toEqual(['a!', 'b!', 'c!'])
})

test('a group that is slow keeps nobody waiting', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { groups, work, seen } = held()
    const add = inGroups(work, 50)
    const slow = add('a')
    await turn()
    const next = add('b')
    await vi.advanceTimersByTimeAsync(49)
    expect(seen()).toEqual(['a'])
    await vi.advanceTimersByTimeAsync(1)
    expect(seen()).toEqual(['a', 'b'])
    groups[1]!.end()
    expect(await next).toBe('b!')
    // Its own end later begins nothing twice.
    groups[0]!.end()
    expect(await slow).toBe('a!')
    const last = [add('c'), add('d')]
    await turn()
    expect(seen()).toEqual(['a', 'b', 'cd'])
    groups[2]!.end()
    await Promise.all(last)
  } finally {
    vi.useRealTimers()
  }
})

test('when a group fails each is done by itself, and only the guilty one fails', async () => {
  const seen: string[] = []
  const add = inGroups(async (group: readonly string[]) => {
    seen.push(group.join(''))
    if (group.includes('b')) throw new Error('b is guilty')
    return group
  }, 50)
  const ended = await Promise.allSettled(['a', 'b', 'c'].map(add))
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(seen).toEqual(['abc', 'a', 'b', 'c'])
})

test('a database that is away is not asked again for each', async () => {
  let asked = 0
  const add = inGroups(async () => {
    asked++
    throw Object.assign(new Error('away'), { code: '57P01' })
  }, 50)
  const ended = await Promise.allSettled(['a', 'b', 'c'].map(add))
  expect(ended.every(({ status }) => status === 'rejected')).toBe(true)
  expect(asked).toBe(1)
})

test('without an end to its patience, only an end lets the next group begin', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const { groups, work, seen } = held()
    const add = inGroups(work, Infinity)
    const all = [add('a')]
    await turn()
    all.push(add('b'))
    await vi.advanceTimersByTimeAsync(100_000)
    expect(seen()).toEqual(['a'])
    groups[0]!.end()
    await turn()
    groups[1]!.end()
    expect(await Promise.all(all)).toEqual(['a!', 'b!'])
  } finally {
    vi.useRealTimers()
  }
})

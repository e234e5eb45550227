import { describe, expect, test } from 'vitest'
import { allOfThem, gather, gatherByKey, gatherRows, inTurns } from './gather.ts'

const pause = () => new Promise((resolve) => setImmediate(resolve))

describe('what is asked at the same moment', () => {
  test('is asked once, and each hears its own answer', async () => {
    const asked: number[][] = []
    const double = gather(async (_: object, all: readonly number[]) => {
      asked.push([...all])
      await pause()
      return all.map((one) => one * 2)
    })
    const scope = {}
    const line = async (n: number) => {
      const first = await double(scope, n)
      return double(scope, first)
    }
    expect(await Promise.all([line(1), line(2), line(3)])).toEqual([4, 8, 12])
    expect(asked).toEqual([
      [1, 2, 3],
      [2, 4, 6],
    ])
  })

  test('waits for those that come a few steps later', async () => {
    const asked: number[][] = []
    const note = gather(async (_: object, all: readonly number[]) => (asked.push([...all]), all))
    const scope = {}
    const later = async (steps: number) => {
      for (let n = 0; n < steps; n++) await Promise.resolve()
      return note(scope, steps)
    }
    await Promise.all([later(0), later(3), later(12)])
    expect(asked).toEqual([[0, 3, 12]])
  })

  test('is never mixed with what another scope asks', async () => {
    const asked: [string, number[]][] = []
    const note = gather(async (scope: { name: string }, all: readonly number[]) => (asked.push([scope.name, [...all]]), all))
    await Promise.all([note({ name: 'one' }, 1), note({ name: 'two' }, 2)])
    expect(asked).toEqual([
      ['one', [1]],
      ['two', [2]],
    ])
  })

  test('fails for each when it fails', async () => {
    const broken = gather(async (_: object, __: readonly number[]): Promise<number[]> => Promise.reject(new Error('no')))
    const scope = {}
    const ended = await Promise.allSettled([broken(scope, 1), broken(scope, 2)])
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  const rows = [
    { id: 'a', slug: 'first', team: 'x' },
    { id: 'b', slug: 'second', team: 'y' },
    { id: 'c', slug: 'third', team: 'x' },
  ]

  test('is found by any of its keys, and nothing is found by another', async () => {
    const find = gatherByKey(
      async (_: object, keys: string[]) => rows.filter(({ id, slug }) => keys.includes(id) || keys.includes(slug)),
      ({ id }) => id,
      ({ slug }) => slug,
    )
    const scope = {}
    expect(await Promise.all(['a', 'second', 'nobody', 'a'].map((key) => find(scope, key)))).toEqual([rows[0], rows[1], undefined, rows[0]])
  })

  test('comes back as the rows of each who asked, in their order; nothing is asked for no key', async () => {
    let count = 0
    const find = gatherRows(
      async (_: object, keys: string[]) => (count++, rows.filter(({ team }) => keys.includes(team))),
      ({ team }) => team,
    )
    const scope = {}
    expect(await Promise.all([find(scope, ['y']), find(scope, ['x', 'y']), find(scope, [])])).toEqual([[rows[1]], rows, []])
    expect(await find(scope, [])).toEqual([])
    expect(count).toBe(1)
  })
})

test('all of them end before the first failure is thrown', async () => {
  const ended: string[] = []
  const after = async (steps: number, what: string, fails = false) => {
    for (let n = 0; n < steps; n++) await pause()
    ended.push(what)
    if (fails) throw new Error(what)
    return what
  }
  await expect(allOfThem([after(3, 'late', true), after(1, 'early', true), after(5, 'last')])).rejects.toThrow('early')
  expect(ended).toEqual(['early', 'late', 'last'])
  expect(await allOfThem([after(1, 'one'), undefined, 3])).toEqual(['one', undefined, 3])
})

test('what failed first is said, and not what failed because of it', async () => {
  const failed = (code: string) => Promise.reject(Object.assign(new Error(code), { code }))
  await expect(allOfThem([failed('25P02'), failed('22012')])).rejects.toThrow('22012')
  await expect(allOfThem([failed('25P02'), 1])).rejects.toThrow('25P02')
})

test('those of one turn go one after the other, and turns beside each other; after a failure nothing begins', async () => {
  const log: string[] = []
  const work = async (one: string) => {
    log.push(`${one} begins`)
    await pause()
    log.push(`${one} ends`)
    if (one === 'a2') throw new Error('a2')
  }
  await inTurns(['a1', 'b1', 'a3'], ([turn]) => turn!, work)
  expect(log).toEqual(['a1 begins', 'b1 begins', 'a1 ends', 'a3 begins', 'b1 ends', 'a3 ends'])
  log.length = 0
  await expect(inTurns(['a2', 'a4', 'b2'], ([turn]) => turn!, work)).rejects.toThrow('a2')
  expect(log).toEqual(['a2 begins', 'b2 begins', 'a2 ends', 'b2 ends'])
})

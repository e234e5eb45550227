import { expect, test } from 'vitest'
import { silentLog } from '#platform/log.ts'
import { createBeginning, type MistakeIn } from './beginning.ts'
import { createEnding } from './ending.ts'

const away = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

/** Steps that fail so often before they succeed. */
function story(failures: Record<string, unknown[]>, mistakeIn?: MistakeIn) {
  const done: string[] = []
  const pauses: number[] = []
  const beginning = createBeginning(
    Object.entries(failures).map(([name, left]) => async () => {
      done.push(name)
      const failure = left.shift()
      if (failure !== undefined) throw failure
    }),
    mistakeIn,
    async (ms) => void pauses.push(ms as number) as never,
  )
  return { beginning, done, pauses }
}

test('what was done is not done again; the pauses grow to five seconds', async () => {
  const { beginning, done, pauses } = story({ reach: Array.from({ length: 7 }, away), settle: [away()], work: [] })
  await expect(beginning.begin()).rejects.toThrow('ECONNREFUSED')
  expect(await beginning.untilBegun(new AbortController().signal)).toBe(true)
  expect(done).toEqual([...Array<string>(8).fill('reach'), 'settle', 'settle', 'work'])
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000])
})

test('what the database refuses is not tried again', async () => {
  const { beginning, done } = story({ reach: [new Error('password authentication failed')] })
  await expect(beginning.untilBegun(new AbortController().signal)).rejects.toThrow('password')
  expect(done).toEqual(['reach'])
})

test('what waiting will not mend is not waited for any longer', async () => {
  const { beginning, done, pauses } = story({ reach: Array.from({ length: 9 }, away) }, (_, triedMs) =>
    triedMs < 1000 ? undefined : new Error('a mistake'),
  )
  await expect(beginning.untilBegun(new AbortController().signal)).rejects.toThrow('a mistake')
  expect(done).toEqual(['reach', 'reach', 'reach'])
  expect(pauses).toEqual([250, 500, 1000])
})

test('whoever is stopped begins nothing more', async () => {
  const stopping = new AbortController()
  const done: string[] = []
  const beginning = createBeginning(
    [
      async () => {
        done.push('reach')
        stopping.abort()
      },
      async () => void done.push('work'),
    ],
    undefined,
    async () => undefined as never,
  )
  expect(await beginning.untilBegun(stopping.signal)).toBe(false)
  expect(await beginning.untilBegun(stopping.signal)).toBe(false)
  expect(done).toEqual(['reach'])
})

test('the end undoes what was begun, the last first, once, also what is begun meanwhile and while the database is away', async () => {
  const done: string[] = []
  const { cleanUps, stop, stopping } = createEnding(silentLog())
  cleanUps.push(() => void done.push('database'))
  cleanUps.push(() => {
    done.push('worker')
    throw away()
  })
  cleanUps.push(() => {
    done.push('beginning')
    cleanUps.push(() => void done.push('begun meanwhile'))
  })
  await Promise.all([stop(), stop()])
  expect(done).toEqual(['beginning', 'begun meanwhile', 'worker', 'database'])
  expect(stopping.aborted).toBe(true)
})

test('anything else that fails at the end is not hidden', async () => {
  const { cleanUps, stop } = createEnding(silentLog())
  cleanUps.push(() => {
    throw new Error('a defect')
  })
  await expect(stop()).rejects.toThrow('a defect')
})

test('what hangs at the end is left after a while, and what stands behind it is ended all the same', async () => {
  const done: string[] = []
  let passedMs = 0
  const waits: number[] = []
  const after = (ms: number, work: () => void) => {
    waits.push(ms)
    const late = setImmediate(() => {
      passedMs += ms
      work()
    })
    return () => clearImmediate(late)
  }
  const { cleanUps, stop } = createEnding(silentLog(), { elapsedMs: () => passedMs, after })
  cleanUps.push(() => void done.push('database'))
  cleanUps.push(() => new Promise(() => undefined))
  cleanUps.push(() => new Promise(() => undefined))
  cleanUps.push(() => void done.push('door'))
  await stop()
  expect(done).toEqual(['door', 'database'])
  expect(waits).toEqual([15_000, 15_000, 300, 300])
})

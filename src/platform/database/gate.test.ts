import { describe, expect, test } from 'vitest'
import { createGate, createWorkGates, createGates } from './gate.ts'

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  return { work: () => promise, end: resolve, fail: reject }
}
const gate = (atOnce: number, mostWaiting: number) => createGate({ atOnce, mostWaiting, busy: 'busy' })

describe('a gate', () => {
  test('lets so many in, and the next in their order as others leave', async () => {
    const through = gate(2, 10)
    const [a, b, c, d] = [held(), held(), held(), held()]
    const began: string[] = []
    const all = Object.entries({ a, b, c, d }).map(([name, one]) => through(() => (began.push(name), one.work())))
    await Promise.resolve()
    expect(began).toEqual(['a', 'b'])
    b.end('b')
    expect(await all[1]).toBe('b')
    expect(began).toEqual(['a', 'b', 'c'])
    a.fail(new Error('a'))
    await expect(all[0]).rejects.toThrow('a')
    expect(began).toEqual(['a', 'b', 'c', 'd'])
    c.end('c')
    d.end('d')
    expect(await Promise.all(all.slice(2))).toEqual(['c', 'd'])
    expect(await through(() => Promise.resolve('e'))).toBe('e')
  })

  test('tells whoever comes when too many wait that it is busy, and when to come back', async () => {
    const through = gate(1, 1)
    const first = held()
    const inside = through(first.work)
    const waits = through(() => Promise.resolve('second'))
    await expect(through(() => Promise.resolve('third'))).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 2 })
    first.end('first')
    expect(await Promise.all([inside, waits])).toEqual(['first', 'second'])
    expect(await through(() => Promise.resolve('fourth'))).toBe('fourth')
  })
})

test.each(['postgres', 'embedded'] as const)(
  'on %s, reads are shed before commands, and one kind does not keep another waiting',
  async (kind) => {
    const { reads, commands } = createGates(kind)
    const { effects } = createWorkGates(kind)
    const report = held()
    const slow = Array.from({ length: 110 }, () => reads(report.work).then(String, (error: { code: string }) => error.code))
    expect(await commands(() => Promise.resolve('acknowledged'))).toBe('acknowledged')
    expect(await effects(() => Promise.resolve('told'))).toBe('told')
    report.end('report')
    const answers = await Promise.all(slow)
    expect(answers.filter((answer) => answer === 'unavailable').length).toBe(kind === 'postgres' ? 5 : 9)
  },
)

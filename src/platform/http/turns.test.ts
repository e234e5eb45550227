import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('whoever sends much is read one at a time, in order, and others come in between', async () => {
  const turns = createTurns()
  const read: string[] = []
  const loud = [1, 2, 3].map((n) => turns('loud', () => void read.push(`loud ${n}`)))
  expect(read).toEqual(['loud 1'])
  setImmediate(() => void turns('quiet', () => void read.push('quiet')))
  await Promise.all(loud)
  expect(read).toEqual(['loud 1', 'quiet', 'loud 2', 'loud 3'])
})

test('what fails ends its turn too', async () => {
  const turns = createTurns()
  const failing = turns('a', () => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await turns('a', () => 'read')).toBe('read')
})

test('what takes several turns is done before the next of the same key begins', async () => {
  const turns = createTurns()
  const read: string[] = []
  const long = turns('a', async () => {
    read.push('begins')
    await new Promise((resolve) => setImmediate(resolve))
    read.push('ends')
  })
  await Promise.all([long, turns('a', () => void read.push('next'))])
  expect(read).toEqual(['begins', 'ends', 'next'])
})

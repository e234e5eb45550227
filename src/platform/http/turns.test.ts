import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('whoever sends much is read one at a time, in order, and others come in between', async () => {
  const turns = createTurns()
  const read: string[] = []
  const loud = [1, 2, 3].map((n) => turns('loud', () => void read.push(`loud ${n}`)))
  expect(read).toEqual(['loud 1'])
  setImmediate(() => void turns('quiet', () => void read.push('quiet')))
  await Promise.all(loud)
  expect(read).toEqual(['loud 1', 'loud 2', 'quiet', 'loud 3'])
})

test('what fails ends its turn too', async () => {
  const turns = createTurns()
  const failing = turns('a', () => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await turns('a', () => 'read')).toBe('read')
})

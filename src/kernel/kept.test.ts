import { expect, test } from 'vitest'
import { frozen, kept } from './kept.ts'

test('what was made of a text is made once, until the texts grow too many', () => {
  let made = 0
  const lengthOf = kept((text) => ({ length: text.length, number: ++made }))
  const first = lengthOf('rate > 5')
  expect(lengthOf('rate > 5')).toBe(first)
  expect(lengthOf('rate > 6')).toEqual({ length: 8, number: 2 })
  for (const end of ['a', 'b']) lengthOf('x'.repeat(3_000_000) + end)
  expect(lengthOf('rate > 5')).toEqual({ ...first, number: 5 })
})

test('nothing of what is frozen can be changed', () => {
  const runbook = frozen({ sections: [{ steps: ['look'] }], name: 'Roll back' })
  expect(() => runbook.sections[0]!.steps.push('delete')).toThrow(TypeError)
  expect(() => void (runbook.name = '')).toThrow(TypeError)
})

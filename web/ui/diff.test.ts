// Promises of a change shown line by line.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffLines } from './diff.tsx'

test('a changed line is taken away, then put in; the rest stays', () => {
  expect(diffLines('a\nb\nc', 'a\nx\nc').map(({ sign, text }) => sign + text)).toEqual([' a', '-b', '+x', ' c'])
})

test('both sides can be read back from the lines', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after)
      const side = (sign: string) => lines.filter((line) => line.sign !== sign).map((line) => line.text)
      expect(side('+').join('\n')).toBe(before)
      expect(side('-').join('\n')).toBe(after)
    }),
  )
})

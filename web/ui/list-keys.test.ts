// Promises of J and K.
import { expect, test } from 'vitest'
import { chosenRows, movedRow } from './list-keys.ts'
import { strokeOf } from './keys.ts'

const ids = ['a', 'b', 'c']

test.each([
  ['J without a current row goes to the first', undefined, 1, 'a'],
  ['K without a current row goes to the last', undefined, -1, 'c'],
  ['J moves down', 'a', 1, 'b'],
  ['J stays on the last', 'c', 1, 'c'],
  ['K stays on the first', 'a', -1, 'a'],
  ['a row that has gone starts over', 'gone', 1, 'a'],
] as const)('%s', (_name, current, by, expected) => expect(movedRow(ids, current, by)).toBe(expected))

test('an empty list has no current row', () => expect(movedRow([], undefined, 1)).toBeUndefined())

test.each([
  ['the picked rows, in their order', ['c', 'a'], 'b', ['a', 'c']],
  ['the current row while none is picked', [], 'b', ['b']],
  ['the current row once those that were picked have gone', ['gone'], 'b', ['b']],
  ['nothing where nothing is chosen', [], undefined, []],
] as const)('an act is about %s', (_name, picked, current, expected) =>
  expect(chosenRows(ids, new Set<string>(picked), current)).toEqual(expected),
)

test.each([
  [{ key: 'a' }, 'a'],
  [{ key: 'A' }, 'a'],
  [{ key: 'D', shiftKey: true }, 'Shift+D'],
  [{ key: '?', shiftKey: true }, '?'],
  [{ key: 'k', ctrlKey: true }, 'Ctrl+K'],
  [{ key: 'k', metaKey: true }, 'Ctrl+K'],
  [{ key: 'Enter', ctrlKey: true }, 'Ctrl+Enter'],
])('%j is the stroke %s', (pressed, stroke) =>
  expect(strokeOf({ shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...pressed })).toBe(stroke),
)

// Promises of the palette's order.
import { expect, test } from 'vitest'
import { matchPalette, type PaletteItem } from './palette-match.ts'

const item = (id: string, group: string, label: string, more: Partial<PaletteItem> = {}): PaletteItem => ({
  id,
  group,
  label,
  run: () => {},
  ...more,
})
const items = [
  item('sev', 'Do', 'Set severity to SEV2', { keywords: 'raise lower' }),
  item('task', 'Do', 'Add a task'),
  item('several', 'Go to', 'Several regions slow'),
]
const found = (query: string) => matchPalette(items, query).map(({ id }) => id)

test('without words everything is offered in its own order', () => expect(found('')).toEqual(['sev', 'task', 'several']))
test('every word must be met', () => expect(found('set sev')).toEqual(['sev']))
test('groups keep their order although a later group fits better', () => expect(found('sev')).toEqual(['sev', 'several']))
test('keywords find an item that its label hides', () => expect(found('raise')).toEqual(['sev']))
test('what the server found is shown unmatched', () => {
  expect(matchPalette([item('x', 'Found', 'INC-9', { always: true })], 'payments').map(({ id }) => id)).toEqual(['x'])
})

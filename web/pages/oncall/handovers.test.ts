import { expect, test } from 'vitest'
import { handoversIn } from './handovers.ts'

const shift = (handle: string, from: string, to: string) => ({
  person: { id: null, handle, name: handle },
  from: `2026-11-${from}:00:00.000Z`,
  to: `2026-11-${to}:00:00.000Z`,
  layer: 'Weekly',
  override: null,
  reason: '',
})
const from = Date.parse('2026-11-02T00:00Z')
const to = Date.parse('2026-11-08T00:00Z')
const read = (...shifts: ReturnType<typeof shift>[]) =>
  handoversIn(shifts, from, to).map(
    ({ at, off, on }) => `${at.slice(8, 13)} ${off.map((one) => one.handle).join()}>${on.map((one) => one.handle).join()}`,
  )

test.each([
  ['one takes over from another', [shift('ana', '01T09', '04T09'), shift('ben', '04T09', '09T09')], ['04T09 ana>ben']],
  [
    'nobody takes over, then somebody comes',
    [shift('ana', '01T09', '04T09'), shift('ben', '05T09', '09T09')],
    ['04T09 ana>', '05T09 >ben'],
  ],
  ['the same person goes on for another reason', [shift('ana', '01T09', '04T09'), shift('ana', '04T09', '09T09')], []],
  ['a second one comes beside the first', [shift('ana', '01T09', '09T09'), shift('ben', '03T09', '05T09')], ['03T09 >ben', '05T09 ben>']],
  ['it happens outside of the range', [shift('ana', '01T09', '01T12'), shift('ben', '01T12', '08T00'), shift('ana', '08T00', '09T00')], []],
])('when %s, that is said', (_, shifts, expected) => {
  expect(read(...shifts)).toEqual(expected)
})

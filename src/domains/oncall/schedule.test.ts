import { describe, expect, test } from 'vitest'
import { ScheduleSchema, type ScheduleInput } from './schedule.ts'

const layer = { name: 'Weekly', rotation: { unit: 'week', length: 1, anchor: '2026-01-05T09:00', participants: ['ana', null] } } as const
const schedule: ScheduleInput = {
  slug: 'payments',
  name: 'Payments',
  zone: 'Europe/Berlin',
  layers: [{ ...layer, rotation: { ...layer.rotation, participants: ['ana', null] } }],
}
const override = {
  kind: 'takeover',
  id: 'o1',
  by: 'kenji',
  add: 'kenji',
  from: '2026-01-05T09:00:00Z',
  to: '2026-01-06T09:00:00Z',
} as const

test('a schedule is filled with its defaults: the last layer wins, no override', () => {
  const parsed = ScheduleSchema.parse(schedule)
  expect(parsed.combine).toBe('priority')
  expect(parsed.overrides).toEqual([])
  expect(parsed.layers[0]!.beside).toBe(false)
})

test('instants are accepted with any offset and kept in their one form', () => {
  const parsed = ScheduleSchema.parse({ ...schedule, overrides: [{ ...override, from: '2026-01-05T10:00:00+01:00' }] })
  expect(parsed.overrides[0]).toMatchObject({ from: '2026-01-05T09:00:00.000Z', why: '' })
})

describe('a schedule is refused when', () => {
  const rotation = (change: object) => ({ ...schedule, layers: [{ ...layer, rotation: { ...layer.rotation, ...change } }] })
  const window = (one: object) => ({ ...schedule, layers: [{ ...layer, windows: [one] }] })
  test.each<[string, unknown, string]>([
    ['its zone is unknown', { ...schedule, zone: 'Europe/Bielefeld' }, 'zone'],
    ['its zone is an offset, which knows no daylight saving', { ...schedule, zone: '+01:00' }, 'zone'],
    ['two layers have one name', { ...schedule, layers: [layer, layer] }, 'layers'],
    ['a rotation has no participant', rotation({ participants: [] }), 'layers.0.rotation.participants'],
    ['a turn lasts nothing', rotation({ length: 0 }), 'layers.0.rotation.length'],
    ['an anchor has an offset', rotation({ anchor: '2026-01-05T09:00:00Z' }), 'layers.0.rotation.anchor'],
    ['an anchor is on a day that does not exist', rotation({ anchor: '2026-02-30T09:00' }), 'layers.0.rotation.anchor'],
    ['a window has no such hour', window({ kind: 'daily', from: '09:00', to: '24:00' }), 'layers.0.windows.0.to'],
    ['a window has no day', window({ kind: 'weekdays', days: [], from: '09:00', to: '17:00' }), 'layers.0.windows.0.days'],
    [
      'a layer ends before it starts',
      { ...schedule, layers: [{ ...layer, from: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }] },
      'layers.0.until',
    ],
    ['an override is empty', { ...schedule, overrides: [{ ...override, to: override.from }] }, 'overrides.0.to'],
    ['a replacement does not say whom', { ...schedule, overrides: [{ ...override, kind: 'replace' }] }, 'overrides.0.remove'],
  ])('%s', (_, input, path) => {
    const paths = ScheduleSchema.safeParse(input).error?.issues.map((issue) => issue.path.join('.'))
    expect(paths).toEqual([path])
  })
})

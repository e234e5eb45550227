import { describe, expect, test } from 'vitest'
import { epochMs, instant } from '#kernel/time.ts'
import { applyOverrides, overrideSentence, timedOverrides, type OnCall } from './overrides.ts'
import { OverrideSchema, type Override } from './schedule.ts'
import type { z } from 'zod'

type Kind =
  z.input<typeof OverrideSchema> extends infer Input
    ? Input extends { kind: string }
      ? Omit<Input, 'id' | 'by' | 'from' | 'to'>
      : never
    : never

const hour = (h: number) => instant(Date.UTC(2026, 0, 5, h))
const made = (kinds: Kind[]): Override[] =>
  kinds.map((kind, i) => OverrideSchema.parse({ id: `o${i}`, by: 'kenji', from: hour(8), to: hour(12), ...kind }))
const peopleAt = (base: string[], kinds: Kind[], at = hour(9)) => {
  const layers = base.map((person): OnCall => ({ person, layer: 'Weekly', override: null }))
  const { on, effective } = applyOverrides(layers, timedOverrides(made(kinds), 0, Infinity), epochMs(at))
  return { on: on.map((one) => one.person).join(' '), effective: effective.map((one) => one.id).join(' ') }
}

describe('overrides', () => {
  test.each<[string, string[], Kind[], string, string]>([
    ['none leaves the layers’ answer', ['a', 'b'], [], 'a b', ''],
    ['replace puts one in the place of another', ['a', 'b'], [{ kind: 'replace', remove: 'a', add: 'c' }], 'c b', 'o0'],
    ['replace does nothing where the other is not on call', ['b'], [{ kind: 'replace', remove: 'a', add: 'c' }], 'b', ''],
    ['replace by somebody who is on call leaves them once', ['a', 'b'], [{ kind: 'replace', remove: 'a', add: 'b' }], 'b', 'o0'],
    [
      'a later replace hands on what an earlier one arranged',
      ['a'],
      [
        { kind: 'replace', remove: 'a', add: 'b' },
        { kind: 'replace', remove: 'b', add: 'c' },
      ],
      'c',
      'o0 o1',
    ],
    ['add puts one beside', ['a'], [{ kind: 'add', add: 'b' }], 'a b', 'o0'],
    ['add does nothing to one who is on call', ['a'], [{ kind: 'add', add: 'a' }], 'a', ''],
    ['remove takes one off, also the last', ['a'], [{ kind: 'remove', remove: 'a' }], '', 'o0'],
    [
      'takeover hides everybody and what was made before',
      ['a', 'b'],
      [
        { kind: 'add', add: 'c' },
        { kind: 'takeover', add: 'd' },
      ],
      'd',
      'o1',
    ],
    ['takeover holds where no layer has anybody', [], [{ kind: 'takeover', add: 'd' }], 'd', 'o0'],
    [
      'the takeover made last wins',
      ['a'],
      [
        { kind: 'takeover', add: 'd' },
        { kind: 'takeover', add: 'e' },
      ],
      'e',
      'o1',
    ],
    [
      'who took over can be replaced later',
      ['a'],
      [
        { kind: 'takeover', add: 'd' },
        { kind: 'replace', remove: 'd', add: 'e' },
      ],
      'e',
      'o0 o1',
    ],
    [
      'a period lies above all, also when it was made first',
      ['a'],
      [
        { kind: 'period', shifts: [{ person: 'p', from: hour(8), to: hour(10) }] },
        { kind: 'takeover', add: 'd' },
      ],
      'p',
      'o0',
    ],
    [
      'a period without a shift then is nobody',
      ['a'],
      [{ kind: 'period', shifts: [{ person: 'p', from: hour(10), to: hour(11) }] }],
      '',
      'o0',
    ],
    [
      'several periods are the union of their shifts',
      ['a'],
      [
        { kind: 'period', shifts: [{ person: 'p', from: hour(8), to: hour(10) }] },
        {
          kind: 'period',
          shifts: [
            { person: 'q', from: hour(9), to: hour(10) },
            { person: 'p', from: hour(9), to: hour(10) },
          ],
        },
      ],
      'p q',
      'o0 o1',
    ],
  ])('%s', (_, base, kinds, on, effective) => expect(peopleAt(base, kinds)).toEqual({ on, effective }))

  test('count from their first instant and no longer at their last', () => {
    const kinds: Kind[] = [{ kind: 'takeover', add: 'd' }]
    expect(peopleAt(['a'], kinds, hour(8)).on).toBe('d')
    expect(peopleAt(['a'], kinds, hour(12)).on).toBe('a')
    expect(timedOverrides(made(kinds), epochMs(hour(12)), epochMs(hour(14)))).toEqual([])
  })

  test('a period’s shift outside of the period does not count', () => {
    expect(peopleAt(['a'], [{ kind: 'period', shifts: [{ person: 'p', from: hour(6), to: hour(14) }] }], hour(12)).on).toBe('a')
  })
})

test('an override is named by who made it and until when, in the schedule’s zone', () => {
  const [override, period] = made([
    { kind: 'takeover', add: 'a' },
    { kind: 'period', shifts: [] },
  ])
  expect(overrideSentence({ ...override!, to: instant('2026-11-25T17:00:00Z') }, 'Europe/Berlin', () => 'Kenji')).toBe(
    'override by Kenji until Wed 25 Nov, 18:00 CET',
  )
  expect(overrideSentence(period!, 'UTC', (person) => person)).toBe('temporary schedule by kenji until Mon 5 Jan, 12:00 UTC')
})

import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/time.ts'
import vectors from './fixtures/grouping/silence-match.json' with { type: 'json' }
import { parseMatchers, type Matcher } from './matcher.ts'
import { compileSilence, silenceMatches, silenceState, silencing, type Silence } from './silencing.ts'

const matchers = (text: string): Matcher[] => {
  const parsed = parseMatchers(text)
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  return parsed
}
const silence = (sets: string[], more: Partial<Silence> = {}): Silence => ({
  id: 'sil_1',
  comment: 'deploy window',
  createdBy: 'Kenji',
  startsAt: instant('2026-11-24T12:00:00Z'),
  endsAt: instant('2026-11-24T14:00:00Z'),
  matcherSets: sets.map(matchers),
  ...more,
})
const compiled = (...given: Parameters<typeof silence>) => {
  const result = compileSilence(silence(...given))
  if ('faults' in result) throw new Error(JSON.stringify(result.faults))
  return result
}

test.each(vectors.vectors)('vector $id', ({ matcherSets, labels, matches }) => {
  expect(silenceMatches(compiled(matcherSets.map((set) => set.join(','))), labels)).toBe(matches)
})

describe('a silence holds from its start to just before its end', () => {
  test.each<[at: string, state: string]>([
    ['2026-11-24T11:59:59.999Z', 'pending'],
    ['2026-11-24T12:00:00Z', 'active'],
    ['2026-11-24T13:59:59.999Z', 'active'],
    ['2026-11-24T14:00:00Z', 'expired'],
  ])('%s: %s', (at, state) => {
    expect(silenceState(silence(['a=b']), instant(at))).toBe(state)
    expect(silencing([compiled(['a=b'])], { a: 'b' }, instant(at), 'UTC').silenced).toBe(state === 'active')
  })
})

describe('the verdict names the silence, its end and its maker', () => {
  const at = instant('2026-11-24T13:00:00Z')
  const long = compiled(['a=b'], { id: 'sil_2', comment: 'migration', createdBy: 'Ana', endsAt: instant('2026-11-25T08:00:00Z') })

  test.each([
    ['no silence', [], { silenced: false, reason: 'no silence is active' }],
    ['none that matches', [compiled(['a=c']), compiled(['d=e'])], { silenced: false, reason: 'none of 2 active silences matches' }],
    [
      'one',
      [compiled(['a=b'])],
      { silenced: true, by: ['sil_1'], until: '2026-11-24T14:00:00.000Z', reason: "silenced by 'deploy window' until 14:00 (Kenji)" },
    ],
    [
      'two: silenced until the later one ends',
      [compiled(['a=b']), long],
      {
        silenced: true,
        by: ['sil_1', 'sil_2'],
        until: '2026-11-25T08:00:00.000Z',
        reason: "silenced by 'deploy window' until 14:00 (Kenji) and 'migration' until Wed 25 Nov, 08:00 UTC (Ana)",
      },
    ],
  ])('%s', (_, silences, verdict) => expect(silencing(silences, { a: 'b' }, at, 'UTC')).toEqual(verdict))

  test('times are those of the reader', () => {
    expect(silencing([compiled(['a=b'])], { a: 'b' }, at, 'Asia/Tokyo').reason).toBe("silenced by 'deploy window' until 23:00 (Kenji)")
  })
})

describe('a silence that would take everything is refused', () => {
  test.each<[string[], string]>([
    [[], '/matcherSets'],
    [[''], '/matcherSets/0'],
    [['a=b', 'a=~".*"'], '/matcherSets/1'],
    [['a!=b'], '/matcherSets/0'],
  ])('%j', (sets, path) => expect(compileSilence(silence(sets))).toMatchObject({ faults: [{ path }] }))
})

import { expect, test } from 'vitest'
import { claimOf, type ClaimFacts } from './claim.ts'

const slow = { now: [10, 10, 10, 10, 10], before: [5, 5, 5, 5, 5] }
const fast = { now: [5, 5, 5, 5, 5], before: [10, 10, 10, 10, 10] }
const same = { now: [10, 10, 10, 10, 10], before: [10, 10, 10, 10, 10.5] }
const few = { now: [1, 2], before: [10, 10, 10, 10, 10] }

test.each<[string, ClaimFacts, string]>([
  ['faster in both', { acknowledge: fast, resolve: fast, nights: [] }, 'Answered faster than before and restored faster than before'],
  [
    'faster, with a burden',
    {
      acknowledge: fast,
      resolve: same,
      nights: [
        { name: 'Grace', count: 7 },
        { name: 'Tunde', count: 3 },
      ],
    },
    'Answered faster than before, but Grace carries the nights',
  ],
  [
    'a shared burden is none',
    {
      acknowledge: fast,
      resolve: same,
      nights: [
        { name: 'Grace', count: 5 },
        { name: 'Tunde', count: 5 },
      ],
    },
    'Answered faster than before',
  ],
  [
    'four nights are no pattern',
    { acknowledge: same, resolve: slow, nights: [{ name: 'Grace', count: 4 }] },
    'Restored slower than before',
  ],
  ['only a burden', { acknowledge: same, resolve: same, nights: [{ name: 'Grace', count: 9 }] }, 'Grace carries the nights'],
  ['no change', { acknowledge: same, resolve: same, nights: [] }, 'As fast as before'],
  [
    'nothing before to compare with',
    { acknowledge: { now: [60, 60, 94, 300, 300], before: [] }, resolve: few, nights: [] },
    'Half of all pages are acknowledged within 2 min',
  ],
  [
    'only incidents to speak of',
    { acknowledge: few, resolve: { now: [60, 60, 4200, 4800, 4800], before: [] }, nights: [] },
    'Half of all incidents are over within 1 h 10 min',
  ],
  [
    'nothing is claimed from too few',
    { acknowledge: few, resolve: { now: [], before: [] }, nights: [] },
    'Too little happened to say more (n = 2)',
  ],
])('%s', (_name, facts, claim) => expect(claimOf(facts)).toBe(claim))

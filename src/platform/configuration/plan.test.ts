import { describe, expect, test } from 'vitest'
import { didYouMean } from './nearest.ts'
import { differences, plan, type Thing } from './plan.ts'

const team = (key: string, more: object = {}): Thing => ({
  kind: 'team',
  key,
  spec: { slug: key, name: key.toUpperCase(), members: {}, ...more },
})
const canRemove = (kind: string) => kind === 'team'

describe('a plan', () => {
  test.each([
    { name: 'nothing written, nothing there', written: [], existing: [], prune: true, expected: [] },
    { name: 'a new thing is added', written: [team('a')], existing: [], prune: false, expected: ['add team a: there is no team a yet'] },
    {
      name: 'the same thing is kept',
      written: [team('a')],
      existing: [team('a')],
      prune: false,
      expected: ['keep team a: it is as it is written'],
    },
    {
      name: 'another name is one change',
      written: [team('a', { name: 'Ace' })],
      existing: [team('a')],
      prune: false,
      expected: ['change team a: name is written otherwise'],
    },
    {
      name: 'two fields are one change with both named',
      written: [team('a', { name: 'Ace', members: { mara: 'lead' } })],
      existing: [team('a')],
      prune: false,
      expected: ['change team a: name, members are written otherwise'],
    },
    {
      name: 'what is not written stays without prune',
      written: [team('a')],
      existing: [team('a'), team('b')],
      prune: false,
      expected: ['keep team a: it is as it is written'],
    },
    {
      name: 'what is not written goes with prune, last first',
      written: [],
      existing: [team('a'), team('b')],
      prune: true,
      expected: ['remove team b: it is no longer written', 'remove team a: it is no longer written'],
    },
    {
      name: 'a kind that cannot be removed stays',
      written: [],
      existing: [{ kind: 'organisation', key: 'o', spec: {} }],
      prune: true,
      expected: [],
    },
    {
      name: 'the same key of another kind is another thing',
      written: [team('a')],
      existing: [{ kind: 'service', key: 'a', spec: {} }],
      prune: false,
      expected: ['add team a: there is no team a yet'],
    },
  ])('$name', ({ written, existing, prune, expected }) => {
    expect(plan(written, existing, { prune, canRemove }).map(({ does, kind, key, reason }) => `${does} ${kind} ${key}: ${reason}`)).toEqual(
      expected,
    )
  })
})

describe('differences', () => {
  test.each([
    { name: 'the order of keys means nothing', before: { a: 1, b: 2 }, after: { b: 2, a: 1 }, expected: [] },
    { name: 'a value that changed', before: { a: { b: 1 } }, after: { a: { b: 2 } }, expected: [{ path: '/a/b', before: 1, after: 2 }] },
    { name: 'a key that is new', before: {}, after: { a: null }, expected: [{ path: '/a', after: null }] },
    { name: 'a key that is gone', before: { a: 1 }, after: {}, expected: [{ path: '/a', before: 1 }] },
    {
      name: 'a list of texts is one value',
      before: { a: ['x', 'y'] },
      after: { a: ['x'] },
      expected: [{ path: '/a', before: ['x', 'y'], after: ['x'] }],
    },
    {
      name: 'a list of objects is compared item by item',
      before: { a: [{ n: 1 }, { n: 2 }] },
      after: { a: [{ n: 1 }, { n: 3 }] },
      expected: [{ path: '/a/1/n', before: 2, after: 3 }],
    },
    { name: 'an item that is new', before: { a: [] }, after: { a: [{ n: 1 }] }, expected: [{ path: '/a/0', after: { n: 1 } }] },
    {
      name: 'a key with a slash is escaped',
      before: { 'a/b': 1 },
      after: { 'a/b': 2 },
      expected: [{ path: '/a~1b', before: 1, after: 2 }],
    },
  ])('$name', ({ before, after, expected }) => {
    expect(differences(before, after)).toEqual(expected)
  })
})

describe('did you mean', () => {
  test.each([
    ['tema', ['team', 'service'], '; did you mean team?'],
    ['servcie', ['team', 'service'], '; did you mean service?'],
    ['Policy', ['policy'], '; did you mean policy?'],
    ['banana', ['team', 'service'], ''],
    ['x', [], ''],
  ])('%s among %j', (word, known, expected) => {
    expect(didYouMean(word, known)).toBe(expected)
  })
})

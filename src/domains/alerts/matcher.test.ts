import { describe, expect, test } from 'vitest'
import { compileMatchers, matchesAll, MatcherSchema, mismatch, parseMatcher, parseMatchers, spell, type Matcher } from './matcher.ts'

const labels = { env: 'production', team: 'payments', 'disk🙂': '/var/log', empty: '' }

function compiled(text: string) {
  const parsed = parseMatchers(text)
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  const matchers = compileMatchers(parsed)
  if ('faults' in matchers) throw new Error(JSON.stringify(matchers.faults))
  return matchers
}

describe('matchers match labels, and say why they do not', () => {
  test.each<[text: string, reason: string | undefined]>([
    ['env=production', undefined],
    ['env=prod', "env is 'production', not 'prod'"],
    ['env!=production', "env is 'production'"],
    ['env=~produ.*', undefined],
    ['env=~prod', "env is 'production', which does not match prod"],
    ['env!~"prod|production"', "env is 'production', which matches prod|production"],
    ['region=""', undefined],
    ['region=~.*', undefined],
    ['region=~.+', 'region is not set, which does not match .+'],
    ['region!=eu', undefined],
    ['empty!=""', 'empty is not set'],
    ['constructor=""', undefined],
    ['"disk🙂"=~"/var.*", env=production', undefined],
    ['disk🙂=/var/log', undefined],
    ['', undefined],
    ['env=production,team=web', "team is 'payments', not 'web'"],
  ])('%s', (text, reason) => {
    expect(mismatch(compiled(text), labels)).toBe(reason)
    expect(matchesAll(compiled(text), labels)).toBe(reason === undefined)
  })
})

describe('matchers are read from text, and written so that they read the same again', () => {
  test.each<[text: string, matchers: Matcher[]]>([
    ['a=b', [{ name: 'a', operator: '=', value: 'b' }]],
    [
      '{a="b", c=~"d|e",}',
      [
        { name: 'a', operator: '=', value: 'b' },
        { name: 'c', operator: '=~', value: 'd|e' },
      ],
    ],
    [
      '  a != b c , d!~""',
      [
        { name: 'a', operator: '!=', value: 'b c' },
        { name: 'd', operator: '!~', value: '' },
      ],
    ],
    ['"a, b"="x \\"y\\" \\\\z\\n"', [{ name: 'a, b', operator: '=', value: 'x "y" \\z\n' }]],
    ['job=~"web-\\d+"', [{ name: 'job', operator: '=~', value: 'web-\\d+' }]],
    ['foo🙂=bar', [{ name: 'foo🙂', operator: '=', value: 'bar' }]],
    ['a=b=c', [{ name: 'a', operator: '=', value: 'b=c' }]],
    ['a==~', [{ name: 'a', operator: '=', value: '=~' }]],
    ['', []],
  ])('%s', (text, matchers) => {
    expect(parseMatchers(text)).toEqual(matchers)
    expect(parseMatchers(matchers.map(spell).join(', '))).toEqual(matchers)
  })
})

describe('what is not a matcher is a fault with its column', () => {
  test.each<[text: string, path: string]>([
    ['team', '1:1'],
    ['a=b, =c', '1:6'],
    ['{a="b" c="d"}', '1:8'],
    ['a="b', '1:3'],
    ['""=b', '1:1'],
  ])('%s', (text, path) => {
    const parsed = parseMatchers(text)
    expect(parsed).toMatchObject({ faults: [{ path }] })
  })

  test('one matcher is one matcher', () => {
    expect(parseMatcher('a=b')).toEqual({ name: 'a', operator: '=', value: 'b' })
    expect(parseMatcher('a=b,c=d')).toMatchObject({ message: 'write one matcher, like team=payments' })
  })

  test('a pattern that is none is found when compiling and by the schema', () => {
    const matcher = { name: 'a', operator: '=~', value: 'a(b' } as const
    expect(compileMatchers([matcher])).toEqual({ faults: [{ path: 'a=~"a(b"', message: 'not a pattern: missing closing ): `a(b`' }] })
    expect(MatcherSchema.safeParse(matcher).success).toBe(false)
    expect(MatcherSchema.safeParse({ ...matcher, operator: '=' }).success).toBe(true)
  })
})

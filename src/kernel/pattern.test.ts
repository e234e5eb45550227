import { expect, test } from 'vitest'
import { compilePattern } from './pattern.ts'

const matches = (source: string, text: string, match: 'anchored' | 'anywhere') => {
  const pattern = compilePattern(source, match)
  return 'error' in pattern ? pattern.error : pattern.test(text)
}

test.each<[source: string, text: string, match: 'anchored' | 'anywhere', expected: boolean | undefined | string]>([
  ['produ.*', 'production', 'anchored', true],
  ['produ', 'production', 'anchored', false],
  ['produ', 'production', 'anywhere', true],
  ['a|b', 'ab', 'anchored', false],
  ['(?i)ab', 'AB', 'anchored', true],
  ['.*', 'two\nlines', 'anchored', true],
  ['a', 'a\n', 'anchored', false],
  ['', '', 'anchored', true],
  ['a)(b', 'ab', 'anchored', 'not a pattern: unexpected ): `a)(b`'],
  ['(?=a)', 'a', 'anywhere', 'not a pattern: invalid or unsupported Perl syntax: `(?=`'],
  [
    '(a{1,30}){1,30}(b{1,30}){1,30}',
    'a',
    'anywhere',
    'the pattern is too large: its repetitions multiply to 3720 steps, at most 2400 are allowed',
  ],
  ['a'.repeat(1025), 'a', 'anywhere', 'the pattern is longer than 1024 characters'],
  ['^(a+)+$', `${'a'.repeat(64 * 1024)}!`, 'anywhere', false],
  ['(a{1,30}){1,30}$', 'a'.repeat(60_000), 'anywhere', undefined],
])('/%s/ on %j, %s', (source, text, match, expected) => expect(matches(source, text, match)).toBe(expected))

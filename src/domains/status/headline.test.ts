import { expect, test } from 'vitest'
import { headlineFrom } from './headline.ts'

test.each([
  [
    'the first sentence, without its full stop',
    'Some card payments in Europe fail. We have found the cause.',
    'Some card payments in Europe fail',
  ],
  ['a number is no end of a sentence', 'About 4.5 % of payments fail. We are looking.', 'About 4.5 % of payments fail'],
  ['an abbreviation before a small letter neither', 'Payments e.g. by card fail. More soon.', 'Payments e.g. by card fail'],
  ['a single line is itself', 'Search is slow', 'Search is slow'],
  ['marks are dropped', '**Sign-in** fails for `some`. Sorry.', 'Sign-in fails for some'],
  ['lines become one', 'Search\nis slow.\n\nMore.', 'Search is slow'],
  ['a question keeps its mark', 'Cannot sign in? Use the code. It works.', 'Cannot sign in?'],
  ['what is too long is cut between words', `${'word '.repeat(30)}end.`, `${'word '.repeat(19).trim()}…`],
])('%s', (_name, text, expected) => expect(headlineFrom(text)).toBe(expected))

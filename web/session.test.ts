// The attack auth-05: whatever the address asks for, signing in leads to a place of ours.
import { expect, test } from 'vitest'
import { safeReturn } from './session.ts'

const ours = 'https://tocsin.test'

test.each([
  'https://evil.test',
  '//evil.test',
  '/\\evil.test',
  '/%09/evil.test',
  '/\t/evil.test',
  'javascript:alert(1)',
  '',
  '/\n/evil.test',
  '@evil.test',
])('signing in with returnTo=%j stays here', (wanted) => expect(new URL(safeReturn(wanted), ours).origin).toBe(ours))

test.each([
  ['/incidents/17?tab=notes#last', '/incidents/17?tab=notes#last'],
  [undefined, '/'],
  ['/sign-in?returnTo=/sign-in', '/'],
])('%j leads to %s', (wanted, to) => expect(safeReturn(wanted)).toBe(to))

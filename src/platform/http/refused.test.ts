// What of a failed request goes into the record, and what never does.
import { describe, expect, test } from 'vitest'
import { anonymous, type Actor } from '#kernel/actor.ts'
import type { ErrorCode } from '#kernel/errors.ts'
import { refusedLink, refusedOf, type Asked } from './refused.ts'

const rights = { everywhere: new Set<never>(), inTeam: new Map(), seesEverything: false }
const mara: Actor = { kind: 'user', userId: `usr_${'0'.repeat(26)}`, sessionId: 's', rights }
const asked = (change: Partial<Asked> = {}): Asked => ({
  actor: mara,
  operation: 'incidents.get',
  needs: 'incidents:read',
  on: (({ incident }: { incident: string }) => ({ incident })) as Asked['on'],
  input: { incident: '17', note: 'a secret' },
  ...change,
})
const find = async () => ({ userId: null, reason: '' })

describe('a request that failed', () => {
  test.each<[string, Partial<Asked>, ErrorCode, boolean, string | undefined]>([
    ['without the permission', {}, 'forbidden', false, 'without the permission incidents:read'],
    ['for something hidden', {}, 'missing', false, 'there is no such thing, or they may not see it'],
    ['from another site', {}, 'wrong-origin', false, 'it was asked for from another site'],
    ['without a session', { actor: anonymous }, 'not-signed-in', false, 'not signed in'],
    ['with a token that is none', { actor: anonymous }, 'not-signed-in', true, 'the API token is not valid'],
    [
      'with a token that is none, for what is its own',
      { actor: anonymous, on: 'own' },
      'not-signed-in',
      true,
      'the API token is not valid',
    ],
    ['with a set-up token that is none', { actor: anonymous, needs: 'public', on: 'organisation' }, 'forbidden', false, 'not permitted'],
    ['for a sign-in too many', { actor: anonymous, signIn: { account: 'a', find } }, 'too-many', false, 'too many tries'],
    ['with a link that is no longer one', { actor: anonymous, signIn: { account: 'a', find } }, 'gone', false, 'the link does not work'],
    ['for what is over', {}, 'gone', false, undefined],
    ['only to see whether it is signed in', { actor: anonymous, on: 'own' }, 'not-signed-in', false, undefined],
    ['by a stranger for a page that is not there', { actor: anonymous }, 'missing', false, undefined],
    ['for its input', {}, 'invalid-input', false, undefined],
    ['for the state of things', {}, 'refused', false, undefined],
    ['because it came too often', {}, 'too-many', false, undefined],
    ['here', {}, 'internal', false, undefined],
  ])('%s', (_, change, code, hasToken, reason) => expect(refusedOf(asked(change), code, '203.0.113.9', hasToken)?.reason).toBe(reason))

  test('says who, what, of what and from where, and nothing else that was sent', () => {
    expect(refusedOf(asked(), 'missing', '203.0.113.9', false)).toEqual({
      actor: mara,
      operation: 'incidents.get',
      target: { incident: '17' },
      address: '203.0.113.9',
      reason: 'there is no such thing, or they may not see it',
    })
  })

  test.each([['a b'], [{ a: 1 }], [undefined], ['x'.repeat(61)], ['<script>'], ['a\nb'], [null]])(
    'names no thing by %j, which is no key of anything',
    (incident) =>
      expect(refusedOf(asked({ input: { incident } }), 'missing', '', false)?.target['incident']).toMatch(/^(…|undefined|null)$/),
  )

  test('keeps no e-mail address of a sign-in', () => {
    const signIn = { account: 'mara@example.org', find }
    expect(JSON.stringify(refusedOf(asked({ signIn, on: 'organisation' }), 'not-signed-in', '', false))).not.toContain('mara@')
  })
})

test.each([
  ['GET /p/{token}', 404, 'there is no such link'],
  ['POST /p/{token}', 410, 'the link no longer opens anything'],
  ['POST /p/{token}', 400, 'the form is not one of this page'],
  ['GET /p/{token}', 200, undefined],
  ['POST /confirm/{token}', 409, undefined],
  ['GET /oncall/ical/{file}', 404, 'there is no such link'],
  ['GET /s/{slug}', 404, undefined],
])('a page %s that answers %i: %s', (http, status, reason) => expect(refusedLink(http, status, '')?.reason).toBe(reason))

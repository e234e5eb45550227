// Which failed requests are refusals that the record keeps, and what it says of them: never what was filled in, only ids and names.
import { createHash } from 'node:crypto'
import { anonymous, type Actor } from '#kernel/actor.ts'
import type { About, Needs } from '#kernel/command.ts'
import type { ErrorCode } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Refused, SignInTried } from '../access/refusals.ts'

/** What a request asks, as far as it is known. `input` is what was sent, not checked. */
export type Asked = {
  actor: Actor
  operation: string
  needs: Needs
  on: About<never>
  input: Readonly<Record<string, unknown>>
  /** The account that a sign-in is for, as far as it is known. */
  signIn?: { account: string; find: (scope: Scope) => Promise<SignInTried> }
}

/** Undefined for what is no refusal: wrong input, a state that does not allow it, and nobody who asks for what is their own (a page that looks whether it is signed in). */
export function refusedOf(asked: Asked | undefined, code: ErrorCode, address: string, hasToken: boolean): Refused | undefined {
  const reason = asked && reasonOf(asked, code, hasToken)
  if (!asked || reason === undefined) return undefined
  const { actor, operation, signIn } = asked
  const account = signIn && createHash('sha256').update(signIn.account).digest('base64url')
  const refused = { actor, operation, target: targetOf(asked), address, reason }
  return account ? { ...refused, signIn: { account, find: signIn.find, tellsWhy: code === 'not-signed-in' || code === 'gone' } } : refused
}

/** A link that was refused, by what its page answered. `http` is the page's method and pattern: the link itself is a secret. */
export function refusedLink(http: string, status: number, address: string): Refused | undefined {
  const reason = /\{token\}|\/ical\//.test(http) ? linkReasons[status] : undefined
  return reason === undefined ? undefined : { actor: anonymous, operation: http, target: {}, address, reason }
}

const linkReasons: Record<number, string> = {
  400: 'the form is not one of this page',
  403: 'the link may not do this',
  404: 'there is no such link',
  410: 'the link no longer opens anything',
}

function reasonOf({ actor, needs, on, signIn }: Asked, code: ErrorCode, hasToken: boolean): string | undefined {
  switch (code) {
    case 'not-signed-in':
      if (hasToken) return 'the API token is not valid'
      return on === 'own' && actor.kind === 'anonymous' ? undefined : 'not signed in'
    case 'wrong-origin':
      return 'it was asked for from another site'
    case 'forbidden':
      return needs.includes(':') ? `without the permission ${needs}` : 'not permitted'
    case 'missing':
      return actor.kind === 'anonymous' ? undefined : 'there is no such thing, or they may not see it'
    case 'gone':
      return signIn && 'the link does not work'
    case 'too-many':
      return signIn && 'too many tries'
    default:
      return undefined
  }
}

/** Only what looks like an id, a slug or a number: anything may have been sent. */
function targetOf({ on, input }: Asked): Record<string, string> {
  if (typeof on !== 'function') return {}
  const named = Object.entries((on as (input: unknown) => Record<string, unknown>)(input))
  return Object.fromEntries(named.map(([kind, key]) => [kind, /^[\w-]{1,60}$/.test(String(key)) ? String(key) : '…']))
}

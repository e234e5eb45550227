// Whose account somebody who was refused wanted to get into, and why they were refused: in words for the record and not for who tried.
import type { UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import type { SignInBy } from '#platform/access/refusals.ts'
import { hashOfToken } from '#platform/secrets/token.ts'
import { findLink, type LinkEnd } from './password-link-store.ts'
import { credentialsByEmail } from './store.ts'

type Tried = { userId: UserId | null; reason: string }

export const triedSignIn = (scope: Scope, by: SignInBy): Promise<Tried> =>
  'email' in by ? triedAccount(scope, by.email) : triedLink(scope, by.link)

async function triedAccount(scope: Scope, email: string): Promise<Tried> {
  const found = await credentialsByEmail(scope, email)
  if (!found) return { userId: null, reason: 'nobody has this e-mail address' }
  return { userId: found.id, reason: found.disabledAt ? 'this person is disabled' : 'wrong password' }
}

async function triedLink(scope: Scope, token: string): Promise<Tried> {
  const link = await findLink(scope, hashOfToken(token))
  if (!link || link.userId === null) return { userId: null, reason: 'there is no such link' }
  return { userId: link.userId, reason: link.endedBy === null ? 'the link is too old' : whyEnded[link.endedBy] }
}

const whyEnded: Record<LinkEnd, string> = {
  use: 'the link was used already',
  newer: 'there is a newer link',
  password: 'a password was set since the link was made',
  address: 'the address was changed since the link was made',
  disabled: 'the person was disabled since the link was made',
}

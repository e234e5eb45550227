// Signed links: one person, one page of paging. Nothing is stored; whoever uses a link is looked at again by what it opens.
import type { UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import type { Signer } from '#kernel/secret.ts'

export type LinkTarget = { userId: UserId; pageId: Id<'pag'> }

/** A token has one form only: two ids without their prefixes, and 24 characters of signature. */
const form = /^([0-9a-hjkmnp-tv-z]{26})([0-9a-hjkmnp-tv-z]{26})([\w-]{24})$/
const purpose = 'page link'

/** The token of `/p/{token}` for one person and one page. */
export function linkToken(signer: Signer, { userId, pageId }: LinkTarget): string {
  const text = `${pageId.slice(4)}${userId.slice(4)}`
  return `${text}${signer.sign(text, purpose)}`
}

/** Whom and what a token is for. `expired`: signed by a key older than the one before; `unknown`: not one of ours, or tampered with. */
export function readLink(signer: Signer, token: string): LinkTarget | 'unknown' | 'expired' {
  const [, page, user, signature] = form.exec(token) ?? []
  if (!page || !user || !signature) return 'unknown'
  const verdict = signer.verify(`${page}${user}`, signature, purpose)
  if (verdict === 'invalid') return 'unknown'
  return verdict === 'expired-key' ? 'expired' : { userId: `usr_${user}`, pageId: `pag_${page}` }
}

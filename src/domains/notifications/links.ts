// Signed links: one person, and one page of paging, one summary of several, or one message of the time in which the database was away. Nothing is stored; whoever uses a link is looked at again by what it opens.
import type { UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import type { Signer } from '#kernel/secret.ts'
import type { SummaryId } from './events.ts'

export type LinkTarget = { userId: UserId; pageId: Id<'pag'> }
export type SummaryTarget = { userId: UserId; summaryId: SummaryId }
export type DegradedTarget = { userId: UserId; messageId: Id<'evt'> }

/** A token has one form only: two ids without their prefixes, and 24 characters of signature. */
const form = /^([0-9a-hjkmnp-tv-z]{26})([0-9a-hjkmnp-tv-z]{26})([\w-]{24})$/
/** What the signature is for: a token of one sort is none of the other. */
type Purpose = 'page link' | 'summary link' | 'degraded link'

/** The token of `/p/{token}` for one person and one page. */
export const linkToken = (signer: Signer, { userId, pageId }: LinkTarget): string => tokenOf(signer, 'page link', pageId, userId)

/** The token of `/p/all/{token}` for one person and one of their summaries. */
export const summaryToken = (signer: Signer, { userId, summaryId }: SummaryTarget): string =>
  tokenOf(signer, 'summary link', summaryId, userId)

/** The token of `/p/degraded/{token}` for one person and one message. */
export const degradedToken = (signer: Signer, { userId, messageId }: DegradedTarget): string =>
  tokenOf(signer, 'degraded link', messageId, userId)

/** Whom and what a token is for. `expired`: signed by a key older than the one before; `unknown`: not one of ours, or tampered with. */
export function readLink(signer: Signer, token: string): LinkTarget | 'unknown' | 'expired' {
  const read = readToken(signer, 'page link', token)
  return typeof read === 'string' ? read : { userId: read.userId, pageId: `pag_${read.what}` }
}

/** The same for the token of a summary. */
export function readSummaryLink(signer: Signer, token: string): SummaryTarget | 'unknown' | 'expired' {
  const read = readToken(signer, 'summary link', token)
  return typeof read === 'string' ? read : { userId: read.userId, summaryId: `sum_${read.what}` }
}

/** The same for the token of a message of that time. */
export function readDegradedLink(signer: Signer, token: string): DegradedTarget | 'unknown' | 'expired' {
  const read = readToken(signer, 'degraded link', token)
  return typeof read === 'string' ? read : { userId: read.userId, messageId: `evt_${read.what}` }
}

function tokenOf(signer: Signer, purpose: Purpose, what: string, userId: UserId): string {
  const text = `${what.slice(4)}${userId.slice(4)}`
  return `${text}${signer.sign(text, purpose)}`
}

function readToken(signer: Signer, purpose: Purpose, token: string): { what: string; userId: UserId } | 'unknown' | 'expired' {
  const [, what, user, signature] = form.exec(token) ?? []
  if (!what || !user || !signature) return 'unknown'
  const verdict = signer.verify(`${what}${user}`, signature, purpose)
  if (verdict === 'invalid') return 'unknown'
  return verdict === 'expired-key' ? 'expired' : { what, userId: `usr_${user}` }
}

// The reporter's link: one person, one incident, one round of being asked, one use. Nothing is stored; the answer is looked at again when it is given.
import type { UserId } from '#kernel/actor.ts'
import type { Signer } from '#kernel/secret.ts'
import type { IncidentId } from './incident.ts'

export type ConfirmationTarget = { incidentId: IncidentId; userId: UserId; round: number }

/** A token has one form only: two ids without their prefixes, the round, and 24 characters of signature. */
const form = /^([0-9a-hjkmnp-tv-z]{26})([0-9a-hjkmnp-tv-z]{26})(\d{1,4})\.([\w-]{24})$/
const purpose = 'incident confirmation'

/** `/confirm/{token}`. */
export const confirmationPath = (signer: Signer, target: ConfirmationTarget): `/confirm/${string}` =>
  `/confirm/${confirmationToken(signer, target)}`

export function confirmationToken(signer: Signer, { incidentId, userId, round }: ConfirmationTarget): string {
  const text = `${incidentId.slice(4)}${userId.slice(4)}${round}`
  return `${text}.${signer.sign(text, purpose)}`
}

/** Whom and what a token is for; undefined when it is not one of ours or was signed too long ago. */
export function readConfirmation(signer: Signer, token: string): ConfirmationTarget | undefined {
  const [, incident, user, round, signature] = form.exec(token) ?? []
  if (!incident || !user || !round || !signature) return undefined
  return signer.verify(`${incident}${user}${round}`, signature, purpose) === 'valid'
    ? { incidentId: `inc_${incident}`, userId: `usr_${user}`, round: Number(round) }
    : undefined
}

// How an outgoing call is refused: one sentence with the class of the address in words and the way to allow it, one structured cause for
// the log and the tests.
import { AppError } from '#kernel/errors.ts'
import type { AddressClass, Judgement } from './address.ts'

type RefusalClass = Exclude<AddressClass, 'public'> | 'bad-url' | 'scheme' | 'credentials' | 'redirects' | 'another-origin'
/** `at`: on the way in, or on the way of a redirect. The `cause` of the AppError. */
export type OutboundRefusal = { class: RefusalClass; at: 'check' | 'redirect'; host: string; address?: string }

/** AppError 'refused' because a URL cannot be called, whoever asks. `sentence` says why. */
export const refuseUrl = (refusal: Omit<OutboundRefusal, 'at'>, sentence: string): AppError =>
  new AppError('refused', sentence, { cause: { at: 'check', ...refusal } satisfies OutboundRefusal })

/** AppError 'refused' because of the address that `host` is or has. */
export function refuseAddress(host: string, address: string, judgement: Judgement): AppError {
  const what = host === address ? `${host} is ${judgement.words}` : `${host} leads to ${address}, ${judgement.words}`
  const remedy = judgement.allowable
    ? `If it should be reachable, an administrator can allow exactly this name: TOCSIN_ALLOW_HOSTS=${nameToAllow(host, judgement)}.`
    : 'An address of this kind is never called, also when its host is in TOCSIN_ALLOW_HOSTS.'
  const refusal: OutboundRefusal = { class: judgement.class as RefusalClass, at: 'check', host, address }
  return new AppError('refused', `Not called: ${what}. ${remedy}`, { cause: refusal })
}

/** The same refusal, when a redirect led there. */
export function onRedirect(error: unknown): unknown {
  const refusal = refusalOf(error)
  return refusal
    ? new AppError('refused', `A redirect was not followed. ${(error as AppError).message}`, { cause: { ...refusal, at: 'redirect' } })
    : error
}

/** The structured reason of an AppError of this folder; undefined for every other error. */
export function refusalOf(error: unknown): OutboundRefusal | undefined {
  return error instanceof AppError && error.code === 'refused' ? (error.cause as OutboundRefusal | undefined) : undefined
}

/** A name that merely leads to this machine is not opened for it; the machine has names of its own. */
const nameToAllow = (host: string, judgement: Judgement): string =>
  judgement.class === 'loopback' && !isLoopbackName(host) ? 'localhost, and call it by that name' : host

/** Whether a host says itself that it is this machine: localhost and below (RFC 6761), or a loopback literal. */
export const isLoopbackName = (host: string): boolean => /^(.+\.)?localhost$/.test(host) || /^127(\.\d+){3}$/.test(host) || host === '::1'

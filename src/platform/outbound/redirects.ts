// What the next request is after a redirect. Pure. Every hop is a new attempt: parsed, resolved and judged like the first.
import { refuseUrl } from './refusal.ts'
import { parseTarget, type Target } from './url.ts'

export const mostRedirects = 5

/** A request on its way. Header names are in lower case. */
export type Attempt = { target: Target; method: string; headers: Record<string, string>; body: string | Uint8Array | undefined }

/**
 * What another origin may see of the headers: everything else could be a credential, whatever it is called (`authorization`, `cookie`,
 * `dd-api-key`, `private-token`, …). Once dropped they stay dropped, also when a later redirect leads back.
 */
const forEveryOrigin = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'content-language', 'user-agent'])

/** Whether an answer is a redirect that can be followed. */
export const isRedirect = (status: number, location: string | undefined): location is string =>
  location !== undefined && [301, 302, 303, 307, 308].includes(status)

/**
 * The next attempt (RFC 9110, 15.4). Throws AppError 'refused' when the location is not a URL that may be called, or when another origin would get the body:
 * what is sent is for whoever it was addressed to, and often holds their key. The same host over TLS may have what it was sent without.
 */
export function follow(attempt: Attempt, status: number, location: string): Attempt {
  const target = parseTarget(location, attempt.target)
  const becomesGet = (status === 303 && attempt.method !== 'HEAD') || (status < 303 && attempt.method === 'POST')
  const isSameOrigin = target.origin === attempt.target.origin
  if (!becomesGet && attempt.body !== undefined && !isSameOrigin && !isUpgrade(attempt.target, target))
    throw refuseUrl(
      { class: 'another-origin', host: target.host },
      `Not sent on: ${attempt.target.origin} wants what it was sent to go to ${target.origin}. If it should, give that address in place of the old one.`,
    )
  const headers = Object.entries(attempt.headers).filter(
    ([name]) => (isSameOrigin || forEveryOrigin.has(name)) && !(becomesGet && name.startsWith('content-')),
  )
  return {
    target,
    method: becomesGet ? 'GET' : attempt.method,
    headers: Object.fromEntries(headers),
    body: becomesGet ? undefined : attempt.body,
  }
}

const isUpgrade = (from: Target, to: Target): boolean => from.host === to.host && !from.secure && to.secure

export const tooManyRedirects = (host: string, most: number) =>
  refuseUrl({ class: 'redirects', host }, `Not followed: ${host} redirected more than ${most} times.`)

// What every kind of failure is called and what to do about it: the titles of problem details, and the page that their type names.
import { errorCodes, type ErrorCode } from '#kernel/errors.ts'

type Kind = { title: string; todo: string }

const kinds: Record<ErrorCode, Kind> = {
  'invalid-input': {
    title: 'The input is not right',
    todo: 'Mend what `faults` names: each says where and what. Sending the same again fails again.',
  },
  'not-signed-in': {
    title: 'Not signed in',
    todo: 'Send an API token as `Authorization: Bearer …`, or sign in. A token may have been revoked or have expired.',
  },
  'wrong-origin': {
    title: 'The request came from another site',
    todo: 'A browser must send it from the address of TOCSIN_URL. Programs send a token and no cookie.',
  },
  forbidden: {
    title: 'Not permitted',
    todo: 'Ask an administrator for the permission that the sentence names, or use a token with that scope.',
  },
  missing: {
    title: 'Not found',
    todo: 'It is not there, or you may not see it; the answer is the same for both. Look at its id, slug or number.',
  },
  'method-not-allowed': { title: 'This method is not offered here', todo: 'The header `Allow` names the methods of this address.' },
  refused: {
    title: 'Refused',
    todo: 'The sentence gives the rule that stands against it. Change what the rule asks for, then send it again.',
  },
  conflict: { title: 'Somebody was faster', todo: 'Read it again, and decide with what stands there now.' },
  gone: { title: 'No longer valid', todo: 'The link or token was used, or is too old. Ask for a new one.' },
  'too-large': { title: 'Too large', todo: 'Send less at once: the sentence names the limit.' },
  'wrong-media-type': { title: 'Not JSON', todo: 'Send JSON with `Content-Type: application/json`.' },
  'bad-configuration': {
    title: 'The configuration is not right',
    todo: 'Nothing was changed. Mend what `faults` names by file, line and column; `tocsin check` finds it without a server.',
  },
  'too-many': { title: 'Too many requests', todo: 'Wait as many seconds as `Retry-After` says.' },
  internal: { title: 'Failed here', todo: 'A defect of the server. Nothing was changed; its log says more under the `reference`.' },
  unavailable: {
    title: 'Not available now',
    todo: 'The database, or something else that is needed, is away. Send it again after `Retry-After` seconds.',
  },
}

export const titleOf = (code: ErrorCode): string => kinds[code].title

/** Every kind, by status. */
export const problemKinds: readonly (Kind & { code: ErrorCode; status: number })[] = Object.entries(errorCodes)
  .map(([code, status]) => ({ code: code as ErrorCode, status, ...kinds[code as ErrorCode] }))
  .sort((a, b) => a.status - b.status)

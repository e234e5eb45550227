// A URL, parsed once, as the target of a call. Everything later works on the target, so that no second parser can see another host.
import { isIP } from 'node:net'
import { refuseUrl } from './refusal.ts'

/** `host`: lower case, no brackets, no final dot. `authority` and `path` are what the request line and the Host header say. */
export type Target = {
  url: string
  origin: string
  secure: boolean
  host: string
  port: number
  isLiteral: boolean
  authority: string
  path: string
}

const longestUrl = 16_384

/** Throws AppError 'refused' with class bad-url, scheme or credentials. `base` is where a relative redirect comes from. */
export function parseTarget(text: string, base?: Target): Target {
  const parsed = text.length <= longestUrl ? URL.parse(text, base?.url) : null
  if (parsed === null)
    throw refuseUrl({ class: 'bad-url', host: '' }, 'Not called: this is a bad URL. Write one like https://example.com/path.')
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')
    throw refuseUrl(
      { class: 'scheme', host: parsed.hostname },
      `Not called: the scheme ${parsed.protocol} is not allowed, only https: and http: are.`,
    )
  if (parsed.username !== '' || parsed.password !== '')
    throw refuseUrl(
      { class: 'credentials', host: parsed.hostname },
      'Not called: the URL contains credentials (a user name or password before @). Put them into a header.',
    )
  const secure = parsed.protocol === 'https:'
  return {
    url: parsed.href,
    origin: parsed.origin,
    secure,
    ...parseHost(parsed.hostname),
    port: parsed.port === '' ? (secure ? 443 : 80) : Number(parsed.port),
    authority: parsed.host,
    path: parsed.pathname + parsed.search,
  }
}

/** A host as a URL or a setting writes it. Throws AppError 'refused' with class bad-url when no name or address is meant. */
export function parseHost(written: string): { host: string; isLiteral: boolean } {
  const host = written
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
  const isLiteral = isIP(host) !== 0 && !host.includes('%')
  if (isLiteral || (host.length <= 253 && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(host) && !isNumeric(host)))
    return { host, isLiteral }
  throw refuseUrl({ class: 'bad-url', host }, 'Not called: this is a bad URL. Its host is neither a name nor an IP address.')
}

/** A name whose last label is a number: resolvers read it as an IPv4 address in an old form (octal, hexadecimal, fewer parts). */
const isNumeric = (host: string): boolean => /(^|\.)(\d+|0x[0-9a-f]*)$/.test(host)

// The only way out of the process. Whoever calls, for whatever reason: parsed once, resolved once, every address judged, one judged address
// called; then bounded in size, time and redirects.
import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { Duplex } from 'node:stream'
import { AppError } from '#kernel/errors.ts'
import type { Outbound, OutboundRequest, OutboundResponse } from '#kernel/outbound.ts'
import { acceptedEncodings } from '../http/inflate.ts'
import type { Log } from '../log.ts'
import { connectSocket, dial, lookupByResolver, reasonOf, type Connect, type DialParts, type Lookup } from './dial.ts'
import { exchange, type Answer } from './exchange.ts'
import { inMailTurns } from './mail-turns.ts'
import { follow, isRedirect, mostRedirects, tooManyRedirects, type Attempt } from './redirects.ts'
import { onRedirect, refusalOf } from './refusal.ts'
import { parseHost, parseTarget } from './url.ts'

export type OutboundOptions = {
  userAgent: string
  /** Exact host names (or literals) in private ranges that an administrator allowed; asked again at every attempt. */
  allowHosts: () => ReadonlySet<string>
  /** Both only for tests: the machine's resolver and sockets otherwise. */
  lookup?: Lookup
  connect?: Connect
  /** Refusals are written here. */
  log?: Log
}

export type SocketOptions = { secure: boolean; timeoutSeconds: number }

export interface OutboundDoor extends Outbound {
  /** An open, judged socket for another protocol. Throws as `fetch` does. */
  openSocket(host: string, port: number, options: SocketOptions): Promise<Duplex>
}

const defaults = { timeoutSeconds: 10, maxBytes: 1024 * 1024 }

export function createOutbound({
  userAgent,
  allowHosts,
  lookup = lookupByResolver,
  connect = connectSocket,
  log,
}: OutboundOptions): OutboundDoor {
  const parts: DialParts = { lookup, connect, allowHosts }

  const audited = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal) log?.warn({ refusal }, 'an outgoing call was refused')
      throw error
    }
  }

  const openSocket = (written: string, port: number, { secure, timeoutSeconds }: SocketOptions): Promise<Duplex> =>
    audited(async () => {
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        throw new AppError('invalid-input', `${port} is no port: it is a number from 1 to 65535.`)
      return dial(parts, { ...parseHost(written), port, secure }, AbortSignal.timeout(timeoutSeconds * 1000))
    })

  return {
    fetch: (request) => audited(() => call(parts, request, userAgent)),
    openSocket,
    connectMail: inMailTurns(openSocket),
  }
}

async function call(parts: DialParts, request: OutboundRequest, userAgent: string): Promise<OutboundResponse> {
  const signal = AbortSignal.timeout((request.timeoutSeconds ?? defaults.timeoutSeconds) * 1000)
  const mayFollow = Math.min(request.maxRedirects ?? mostRedirects, mostRedirects)
  let attempt: Attempt = {
    target: parseTarget(request.url),
    method: request.method ?? 'GET',
    headers: { 'user-agent': userAgent, accept: '*/*', 'accept-encoding': acceptedEncodings, ...checkedHeaders(request.headers ?? {}) },
    body: request.body,
  }
  for (let redirects = 0; ; redirects++) {
    const answer = await attemptOnce(parts, attempt, signal, request.maxBytes ?? defaults.maxBytes, mayFollow > 0).catch(
      (error: unknown) => {
        throw redirects > 0 ? onRedirect(error) : error
      },
    )
    const location = answer.headers['location']
    if (mayFollow === 0 || !isRedirect(answer.status, location)) return responseOf(answer, attempt.target.url)
    if (redirects === mayFollow) throw onRedirect(tooManyRedirects(attempt.target.host, mayFollow))
    try {
      attempt = follow(attempt, answer.status, location)
    } catch (error) {
      throw onRedirect(error)
    }
  }
}

async function attemptOnce(parts: DialParts, attempt: Attempt, signal: AbortSignal, maxBytes: number, follows: boolean): Promise<Answer> {
  const socket = await dial(parts, attempt.target, signal)
  try {
    return await exchange(socket, attempt, { signal, maxBytes, skipsBody: (status, location) => follows && isRedirect(status, location) })
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('unavailable', `${attempt.target.host} gave no answer: ${reasonOf(error, signal)}.`, { cause: error })
  }
}

/** What frames the message or names its receiver is ours: a second opinion on it is how requests are smuggled. */
const ours = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'accept-encoding',
])

function checkedHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([written, value]) => {
      const name = written.toLowerCase()
      if (ours.has(name)) throw new AppError('invalid-input', `The header ${name} is set by Tocsin itself: leave it out.`)
      try {
        validateHeaderName(name)
        validateHeaderValue(name, value)
      } catch (cause) {
        throw new AppError('invalid-input', `The header ${JSON.stringify(name.slice(0, 60))} has a character that no header may have.`, {
          cause,
        })
      }
      return [name, value]
    }),
  )
}

function responseOf({ status, headers, bytes }: Answer, url: string): OutboundResponse {
  return { status, headers, bytes, url, text: () => new TextDecoder().decode(bytes) }
}

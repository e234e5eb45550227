// The only way out of the process. Whoever calls, for whatever reason: parsed once, resolved once, every address judged, one judged address
// called; then bounded in size, time and redirects.
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError } from '#kernel/errors.ts'
import type { Outbound, OutboundRequest, OutboundResponse } from '#kernel/outbound.ts'
import { acceptedEncodings } from '../http/inflate.ts'
import type { Log } from '../log.ts'
import {
  connectSocket,
  dial,
  dialJudged,
  judgedAddresses,
  lookupByResolver,
  reasonOf,
  type Connect,
  type DialParts,
  type Lookup,
} from './dial.ts'
import { exchange, type Answer, type ExchangeOptions } from './exchange.ts'
import { KeptConnections } from './kept.ts'
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

type SocketOptions = { secure: boolean; timeoutSeconds: number }

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
  const parts: CallParts = { lookup, connect, allowHosts, kept: new KeptConnections() }

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
      const { socket } = await dial(parts, { ...parseHost(written), port, secure }, AbortSignal.timeout(timeoutSeconds * 1000))
      return socket
    })

  return {
    fetch: (request) => audited(() => call(parts, request, userAgent)),
    openSocket,
    connectMail: inMailTurns(openSocket),
  }
}

type CallParts = DialParts & { kept: KeptConnections }

async function call(parts: CallParts, request: OutboundRequest, userAgent: string): Promise<OutboundResponse> {
  const signal = AbortSignal.timeout((request.timeoutSeconds ?? defaults.timeoutSeconds) * 1000)
  const mayFollow = Math.min(request.maxRedirects ?? mostRedirects, mostRedirects)
  let attempt: Attempt = {
    target: parseTarget(request.url),
    method: request.method ?? 'GET',
    headers: { 'user-agent': userAgent, accept: '*/*', 'accept-encoding': acceptedEncodings, ...checkedHeaders(request.headers ?? {}) },
    body: request.body,
  }
  for (let redirects = 0; ; redirects++) {
    const mayRepeat = request.mayRepeat ?? ['GET', 'HEAD'].includes(attempt.method)
    const options = {
      signal,
      maxBytes: request.maxBytes ?? defaults.maxBytes,
      skipsBody: (status: number, location: string | undefined) => mayFollow > 0 && isRedirect(status, location),
    }
    const answer = await attemptOnce(parts, attempt, mayRepeat, options).catch((error: unknown) => {
      throw redirects > 0 ? onRedirect(error) : error
    })
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

async function attemptOnce(parts: CallParts, attempt: Attempt, mayRepeat: boolean, options: ExchangeOptions): Promise<Answer> {
  const { target } = attempt
  const { signal } = options
  const addresses = await judgedAddresses(parts, target, signal)
  const placeOf = (address: string) => `${target.secure ? 'https' : 'http'} ${target.host} ${address} ${target.port}`
  const known = mayRepeat ? addresses.map(placeOf).find((place) => parts.kept.has(place)) : undefined
  if (known !== undefined) {
    const answer = await exchange({ kept: parts.kept, place: known }, attempt, options).catch((error: unknown) => {
      if (error instanceof AppError || signal.aborted) throw unanswered(error, attempt, signal)
      // The server had given it up, as it may at any time.
      return undefined
    })
    if (answer) return answer
  }
  const { socket, address } = await dialJudged(parts, target, addresses, signal)
  const line = mayRepeat && socket instanceof Socket ? { kept: parts.kept, place: placeOf(address), opened: socket } : socket
  return exchange(line, attempt, options).catch((error: unknown) => {
    throw unanswered(error, attempt, signal)
  })
}

const unanswered = (error: unknown, { target }: Attempt, signal: AbortSignal): AppError =>
  error instanceof AppError
    ? error
    : new AppError('unavailable', `${target.host} gave no answer: ${reasonOf(error, signal)}.`, { cause: error })

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

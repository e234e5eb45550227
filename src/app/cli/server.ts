// A running server, asked by HTTP as any program would, with a token. The one way out is opened for its host, and for no other.
import { AppError, errorCodes, type ErrorCode, type Fault } from '#kernel/errors.ts'
import { readClientConfig } from '#platform/config/config.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { version } from '../version.ts'
import { Usage } from './exit.ts'

export type Ask = (http: string, input: Record<string, unknown>) => Promise<unknown>

const mostBytes = 64 * 1024 * 1024

/** `http` is an operation's: `POST /alerts/{alertId}/acknowledge`. Throws AppError as the server answered it, Usage without a token. */
export function serverOf(environment: Record<string, string | undefined>): Ask {
  const { url, token } = readClientConfig(environment)
  if (!URL.canParse(url) || !/^https?:\/\/[^@]*$/.test(url))
    throw new Usage('TOCSIN_URL is not an address like https://tocsin.example.org, without a name or password.')
  if (!token) throw new Usage(`TOCSIN_TOKEN is not set. Make a token in ${url} under Settings, Tokens, and export it.`)
  const host = new URL(url).hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  const outbound = createOutbound({ allowHosts: () => new Set([host]), userAgent: `Tocsin/${version} (command line)` })

  return async (http, input) => {
    const { method, path, body } = requestOf(http, input)
    const answer = await outbound.fetch({
      url: `${url}/api/v1${path}`,
      method,
      maxRedirects: 0,
      timeoutSeconds: 120,
      maxBytes: mostBytes,
      headers: { authorization: `Bearer ${token.open()}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body }),
    })
    const content = jsonOf(answer.text())
    // Whatever stands before a server may answer a page of its own, and call it right.
    if (answer.status >= 200 && answer.status < 300 && content !== undefined) return content
    throw problem(url, answer.status, content)
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Spreads an input over path, query and body as the server wants it. */
export function requestOf(http: string, input: Record<string, unknown>): { method: Method; path: string; body: string | undefined } {
  const [method, pattern] = http.split(' ') as [Method, string]
  const rest = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  if (method !== 'GET' && method !== 'DELETE') return { method, path, body: JSON.stringify(rest) }
  const query = new URLSearchParams(Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)])).toString()
  return { method, path: query === '' ? path : `${path}?${query}`, body: undefined }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function problem(url: string, status: number, content: unknown): AppError {
  const { code, detail, reference, faults } = (content ?? {}) as { code?: string; detail?: string; reference?: string; faults?: Fault[] }
  if (code === undefined || !(code in errorCodes) || detail === undefined) {
    return new AppError('unavailable', `${url} answered ${status}, but not as Tocsin does. Is TOCSIN_URL right?`)
  }
  return new AppError(
    code as ErrorCode,
    status >= 500 ? `${detail} Its reference in the server's log is ${reference ?? 'unknown'}.` : detail,
    { faults: faults ?? [] },
  )
}

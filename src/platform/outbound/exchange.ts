// One request and its answer, over a socket that is closed behind it, or over a connection that may be kept.
import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import { beforeAbort } from './dial.ts'
import { readBody } from './body.ts'
import type { KeptConnections, ThroughKept } from './kept.ts'
import type { Attempt } from './redirects.ts'

export type Answer = { status: number; headers: Record<string, string>; bytes: Uint8Array }

/** With `skipsBody(status, location)` the body is not read. */
export type ExchangeOptions = {
  signal: AbortSignal
  maxBytes: number
  skipsBody: (status: number, location: string | undefined) => boolean
}

/**
 * Leaves nothing open behind it but a connection whose answer was read to its end, when it is one that may be kept. Throws AppError 'unavailable' for a body
 * that is too large; other errors are the socket's, or the signal's reason.
 */
export async function exchange(
  line: Duplex | (ThroughKept & { kept: KeptConnections }),
  { target, method, headers, body }: Attempt,
  options: ExchangeOptions,
): Promise<Answer> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const [through, closes] =
    'kept' in line
      ? [{ agent: line.kept, place: line.place, opened: line.opened }, {}]
      : [{ createConnection: () => line }, { connection: 'close' }]
  let request: ClientRequest | undefined
  let isWhole = false
  try {
    return await beforeAbort(
      (async () => {
        const answer = await new Promise<IncomingMessage>((resolve, reject) => {
          request = httpRequest({
            ...through,
            method,
            path: target.path,
            setHost: false,
            headers: { ...headers, host: target.authority, ...closes, ...lengthOf(method, bytes) },
          } as RequestOptions)
          request.once('response', resolve)
          request.on('error', reject)
          request.once('upgrade', () => reject(new Error('the answer changes the protocol')))
          request.end(bytes)
        })
        const status = answer.statusCode ?? 0
        const skip = options.skipsBody(status, answer.headers.location)
        const read = skip ? new Uint8Array() : await readBody(answer, target.host, options.maxBytes)
        isWhole = !skip
        return { status, headers: flat(answer), bytes: read }
      })(),
      options.signal,
    )
  } finally {
    if (!isWhole || !('kept' in line)) {
      request?.destroy()
      const socket = 'kept' in line ? line.opened : line
      socket?.destroy()
    }
  }
}

const lengthOf = (method: string, bytes: Uint8Array | undefined): Record<string, string> =>
  bytes === undefined && (method === 'GET' || method === 'HEAD') ? {} : { 'content-length': String(bytes?.length ?? 0) }

const flat = (answer: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]))

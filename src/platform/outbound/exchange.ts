// One request and its answer over one open socket. No connection is kept: the next attempt is resolved and judged again.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { beforeAbort } from './dial.ts'
import { readBody } from './body.ts'
import type { Attempt } from './redirects.ts'

export type Answer = { status: number; headers: Record<string, string>; bytes: Uint8Array }

/**
 * Closes `socket` in every case. With `skipsBody(status, location)` the body is not read. Throws AppError 'unavailable' for a body that is
 * too large; other errors are the socket's, or the signal's reason.
 */
export async function exchange(
  socket: Duplex,
  { target, method, headers, body }: Attempt,
  options: { signal: AbortSignal; maxBytes: number; skipsBody: (status: number, location: string | undefined) => boolean },
): Promise<Answer> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  try {
    return await beforeAbort(
      (async () => {
        const answer = await new Promise<IncomingMessage>((resolve, reject) => {
          const request = httpRequest({
            createConnection: () => socket,
            method,
            path: target.path,
            setHost: false,
            headers: { ...headers, host: target.authority, connection: 'close', ...lengthOf(method, bytes) },
          })
          request.once('response', resolve)
          request.on('error', reject)
          request.once('upgrade', () => reject(new Error('the answer changes the protocol')))
          request.end(bytes)
        })
        const status = answer.statusCode ?? 0
        const skip = options.skipsBody(status, answer.headers.location)
        return { status, headers: flat(answer), bytes: skip ? new Uint8Array() : await readBody(answer, target.host, options.maxBytes) }
      })(),
      options.signal,
    )
  } finally {
    socket.destroy()
  }
}

const lengthOf = (method: string, bytes: Uint8Array | undefined): Record<string, string> =>
  bytes === undefined && (method === 'GET' || method === 'HEAD') ? {} : { 'content-length': String(bytes?.length ?? 0) }

const flat = (answer: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]))

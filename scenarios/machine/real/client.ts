// One request to a node, by whoever uses it: an answer, or none within some seconds.
import { request } from 'node:http'
import { token } from './installation.ts'

/** The button of a page that a mail links to. */
export const pressed = (publicUrl: string) => ({
  method: 'POST',
  headers: { origin: publicUrl, 'content-type': 'application/x-www-form-urlencoded' },
})

export type Answer = { status: number; text: string; json: unknown }
export type Request = { method: string; path: string; body?: unknown; headers?: Record<string, string> }

/** The longest that anybody waits for an answer. */
const patienceMs = 5000

/** Undefined when the connection broke or nothing came in time. Below /api/v1 as the administrator, unless the path is another's. */
export const ask = (port: number, { method, path, body, headers }: Request): Promise<Answer | undefined> =>
  new Promise((resolve) => {
    const isApi = !/^\/(in|p|s)\//.test(path)
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: isApi ? `/api/v1${path}` : path,
        agent: false,
        headers: {
          ...(isApi ? { authorization: `Bearer ${token}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', () => resolve(undefined))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 0, text, json: /^[[{]/.test(text) ? JSON.parse(text) : undefined })
        })
      },
    )
    const late = setTimeout(() => asked.destroy(), patienceMs)
    asked.on('error', () => undefined)
    asked.on('close', () => {
      clearTimeout(late)
      resolve(undefined)
    })
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })

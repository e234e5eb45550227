// A node for the bench, and what a subject sets up in it through its API.
import { Agent, request } from 'node:http'
import { startTocsin } from '../real/programs.ts'
import { pause } from './figures.ts'

const token = 'bench-token-0123456789abcdef0123456789'
export const asAdministrator = { authorization: `Bearer ${token}` }
const kept = new Agent({ keepAlive: true, maxSockets: 32 })

export type Setting = { kind: 'PostgreSQL' | 'embedded'; databaseUrl: string | undefined }
export type Node = Awaited<ReturnType<typeof startTocsin>>

const profiles = process.env['BENCH_PROFILE']
/** Where its profile goes when it ends, if one is wanted: `BENCH_PROFILE=folder`. What is measured meanwhile is slower. */
const profiled: Record<string, string> = profiles ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` } : {}

/** Starts a node on the setting's database. */
export const startNode = (setting: Setting, port: number, more: Record<string, string> = {}, folder?: string): Promise<Node> =>
  startTocsin(
    port,
    {
      TOCSIN_ADMIN_TOKEN: token,
      TOCSIN_ALLOW_HOSTS: '127.0.0.1',
      ...(setting.databaseUrl ? { DATABASE_URL: setting.databaseUrl } : {}),
      ...profiled,
      ...more,
    },
    folder,
  )

/** One request below /api/v1. Throws when the answer is not a success. */
export function must<Answer>(port: number, method: string, path: string, input?: unknown): Promise<Answer> {
  const body = input === undefined ? '' : JSON.stringify(input)
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        agent: kept,
        host: '127.0.0.1',
        port,
        method,
        path: `/api/v1${path}`,
        headers: {
          ...asAdministrator,
          ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}),
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
        response.on('end', () => {
          const status = response.statusCode ?? 0
          if (status < 300) resolve((text === '' ? undefined : JSON.parse(text)) as Answer)
          else reject(new Error(`${method} ${path} answered ${status}: ${text.slice(0, 500)}`))
        })
      },
    )
    asked.on('error', (error: NodeJS.ErrnoException) => {
      // A node that had nothing to do has ended the kept connection at this very moment.
      if (asked.reusedSocket && error.code === 'ECONNRESET') resolve(must<Answer>(port, method, path, input))
      else reject(error)
    })
    asked.end(body)
  })
}

/** Applies documents, however many: a file holds two hundred and no more. `text` may be several, with `---` between them. */
export async function apply(port: number, text: string): Promise<void> {
  const documents = text.split(/^---$/m)
  const files = Array.from({ length: Math.ceil(documents.length / 200) }, (_, n) => ({
    path: `${n}.yaml`,
    text: documents.slice(n * 200, (n + 1) * 200).join('---'),
  }))
  await must(port, 'POST', '/configuration/apply', { files })
}

/** Integrations of Alertmanager's kind, as many as there are senders: one key may send a thousand requests a second. Answers their keys. */
export async function addKeys(port: number, name: string, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, (_, index) => `bench-key-0123456789abcdef-${name}-${index}`)
  for (const [index, key] of keys.entries())
    await must(port, 'POST', '/integrations', { name: `${name} ${index}`, kind: 'alertmanager', key })
  return keys
}

/** Resolves when a node has read everything that it took in, with how many seconds that took. */
export async function allRead(port: number): Promise<number> {
  const began = performance.now()
  for (let calm = 0; calm < 3; await pause(250)) {
    const text = await textOf(port, '/metrics')
    calm = /^tocsin_backlog_signals 0$/m.test(text) ? calm + 1 : 0
  }
  return Math.max(0, (performance.now() - began) / 1000 - 0.75)
}

const textOf = (port: number, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request({ agent: kept, host: '127.0.0.1', port, path }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end()
  })

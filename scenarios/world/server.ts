// The real HTTP server around a world's engine, on a free port, and a client that sends exactly what a test writes.
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { system } from '#kernel/actor.ts'
import type { IntegrationDefinition } from '#kernel/integration.ts'
import { authenticateBy } from '#app/authenticate.ts'
import { createIntake } from '#app/intake.ts'
import { triedSignIn } from '#domains/directory/index.ts'
import { integrations } from '#integrations/catalogue.ts'
import { createInbound } from '#platform/http/inbound.ts'
import { createHttpServer } from '#platform/http/server.ts'
import { silentLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import type { World } from './world.ts'

type Sent = { headers?: Record<string, string | string[]>; body?: unknown; signal?: AbortSignal; chunked?: boolean }
/** `json` is the body read as JSON, undefined when it is none. */
export type Received = { status: number; headers: Record<string, string | string[] | undefined>; text: string; json: unknown }

export type WorldServer = {
  /** Where it listens: http://127.0.0.1:PORT. */
  address: string
  /** What it believes to be its public address. */
  publicUrl: string
  /** A body that is no text and no bytes is sent as JSON. */
  send(method: string, path: string, sent?: Sent): Promise<Received>
  /** The cookie header of a fresh session of this person, begun through the API. */
  signIn(handle: string): Promise<{ cookie: string }>
  /** Adds a person with a password and this role; they can sign in. */
  addPerson(handle: string, role: string): Promise<void>
  /** Makes the integration keys known that were added since the server began. */
  refreshKeys(): void
  /** Writes down the refused requests that were only counted so far. */
  finish(): Promise<void>
  close(): Promise<void>
}

const password = 'a long sentence is best'
const longestTimerMs = 2 ** 31 - 1

/** `integrations` is the catalogue of sources; the shipped one when absent. `trustedProxies`: how many entries of X-Forwarded-For count; none when absent. */
export async function serveWorld(
  world: World,
  options: { integrations?: readonly IntegrationDefinition[]; publicUrl?: string; trustedProxies?: number } = {},
): Promise<WorldServer> {
  const publicUrl = options.publicUrl ?? 'https://tocsin.test'
  const engine = { ...world.engine, publicUrl }
  const log = silentLog()
  const metrics = createMetrics()
  const intake = createIntake(engine)
  const { server, endStreams, finish } = createHttpServer({
    engine,
    log,
    metrics,
    version: '0.0.0',
    inbound: createInbound({ store: intake, catalogue: options.integrations ?? integrations, clock: world.clock, log, metrics }),
    authenticate: authenticateBy(engine),
    triedSignIn,
    trustedProxies: options.trustedProxies ?? 0,
    webFolder: fileURLToPath(new URL('../../web/dist', import.meta.url)),
    ready: () => Promise.resolve(),
    // Not by the machine's clock: `finish` does it.
    settleEveryMs: longestTimerMs,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const send: WorldServer['send'] = (method, path, sent = {}) => exchange(port, method, path, sent)
  return {
    address: `http://127.0.0.1:${port}`,
    publicUrl,
    send,
    async addPerson(handle, role) {
      const { addUser } = await import('#domains/directory/people.ts')
      await engine.run(system('test'), addUser, { handle, name: handle, email: `${handle}@example.test`, role, password })
    },
    async signIn(handle) {
      const { status, headers, text } = await send('POST', '/api/v1/session', { body: { email: `${handle}@example.test`, password } })
      const cookie = [headers['set-cookie']].flat()[0]?.split(';')[0]
      if (cookie === undefined) throw new Error(`${handle} could not sign in: ${status} ${text}`)
      return { cookie }
    },
    refreshKeys: () => intake.refreshKeys(),
    finish,
    async close() {
      endStreams()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await finish()
    },
  }
}

function exchange(port: number, method: string, path: string, { headers = {}, body, signal, chunked = false }: Sent): Promise<Received> {
  const bytes =
    body === undefined
      ? undefined
      : typeof body === 'string' || body instanceof Uint8Array
        ? Buffer.from(body)
        : Buffer.from(JSON.stringify(body))
  const asJson = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)
  const length = bytes === undefined || chunked ? {} : { 'content-length': String(bytes.length) }
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      ...(signal ? { signal } : {}),
      headers: { ...(asJson ? { 'content-type': 'application/json' } : {}), ...length, ...headers },
    })
    let answered = false
    sent.on('error', (error) => (answered ? undefined : reject(error)))
    sent.on('response', (response) => {
      answered = true
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => void chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: asParsed(text) })
      })
    })
    sent.end(bytes)
  })
}

function asParsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

// The only way in: one node:http server. Alerts go straight to `inbound`, everything else through hono.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { anonymous } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { createRefusals, type SignInBy, type SignInTried } from '../access/refusals.ts'
import type { Engine } from '../commands/engine.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { apiRoutes, type Authenticate, type Env } from './api.ts'
import { callerOf } from './caller.ts'
import { securityHeaders, sessionCookie } from './headers.ts'
import type { createInbound } from './inbound.ts'
import { liveStream } from './live-stream.ts'
import { openApi } from './openapi.ts'
import { pageRoutes, type StandalonePage } from './pages.ts'
import { largeLimits, ordinaryLimits, spokenBytes } from './parse-limits.ts'
import { asAppError, problemOf } from './problem.ts'
import { refusedOf } from './refused.ts'
import { staticFiles } from './static.ts'

export type ServerParts = {
  engine: Engine
  log: Log
  metrics: Metrics
  inbound: ReturnType<typeof createInbound>
  authenticate: Authenticate
  triedSignIn: (scope: Scope, by: SignInBy) => Promise<SignInTried>
  /** Beside those of the catalogue. */
  pages?: readonly StandalonePage[]
  trustedProxies: number
  webFolder: string
  version: string
  /** How often what was only counted of refused requests is written down; each half minute when it is left out. */
  settleEveryMs?: number
  /** Throws when the node is not fit to serve. */
  ready: () => Promise<void>
}

const usualSettleMs = 30_000

export function createHttpServer(parts: ServerParts): {
  server: Server
  fetch: (request: Request, env: Env['Bindings']) => Response | Promise<Response>
  endStreams: () => void
  /** Writes down what was only counted so far; called once, after the last request. */
  finish: () => Promise<void>
} {
  const { engine, log, metrics, inbound } = parts
  const cookie = sessionCookie(engine.publicUrl)
  const refusals = createRefusals(engine)
  const app = new Hono<Env>()
  const large = new Set(engine.catalogue.operations.flatMap((one) => (one.large ? [one.http.replace(' ', ' /api/v1')] : [])))

  app.use(async (c, next) => {
    c.set('reference', randomUUID())
    c.set('caller', callerOf(c.env.incoming, parts.trustedProxies))
    const { bytes } = large.has(`${c.req.method} ${c.req.path}`) ? largeLimits : ordinaryLimits
    if (Number(c.req.header('content-length') ?? 0) > bytes)
      throw new AppError('too-large', `The body is larger than ${spokenBytes(bytes)}.`)
    await next()
    for (const [name, value] of Object.entries(securityHeaders)) c.res.headers.set(name, value)
    metrics.requests.inc({ method: c.req.method, status: String(c.res.status) })
  })
  app.onError(async (error, c) => {
    const failure = await written(asAppError(error), c)
    const reference = c.get('reference')
    if (failure.status >= 500) log.error({ err: failure.cause ?? failure, reference, path: c.req.path }, failure.message)
    const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...securityHeaders }
    if (failure.retryAfterSeconds !== undefined) headers['retry-after'] = String(failure.retryAfterSeconds)
    if (failure.status === 413) headers['connection'] = 'close'
    metrics.requests.inc({ method: c.req.method, status: String(failure.status) })
    return c.body(JSON.stringify(problemOf(failure, reference)), failure.status as 500, headers)
  })
  /** What was refused is written down before it is answered. Where it cannot be, the answer says that the installation fails. */
  async function written(failure: AppError, c: Context<Env>): Promise<AppError> {
    const refused = refusedOf(c.get('asked'), failure.code, c.get('caller').address, c.req.header('authorization') !== undefined)
    try {
      if (refused) await refusals.note(refused)
      return failure
    } catch (error) {
      return asAppError(error)
    }
  }
  app.notFound((c) =>
    c.body(JSON.stringify(problemOf(new AppError('missing', 'There is nothing at this address.'), c.get('reference'))), 404, {
      'content-type': 'application/problem+json',
      ...securityHeaders,
    }),
  )

  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', async (c) => {
    await parts.ready()
    return c.text('ready\n')
  })
  app.get('/metrics', async (c) => {
    const caller = c.get('caller')
    const actor = caller.local
      ? undefined
      : await parts.authenticate({ token: /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '' })
    if (!caller.local && !actor) throw new AppError('not-signed-in', 'Metrics are open to this machine, and to API tokens.')
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType })
  })
  const document = openApi(engine.catalogue.operations, parts.version)
  app.get('/api/openapi.json', (c) => c.json(document))
  const api = apiRoutes({ engine, authenticate: parts.authenticate, cookie, triedSignIn: parts.triedSignIn })
  const live = liveStream(api, { engine, authenticate: parts.authenticate, cookie })
  app.route('/api/v1', api)
  app.route('/', pageRoutes(engine, refusals, parts.pages))
  app.route('/', staticFiles(parts.webFolder))

  // It puts its own Request and Response in the place of Node's: what those make of an answer costs more than all the rest of it.
  const listener = getRequestListener((request, env) => app.fetch(request, env as Env['Bindings']))
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 }, (request, response) => {
    const path = (request.url ?? '/').split('?')[0]!
    void (inbound.claims(path) ? inbound.handle(request, response, strange(request)) : listener(request, response))
  })
  /** Somebody's alerts arrive nowhere: whoever looks why finds it in the record. The sender is answered whether or not it can be written. */
  function strange(request: IncomingMessage): (operation: string) => void {
    return (operation) => {
      const { address } = callerOf(request, parts.trustedProxies)
      void refusals
        .note({ actor: anonymous, operation, target: {}, address, reason: 'it has no key of an integration' })
        .catch((err: unknown) => log.warn({ err }, 'a request with an unknown key could not be written down'))
    }
  }
  const settling = setInterval(
    () => void refusals.settle().catch((err: unknown) => log.error({ err }, 'refused requests could not be written down')),
    parts.settleEveryMs ?? usualSettleMs,
  ).unref()
  return {
    server,
    fetch: (request, env) => app.fetch(request, env),
    endStreams: () => live.end(),
    async finish() {
      clearInterval(settling)
      await refusals.settle({ everything: true })
    },
  }
}

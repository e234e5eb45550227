// The way in for alerts, straight on node:http: key, limits, verification, parsing; then whatever stores it. A 2xx is sent only after the commit.
import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fittedChange, type ReportedChange } from '#kernel/change.ts'
import { AppError } from '#kernel/errors.ts'
import type { Answer, InboundRequest, IntegrationDefinition, Parsed, SourceDefinition } from '#kernel/integration.ts'
import type { Secret } from '#kernel/secret.ts'
import { fitted, type Signal } from '#kernel/signal.ts'
import type { Clock } from '#kernel/time.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { readBody } from './body.ts'
import { securityHeaders } from './headers.ts'
import { createLimiter } from './limits.ts'
import { asAppError } from './problem.ts'
import { contextOf, readRequest } from './reading.ts'
import { createTurns } from './turns.ts'

/** An integration as the way in knows it: found in memory by its key. */
export type InboundIntegration = { id: string; kind: string; secret: Secret | undefined }

export type InboundStore = {
  /** In constant time; undefined for a key that nobody has. */
  find(key: string): Promise<InboundIntegration | undefined>
  /** Stores signals durably, resolves after the commit with each signal's deduplication key. */
  accept(integration: InboundIntegration, signals: Signal[]): Promise<string[]>
  /**
   * In a flood, keeps a request durably as it came, to be read later; when the database does not say that it did, keeps what `read` makes of it elsewhere.
   * False: nothing is kept, and it is to be read and accepted now.
   */
  keepUnread(integration: InboundIntegration, subpath: string, body: Uint8Array, read: () => Promise<Signal[]>): Promise<boolean>
  /** Stores changes durably, resolves after the commit. While the database is away they are not kept. */
  acceptChanges(integration: InboundIntegration, changes: ReportedChange[]): Promise<void>
  /** Keeps a request that was refused, for the integration's owner. Its key does not stand in it. */
  keepRefused(integration: InboundIntegration, status: number, reason: string, request: { path: string; body: Uint8Array }): Promise<void>
}

export type InboundParts = { store: InboundStore; catalogue: readonly IntegrationDefinition[]; clock: Clock; log: Log; metrics: Metrics }

const defaultMaxBytes = 4 * 1024 * 1024

export function createInbound({ store, catalogue, clock, log, metrics }: InboundParts) {
  const sources = new Map(
    catalogue.flatMap((integration) => (integration.sources ? [[integration.id, integration.sources.webhook] as const] : [])),
  )
  const dropIns = [...sources].flatMap(([kind, source]) => (source.dropIn ?? []).map((place) => ({ kind, source, ...place })))
  const perKey = createLimiter(clock, { burst: 2000, perSecond: 1000 })
  const turns = createTurns()

  return {
    /** Whether this path is one of ours. */
    claims: (path: string): boolean => path.startsWith('/in/') || dropIns.some((place) => place.path === withoutSlash(path)),

    /** `strange` hears what was asked with a key that nobody has: of such a request nothing is kept. */
    async handle(incoming: IncomingMessage, response: ServerResponse, strange: (operation: string) => void): Promise<void> {
      const url = new URL(incoming.url ?? '/', 'http://in')
      const path = withoutSlash(url.pathname)
      try {
        const answer = await (path.startsWith('/in/')
          ? byPrefix(incoming, url, path, strange)
          : byOriginalPath(incoming, url, path, strange))
        send(response, answer)
      } catch (error) {
        const failure = asAppError(error)
        // What was answered so on purpose is no failure, and a stranger could fill the log with it.
        if (failure.status >= 500 && !(error instanceof AppError && error.code === 'unavailable'))
          log.error(
            { err: failure.cause ?? failure, path: path.startsWith('/in/') ? '/in/…' : path, reference: randomUUID() },
            'an inbound request failed',
          )
        send(response, {
          status: failure.status,
          body: {
            status: failure.status >= 500 ? 'unavailable' : 'invalid',
            message: failure.message,
            errors: failure.faults.map((fault) => fault.message),
          },
          headers: {
            ...(failure.retryAfterSeconds ? { 'retry-after': String(failure.retryAfterSeconds) } : {}),
            ...(failure.status === 413 ? { connection: 'close' } : {}),
          },
        })
        if (failure.status === 413) incoming.destroy()
      }
    },
  }

  async function byPrefix(incoming: IncomingMessage, url: URL, path: string, strange: (operation: string) => void): Promise<Answer> {
    const [key = '', ...rest] = path.slice('/in/'.length).split('/')
    const subpath = rest.length > 0 ? `/${rest.join('/')}` : ''
    const integration = await store.find(key)
    const source = integration && sources.get(integration.kind)
    if (!integration || !source) {
      metrics.refused.inc({ kind: 'unknown', status: '404' })
      strange(`${incoming.method} /in/{key}`)
      return { status: 404, body: { status: 'not found', message: 'There is no integration with this key.' } }
    }
    if (!source.subpaths.includes(subpath))
      return { status: 404, body: { status: 'not found', message: `This integration does not listen at ${subpath || '/'}.` } }
    if (incoming.method !== 'POST')
      return { status: 405, body: { status: 'invalid', message: 'Send alerts with POST.' }, headers: { allow: 'POST' } }
    // Before the body is read: what it costs to keep a refused one is within the limit too.
    perKey.take(integration.id)
    return receive(integration, source, await requestOf(incoming, url, subpath, source, integration), key)
  }

  async function byOriginalPath(incoming: IncomingMessage, url: URL, path: string, strange: (operation: string) => void): Promise<Answer> {
    const place = dropIns.find((candidate) => candidate.path === path && candidate.method === incoming.method)
    if (!place) return { status: 405, body: { status: 'invalid', message: 'Send alerts with POST.' }, headers: { allow: 'POST' } }
    const { source } = place
    let owner = place.keyIn === 'headers' ? await ownerOf(place, headOf(incoming, url, path)) : undefined
    if (place.keyIn === 'headers' && !owner) return unknown()
    if (owner) perKey.take(owner.integration.id)
    const request = await requestOf(incoming, url, path, source, owner?.integration)
    if (owner) return receive(owner.integration, source, request, owner.key)
    try {
      owner = await ownerOf(place, request)
    } catch (error) {
      const failure = asAppError(error)
      if (failure.status >= 500) throw error
      return source.refused(
        failure.message,
        failure.faults.map((fault) => fault.message),
        failure.status,
      )
    }
    if (!owner) return unknown()
    perKey.take(owner.integration.id)
    return receive(owner.integration, source, request, owner.key)

    function unknown(): Answer {
      const { unknownKey } = place!
      metrics.refused.inc({ kind: 'unknown', status: String(unknownKey.status) })
      strange(`${incoming.method} ${path}`)
      return unknownKey
    }
  }

  /** Whose key stands in a request at a vendor's own path. Throws AppError for a body in which it cannot be found. */
  async function ownerOf(place: (typeof dropIns)[number], request: InboundRequest) {
    const key = place.key(request, contextOf(request, clock.now()))
    const integration = key === undefined ? undefined : await store.find(key)
    return key !== undefined && integration?.kind === place.kind ? { integration, key } : undefined
  }

  async function receive(integration: InboundIntegration, source: SourceDefinition, request: InboundRequest, key: string): Promise<Answer> {
    const began = performance.now()
    const refuse = async (status: number, reason: string, faults: string[]) => {
      metrics.refused.inc({ kind: integration.kind, status: String(status) })
      await store.keepRefused(integration, status, reason, withoutKey(request, key))
      return source.refused(reason, faults, status)
    }
    if (source.verify.kind === 'checked') {
      const verdict = source.verify.check(request, integration.secret, clock.now())
      if (verdict !== true) return refuse(401, verdict, [])
    }
    let reading: Promise<Parsed> | undefined
    const read = () => (reading ??= turns(integration.id, () => readRequest(source, request, clock.now())))
    const isKept =
      source.canWait === true &&
      looksLikeJson(request.body) &&
      // What is wrong with it is said below.
      (await store.keepUnread(integration, request.subpath, request.body, () => read().then(signalsIn, () => [])))
    if (isKept && reading === undefined) {
      metrics.ingestSeconds.observe((performance.now() - began) / 1000)
      return source.accepted([], request)
    }
    let parsed
    try {
      parsed = await read()
    } catch (error) {
      const failure = asAppError(error)
      if (failure.status >= 500) throw error
      return refuse(
        failure.status,
        failure.message,
        failure.faults.map((fault) => `${fault.path}: ${fault.message}`),
      )
    }
    if ('rejected' in parsed) return refuse(400, parsed.rejected, parsed.faults ?? [])
    const keys = isKept || parsed.signals.length === 0 ? [] : await store.accept(integration, signalsIn(parsed))
    if (parsed.changes) await store.acceptChanges(integration, parsed.changes.map(fittedChange))
    metrics.ingested.inc({ kind: integration.kind }, parsed.signals.length)
    metrics.ingestSeconds.observe((performance.now() - began) / 1000)
    if ((parsed.faults ?? []).length > 0)
      return refuse(400, `${parsed.signals.length} were kept; ${parsed.faults!.length} could not be read.`, parsed.faults!)
    return source.accepted(keys, request)
  }

  async function requestOf(
    incoming: IncomingMessage,
    url: URL,
    subpath: string,
    source: SourceDefinition,
    integration: InboundIntegration | undefined,
  ): Promise<InboundRequest> {
    const maxBytes = source.maxBytes ?? defaultMaxBytes
    let body: Uint8Array
    try {
      body = await readBody(incoming, maxBytes)
    } catch (error) {
      if (integration && error instanceof AppError && error.status < 500)
        await store.keepRefused(integration, error.status, error.message, { path: subpath, body: new Uint8Array() })
      throw error
    }
    return { ...headOf(incoming, url, subpath), body }
  }
}

/** A request without its body. */
function headOf(incoming: IncomingMessage, url: URL, subpath: string): InboundRequest {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
  const query = Object.fromEntries(url.searchParams)
  return { method: incoming.method ?? 'POST', path: url.pathname, subpath, query, headers, body: new Uint8Array() }
}

function send(response: ServerResponse, answer: Answer): void {
  const body = answer.body === undefined ? '' : typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  response.writeHead(answer.status, {
    ...securityHeaders,
    'cache-control': 'no-store',
    ...(body === '' ? {} : { 'content-type': typeof answer.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json' }),
    'content-length': Buffer.byteLength(body),
    ...answer.headers,
  })
  response.end(body)
}

/** What is kept of a request lies open in the database, and a key is a secret: in the address, or in the body as some senders have it. */
function withoutKey({ path, body }: InboundRequest, key: string): { path: string; body: Uint8Array } {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const isInBody = bytes.includes(key)
  return { path: path.replaceAll(key, '…'), body: isInBody ? Buffer.from(bytes.toString('latin1').replaceAll(key, '...'), 'latin1') : body }
}

const signalsIn = (parsed: Parsed): Signal[] => ('rejected' in parsed ? [] : parsed.signals.map(fitted))

/** Of what is kept unread, nobody hears later that it was not even text that begins as JSON does. */
const looksLikeJson = (body: Uint8Array): boolean => (body[0] === 0x5b || body[0] === 0x7b) && isUtf8(body)

const withoutSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path)

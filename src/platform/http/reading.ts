// What a request of a source means: now, or later when it was kept as it came.
import type { InboundRequest, ParseContext, Parsed, SourceDefinition } from '#kernel/integration.ts'
import type { Instant } from '#kernel/time.ts'
import { ingestLimits, parse } from './parse.ts'

/** Throws AppError 'invalid-input' (400) or 'too-large' (413) for a body that is not of its kind. */
export const readRequest = async (source: SourceDefinition, request: InboundRequest, receivedAt: Instant): Promise<Parsed> =>
  source.parse(request, contextOf(request, receivedAt))

/** What a source may use of a request beside the request. */
export function contextOf(request: InboundRequest, receivedAt: Instant): ParseContext {
  let value: { json: unknown } | undefined
  return {
    receivedAt,
    json: () => (value ??= { json: parse('json', request.body, ingestLimits) }).json,
    form: () => parse('form', request.body, ingestLimits) as Record<string, string>,
    othersTurn: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

/** A request of which only this was kept. */
export const keptRequest = (subpath: string, body: Uint8Array): InboundRequest => ({
  method: 'POST',
  path: subpath,
  subpath,
  query: {},
  headers: {},
  body,
})

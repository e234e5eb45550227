// Pages that the server writes itself, from their definitions.
import { Hono } from 'hono'
import { anonymous } from '#kernel/actor.ts'
import type { Caller } from '#kernel/command.ts'
import type { PageAnswer, PageRequest } from '#kernel/page.ts'
import type { Refusals } from '../access/refusals.ts'
import type { Engine } from '../commands/engine.ts'
import { refuseForeignOrigin, type Env } from './api.ts'
import { readBody } from './body.ts'
import { createLimiter } from './limits.ts'
import { ordinaryLimits, parse } from './parse.ts'
import { refusedLink } from './refused.ts'
import { createSharedAnswers } from './shared-answers.ts'

/** One that asks no database, and so works while it is away. What it refuses is not in the record, for that is in the database. */
export type StandalonePage = { http: `GET /${string}` | `POST /${string}`; run: (request: PageRequest) => Promise<PageAnswer> }

export function pageRoutes(engine: Engine, refusals: Refusals, standalone: readonly StandalonePage[] = []): Hono<Env> {
  const app = new Hono<Env>()
  const strangers = createLimiter(engine.clock, { burst: 120, perSecond: 10 })
  for (const { http, run } of standalone) serve(http, run)
  const shared = createSharedAnswers(engine.clock, engine.live)
  for (const page of engine.catalogue.pages)
    serve(page.http, async (request, caller) => {
      const durable = page.http.startsWith('POST')
      const made = () => engine.transact(anonymous, (context): Promise<PageAnswer> => page.run(context, request), { durable, caller })
      const answer = await ('sharedUntil' in page && page.sharedUntil
        ? shared(`${page.http} ${JSON.stringify(request.params)}`, page.sharedUntil, made)
        : made())
      const refused = refusedLink(page.http, answer.status, caller.address)
      if (refused) await refusals.note(refused)
      return answer
    })
  return app

  function serve(http: StandalonePage['http'], run: (request: PageRequest, caller: Caller) => Promise<PageAnswer>): void {
    const [method, path] = http.split(' ') as ['GET' | 'POST', string]
    app.on(method === 'GET' ? ['GET', 'HEAD'] : ['POST'], [path.replace(/\{(\w+)\}/g, ':$1')], async (c) => {
      const caller = c.get('caller')
      c.set('asked', { actor: anonymous, operation: http, needs: 'public', on: 'organisation', input: {} })
      strangers.take(caller.network)
      // A page without referrer posts with `Origin: null`, and over plain http nothing else tells where from. Pages know nobody by a cookie.
      const tellsNothing = c.req.header('origin') === 'null' && c.req.header('sec-fetch-site') === undefined
      if (method === 'POST' && !tellsNothing) refuseForeignOrigin(c, anonymous, engine.publicUrl)
      const bytes = method === 'POST' ? await readBody(c.env.incoming, ordinaryLimits.bytes) : new Uint8Array()
      const request: PageRequest = {
        params: c.req.param() as Record<string, string>,
        query: c.req.query(),
        form: bytes.length > 0 ? (parse('form', bytes, ordinaryLimits) as Record<string, string>) : {},
        headers: c.req.header(),
      }
      const answer = await run(request, caller)
      if (answer.redirect) return c.redirect(answer.redirect, 303)
      return c.body(answer.body, answer.status as 200, {
        'content-type': answer.contentType ?? 'text/html; charset=utf-8',
        'cache-control': answer.cacheSeconds ? `public, max-age=${answer.cacheSeconds}` : 'private, no-store',
      })
    })
  }
}

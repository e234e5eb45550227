// Every command and query as an endpoint below /api/v1, from its definition alone.
import type { IncomingMessage } from 'node:http'
import { Hono, type Context } from 'hono'
import { anonymous, may, personOf, type Actor } from '#kernel/actor.ts'
import type { AnyOperation, Caller, NewSession } from '#kernel/command.ts'
import { AppError } from '#kernel/errors.ts'
import { secondsBetween } from '#kernel/time.ts'
import type { Scope } from '#kernel/scope.ts'
import type { SignInBy, SignInTried } from '../access/refusals.ts'
import type { Engine, ExecuteOptions } from '../commands/engine.ts'
import { checkInput } from '../commands/input.ts'
import { once } from '../commands/once.ts'
import { readBody } from './body.ts'
import type { SessionCookie } from './headers.ts'
import { createLimiter } from './limits.ts'
import { largeLimits, ordinaryLimits, parse } from './parse.ts'
import type { Asked } from './refused.ts'

export type Authenticate = (credentials: { session?: string; token?: string }) => Promise<Actor | undefined>
export type Env = { Bindings: { incoming: IncomingMessage }; Variables: { reference: string; caller: Caller; asked?: Asked } }
export type ApiParts = {
  engine: Engine
  authenticate: Authenticate
  cookie: SessionCookie
  /** Whose account a sign-in that was refused was meant for. */
  triedSignIn: (scope: Scope, by: SignInBy) => Promise<SignInTried>
}

export function apiRoutes({ engine, authenticate, cookie, triedSignIn }: ApiParts): Hono<Env> {
  const app = new Hono<Env>()
  const strangers = createLimiter(engine.clock, { burst: 30, perSecond: 0.5 })
  // By account and network, so that nobody is kept from signing in by whoever knows their address; and by account, for those who have many networks.
  const guesses = createLimiter(engine.clock, { burst: 10, perSecond: 1 / 60 })
  const guessesOfAll = createLimiter(engine.clock, { burst: 100, perSecond: 1 / 6 })

  /** Counts a sign-in, and notes what the record is to say of it when it is refused, also for being one too many. */
  function guess(asked: Asked, by: SignInBy, network: string): void {
    asked.signIn = { account: 'email' in by ? by.email : by.link, find: (scope) => triedSignIn(scope, by) }
    // Whose a link is, is not known before it is used: it is counted by network alone, and nobody is kept from theirs by what others guess.
    guesses.take(`${'email' in by ? by.email : 'a link'} ${network}`)
    if ('email' in by) guessesOfAll.take(by.email)
  }

  for (const operation of engine.catalogue.operations) {
    const [method, path] = operation.http.split(' ') as [string, string]
    app.on(method, path.replace(/\{(\w+)\}/g, ':$1'), async (c) => {
      const asked: Asked = { actor: anonymous, operation: operation.name, needs: operation.needs, on: operation.on, input: c.req.param() }
      c.set('asked', asked)
      const actor = (asked.actor = await actorOf(c, { authenticate, cookie }))
      const caller = c.get('caller')
      if (operation.kind === 'command') refuseForeignOrigin(c, actor, engine.publicUrl)
      if (operation.needs === 'public') strangers.take(caller.network, operation.kind === 'command' ? 1 : 0.1)
      const input = (asked.input = await inputOf(c, operation, method, engine, actor))
      if (operation.session === 'begins') {
        // First, for what is no address at all would be remembered as one.
        checkInput(operation, input)
        guess(asked, signInBy(input), caller.network)
      }
      if (operation.name === 'directory.askForPasswordLink') guesses.take(`asks for a link ${caller.network}`)
      if (operation.name === 'directory.changePassword') guesses.take(personOf(actor) ?? caller.network)
      const key = method === 'POST' && operation.kind === 'command' && !operation.session ? c.req.header('idempotency-key') : undefined
      const options: ExecuteOptions = {
        caller,
        ...(key === undefined ? {} : once(ownKey(actor, caller, key), operation.name, input, operation.status ?? 200, engine)),
      }
      try {
        const output = await engine.execute(actor, operation, input, options)
        return answer(c, operation, output, engine, cookie)
      } catch (error) {
        if (operation.name === 'directory.signIn' && error instanceof AppError && error.code === 'refused')
          throw new AppError('not-signed-in', error.message)
        throw error
      }
    })
  }
  return app
}

const signInBy = (input: Record<string, unknown>): SignInBy =>
  typeof input['token'] === 'string' ? { link: input['token'] } : { email: String(input['email']).toLowerCase() }

/** The actor that a request proves to be. Throws AppError 'not-signed-in' for a token that is not valid: it is never taken for nobody. */
export async function actorOf(c: Context<Env>, { authenticate, cookie }: Pick<ApiParts, 'authenticate' | 'cookie'>): Promise<Actor> {
  const bearer = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (c.req.header('authorization') !== undefined) {
    const actor = bearer === undefined ? undefined : await authenticate({ token: bearer })
    if (!actor) throw new AppError('not-signed-in', 'This API token is not valid. Make one under Settings, Tokens.')
    return actor
  }
  const session = cookie.read(c.req.header('cookie'))
  return (session && (await authenticate({ session }))) || anonymous
}

/** A browser on another site may not make changes: the Origin must be ours, and with a cookie it must be there. */
export function refuseForeignOrigin(c: Context<Env>, actor: Actor, publicUrl: string): void {
  const origin = c.req.header('origin')
  const site = c.req.header('sec-fetch-site')
  const sameSite = site === 'same-origin' || site === 'none'
  const ours = origin !== undefined && origin === new URL(publicUrl).origin
  const wrong = origin !== undefined || site !== undefined ? !(sameSite || (ours && site === undefined)) : actor.kind === 'user'
  if (wrong) throw new AppError('wrong-origin', `This change was asked for from another site. Open ${publicUrl} and do it there.`)
}

async function inputOf(
  c: Context<Env>,
  operation: AnyOperation,
  method: string,
  engine: Engine,
  actor: Actor,
): Promise<Record<string, unknown>> {
  const params = Object.fromEntries(Object.entries(c.req.param() as Record<string, string>).filter(([, value]) => value !== undefined))
  const query: Record<string, unknown> = {}
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (values.length > 1) throw new AppError('invalid-input', `The parameter ${name} stands more than once.`)
    query[name] = values[0]
  }
  if (typeof query['cursor'] === 'string') query['cursor'] = openCursor(query['cursor'], operation.name, engine)
  if (method === 'GET' || method === 'DELETE') return { ...query, ...params }
  if (Object.keys(query).length > 0) throw new AppError('invalid-input', 'This endpoint takes its input from the body, not from the query.')
  const { needs, large } = operation
  const mayBeLarge = large && needs !== 'public' && needs !== 'signed-in' && may(actor, needs, null)
  const limits = mayBeLarge ? largeLimits : ordinaryLimits
  const bytes = await readBody(c.env.incoming, limits.bytes)
  if (bytes.length === 0) return params
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(c.req.header('content-type') ?? '')) {
    throw new AppError('wrong-media-type', 'Send the body as JSON, with `Content-Type: application/json`.')
  }
  const body = parse('json', bytes, limits)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new AppError('invalid-input', 'The body must be a JSON object.')
  for (const name of Object.keys(params)) if (name in body) throw new AppError('invalid-input', `/${name}: stands in the path already.`)
  return { ...body, ...params }
}

/** Two callers never share a key: a person has theirs, a stranger the ones of their address. */
function ownKey(actor: Actor, caller: Caller, key: string): string {
  if (key.length < 8 || key.length > 200) throw new AppError('invalid-input', 'An Idempotency-Key has 8 to 200 characters.')
  return `${personOf(actor) ?? `anonymous at ${caller.address}`} ${key}`
}

function answer(c: Context<Env>, operation: AnyOperation, output: unknown, engine: Engine, cookie: SessionCookie): Response {
  c.header('cache-control', 'no-store')
  let shown = output
  if (operation.session === 'begins') {
    const { session, ...rest } = output as NewSession
    c.header('set-cookie', cookie.set(session.secret, secondsBetween(engine.clock.now(), session.expiresAt)))
    shown = rest
  }
  if (operation.session === 'ends') c.header('set-cookie', cookie.clear())
  const next = (shown as { nextCursor?: string } | null)?.nextCursor
  if (typeof next === 'string')
    shown = { ...(shown as object), nextCursor: `${next}.${engine.signer.sign(next, `cursor ${operation.name}`)}` }
  return c.json(shown as object, operation.status ?? 200)
}

function openCursor(cursor: string, operation: string, engine: Engine): string {
  const [text, signature] = cursor.split('.')
  if (!text || !signature || engine.signer.verify(text, signature, `cursor ${operation}`) !== 'valid') {
    throw new AppError('invalid-input', '/cursor: is not one that this list gave out.')
  }
  return text
}

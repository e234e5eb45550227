// A fake world around the real engine: a clock that is moved by hand, ids and randomness from a seed, an outside that records what it was asked.
import { createHash } from 'node:crypto'
import { idSource, type NewId } from '#kernel/ids.ts'
import type { Actor, Permission, UserId } from '#kernel/actor.ts'
import type { CommandDefinition, QueryDefinition } from '#kernel/command.ts'
import type { EventRecord } from '#kernel/event.ts'
import type { Outbound, OutboundRequest, OutboundResponse } from '#kernel/outbound.ts'
import { seeded } from '#kernel/random.ts'
import type { Scope } from '#kernel/scope.ts'
import type { ChannelDefinition } from '#kernel/integration.ts'
import type { Secret } from '#kernel/secret.ts'
import { sql } from '#kernel/sql.ts'
import type { Catalogue } from '#kernel/slice.ts'
import { addSeconds, instant, type Clock, type Instant } from '#kernel/time.ts'
import { system } from '#kernel/actor.ts'
import { createEngine, type Engine } from '#platform/commands/engine.ts'
import { createLive } from '#platform/events/live.ts'
import { createWorker, type Worker } from '#platform/jobs/worker.ts'
import { silentLog } from '#platform/log.ts'
import { createSigner, createVault } from '#platform/secrets/vault.ts'
import { integrations } from '#integrations/catalogue.ts'
import { rightsOfUser } from '#domains/directory/index.ts'
import { freshDatabase } from './database.ts'
import { watchingLooks } from './looks.ts'

export type World = {
  engine: Engine
  worker: Worker
  clock: Clock & { set(at: Instant): void }
  newId: NewId
  /** Everything that went out by HTTP, in order. */
  sent: OutboundRequest[]
  /** Effects whose look asked more than at once although they say that it does not; there are none when the world is closed. */
  lateLooks: string[]
  /** What the outside answers from now on; default 200 with an empty body. */
  outsideAnswers(answer: (request: OutboundRequest) => Partial<OutboundResponse> & { body?: string }): void
  /** Adds a person and returns an actor with their rights, as a browser session. */
  person(handle: string, role?: string): Promise<Extract<Actor, { kind: 'user' }>>
  do<Input, Output>(
    actor: Actor,
    operation: CommandDefinition<Input, Output> | QueryDefinition<Input, Output>,
    input: unknown,
  ): Promise<Output>
  /** Runs all due work and what follows from it. */
  settle(): Promise<void>
  /** Moves the clock, stopping at everything that falls due on the way. "90 s", "5 min", "2 h", "3 d". */
  pass(duration: string): Promise<void>
  /** Reads with the system's eyes. */
  read<T>(work: (scope: Scope) => Promise<T>): Promise<T>
  events(type?: string): Promise<EventRecord[]>
  close(): Promise<void>
}

const units: Record<string, number> = { s: 1, min: 60, h: 3600, d: 86_400 }

function seconds(duration: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?) ?(s|min|h|d)$/.exec(duration) ?? []
  if (!count || !unit) throw new Error(`not a duration: ${duration}`)
  return Number(count) * units[unit]!
}

/** `catalogue` holds the slices under test; `at` is where its clock begins. */
export async function createWorld(
  catalogue: Catalogue,
  options: {
    seed?: number
    at?: string
    channels?: ReadonlyMap<string, ChannelDefinition>
    settings?: (name: string) => Secret | undefined
    /** In place of the outside that only records. */
    outbound?: Outbound
    /** Names of the master keys, newest first. */
    keys?: readonly string[]
  } = {},
): Promise<World> {
  let now = instant(options.at ?? '2026-11-23T14:00:00Z')
  const clock = { now: () => now, set: (at: Instant) => void (now = at) }
  const random = seeded(options.seed ?? 1)
  const newId = idSource(clock, random)
  const sent: OutboundRequest[] = []
  let answer: (request: OutboundRequest) => Partial<OutboundResponse> & { body?: string } = () => ({})
  const outbound: Outbound = options.outbound ?? {
    async fetch(request) {
      sent.push(request)
      const { body = '', ...given } = answer(request)
      const bytes = new TextEncoder().encode(body)
      return { status: 200, headers: {}, bytes, text: () => body, url: request.url, ...given }
    },
    connectMail: () => Promise.reject(new Error('this world has no mail server')),
  }
  const keys = (options.keys ?? ['world']).map((name) => createHash('sha256').update(name).digest())
  const database = await freshDatabase()
  const lateLooks: string[] = []
  const engine = createEngine({
    catalogue: watchingLooks(catalogue, lateLooks),
    database,
    clock,
    newId,
    live: createLive(),
    vault: createVault(keys),
    signer: createSigner(keys),
    outbound,
    publicUrl: 'http://tocsin.test',
    channels: options.channels ?? new Map(),
    sources: new Map(
      integrations.flatMap((integration) => (integration.sources ? [[integration.id, integration.sources.webhook] as const] : [])),
    ),
    settings: options.settings ?? (() => undefined),
    randomBytes: (size) => Uint8Array.from({ length: size }, () => random() & 255),
  })
  const worker = createWorker(engine, silentLog(), { concurrency: 1, effects: 1 })
  const read: World['read'] = (work) => engine.transact(system('test'), (context) => work(context.scope), { looksThrough: true })

  const world: World = {
    engine,
    worker,
    clock,
    newId,
    sent,
    lateLooks,
    read,
    outsideAnswers: (given) => void (answer = given),
    async person(handle, role = 'responder') {
      const { addUser } = await import('#domains/directory/people.ts')
      const user = await engine.run(system('test'), addUser, {
        handle,
        name: handle.charAt(0).toUpperCase() + handle.slice(1),
        email: `${handle}@example.test`,
        role,
      })
      return world.read(async (scope) => ({
        kind: 'user',
        userId: user.id as UserId,
        sessionId: 'none',
        rights: (await rightsOfUser(scope, user.id as UserId))!,
      }))
    },
    do: async (actor, operation, input) => (await engine.execute(actor, operation as never, input)) as never,
    async settle() {
      while ((await worker.runDue()) > 0);
    },
    async pass(duration) {
      const end = addSeconds(now, seconds(duration))
      await world.settle()
      for (;;) {
        const due = await worker.nextDue()
        if (due === undefined || due > end) break
        if (due > now) now = due
        await world.settle()
      }
      now = end
      await world.settle()
    },
    events: (type) =>
      world.read((scope) =>
        scope.query<EventRecord>(sql`select position, stream, sequence, type, version, at, actor, about, data, encode(hash, 'hex') as hash from events
          where ${type === undefined ? sql`true` : sql`type = ${type}`} order by position`),
      ),
    async close() {
      await database.close()
      if (lateLooks.length > 0) throw new Error(`these ask more than at once when they look: ${lateLooks.join(', ')}`)
    },
  }
  return world
}

/** An actor who may do only this; for tests of refusals. */
export const actorWith = (actor: Extract<Actor, { kind: 'user' }>, permissions: Permission[]): Actor => ({
  ...actor,
  rights: { everywhere: new Set(permissions), inTeam: new Map(), seesEverything: false },
})

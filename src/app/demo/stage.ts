// A stage for the demo: the real engine over the demo's database, on a clock that is moved, with an outside that answers for Fernhill's systems
// and a mailbox in place of a mail server.
import type { Actor, UserId } from '#kernel/actor.ts'
import { system } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import { idSource } from '#kernel/ids.ts'
import type { ChannelDefinition } from '#kernel/integration.ts'
import type { Outbound } from '#kernel/outbound.ts'
import { seeded } from '#kernel/random.ts'
import type { Signal } from '#kernel/signal.ts'
import { addSeconds, latest, type Instant } from '#kernel/time.ts'
import { findUser, rightsOfUser } from '#domains/directory/index.ts'
import type { Engine, EngineParts } from '#platform/commands/engine.ts'
import type { Config } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import { createWorker } from '#platform/jobs/worker.ts'
import { silentLog } from '#platform/log.ts'
import { createIntake } from '../intake.ts'
import { assembleEngine } from '../node.ts'
import { emailChannel } from '#integrations/email/channel.ts'

export type Mail = { to: string; title: string; at: Instant }

export type Stage = {
  engine: Engine
  now(): Instant
  /** A number from 0 to below 1, the same at each making. */
  chance(): number
  /** Moves to that moment, doing on the way everything that falls due. A moment that is past already stays where it is. */
  until(at: Instant): Promise<void>
  pass(seconds: number): Promise<void>
  /** Asks any operation by name, as this person. */
  ask<Output = unknown>(handle: string, operation: string, input: object): Promise<Output>
  /** Alerts come in by the integration with this key. */
  send(key: string, ...signals: Signal[]): Promise<void>
  /** Everything that was mailed, in order. */
  mail: readonly Mail[]
}

/** What stands in for the outside, also while the demo runs: mails go nowhere, and Fernhill's own systems answer. */
export function fernhillOutside(record: (mail: Mail) => void): Pick<EngineParts, 'outbound'> & { email: ChannelDefinition } {
  const answers: Record<string, object> = {
    '/api/v1/deploys': {
      deploys: [
        { version: '4.18.2', previous: '4.18.1', at: '4 min before the first failure' },
        { version: '4.18.1', previous: '4.18.0', at: 'in the morning' },
      ],
    },
    '/api/v1/error-rate': { before: 0.3, after: 8.2 },
    '/api/v1/rollbacks': { id: 'rb-41' },
  }
  const outbound: Outbound = {
    async fetch({ url }) {
      const { hostname, pathname } = new URL(url)
      const answer = hostname.endsWith('.fernhill.example') ? answers[pathname] : undefined
      if (!answer)
        throw new AppError('refused', `Not called: in the demo only Fernhill's own systems answer, and ${hostname} is none of them.`)
      const text = JSON.stringify(answer)
      return { status: 200, headers: { 'content-type': 'application/json' }, bytes: new TextEncoder().encode(text), text: () => text, url }
    },
    connectMail: () => Promise.reject(new AppError('refused', 'The demo sends no mail.')),
  }
  const email: ChannelDefinition = {
    ...emailChannel,
    async send({ now }, address, message) {
      record({ to: address as string, title: message.title, at: now })
      return { status: 'delivered', detail: 'kept in the demo, not sent' }
    },
  }
  return { outbound, email }
}

/** Begins at `from`; ids, salts and chances come from the seed. */
export function createStage(config: Config, database: Database, from: Instant, seed: number): Stage {
  let now = from
  const clock = { now: () => now }
  const random = seeded(seed)
  const mail: Mail[] = []
  const { outbound, email } = fernhillOutside((one) => void mail.push(one))
  const engine = assembleEngine(config, database, new Map(), {
    clock,
    newId: idSource(clock, random),
    outbound,
    channels: new Map([['email', email]]),
    randomBytes: (size) => Uint8Array.from({ length: size }, () => random() & 255),
  })
  const worker = createWorker(engine, silentLog(), { concurrency: 1, effects: 1 })
  const intake = createIntake(engine)
  const actors = new Map<string, Actor>()
  const operations = new Map(engine.catalogue.operations.map((operation) => [operation.name, operation]))

  const settle = async () => {
    while ((await worker.runDue()) > 0);
  }
  const stage: Stage = {
    engine,
    mail,
    now: () => now,
    chance: () => random() / 2 ** 32,
    async until(at) {
      await settle()
      for (;;) {
        const due = await worker.nextDue()
        if (due === undefined || due > at) break
        now = latest(now, due)
        await settle()
      }
      now = latest(now, at)
      await settle()
    },
    pass: (seconds) => stage.until(addSeconds(now, seconds)),
    async ask(handle, name, input) {
      const operation = operations.get(name)
      if (!operation) throw new Error(`there is no operation ${name}`)
      const actor = actors.get(handle) ?? (await actorOf(engine, handle))
      actors.set(handle, actor)
      const answer = await engine.execute(actor, operation, input)
      await settle()
      return answer as never
    },
    async send(key, ...signals) {
      const integration = await intake.find(key)
      if (!integration) throw new Error(`no integration has the key ${key}`)
      await intake.accept(integration, signals)
      await settle()
      await repeatWhatRecurs()
    },
  }

  /** Ends what expired and looks again at what was held back; a running node does this every few seconds. */
  async function repeatWhatRecurs(): Promise<void> {
    for (const recurring of engine.catalogue.recurring.filter(({ name }) => name.startsWith('alerts.')))
      await engine.transact(system(recurring.name), (context) => recurring.run(context))
    await settle()
  }
  return stage
}

/** A person as a browser session of theirs would be. */
const actorOf = (engine: Engine, handle: string): Promise<Actor> =>
  engine.transact(system('demo'), async ({ scope }) => {
    const user = await findUser(scope, handle)
    const rights = user && (await rightsOfUser(scope, user.id as UserId))
    if (!user || !rights) throw new Error(`there is no person ${handle}`)
    return { kind: 'user', userId: user.id, sessionId: 'demo', rights }
  })

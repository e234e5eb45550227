// The engine: runs commands, queries, reactions, processes and effects, each in the transaction that it belongs to. State, events and the jobs
// of what follows commit together or not at all.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { actorRef, type Actor } from '#kernel/actor.ts'
import { RollBack, type AnyOperation, type Caller, type CommandContext, type CommandDefinition, type RunCommand } from '#kernel/command.ts'
import type { AnyEffect, EffectContext } from '#kernel/effect.ts'
import { AppError, isRefusal } from '#kernel/errors.ts'
import type { Emit } from '#kernel/event.ts'
import type { NewId, RandomBytes } from '#kernel/ids.ts'
import type { ChannelDefinition, SourceDefinition } from '#kernel/integration.ts'
import type { Outbound } from '#kernel/outbound.ts'
import type { Tell } from '#kernel/process.ts'
import { never, type Rarely } from '#kernel/rarely.ts'
import type { Scope } from '#kernel/scope.ts'
import { Secret, type Signer, type Vault } from '#kernel/secret.ts'
import type { Catalogue } from '#kernel/slice.ts'
import type { Clock, Instant } from '#kernel/time.ts'
import { withRaces, type Database, type Transaction, type TransactionOptions } from '../database/database.ts'
import { createGates, mostReadingMs } from '../database/gate.ts'
import { scopeOf } from '../database/scope.ts'
import { createOutbox, type Adopter, type Left, type Outbox } from '../events/outbox.ts'
import { createDescribe } from '../events/describe.ts'
import type { Live } from '../events/live.ts'
import { createWitness, type Witness } from '../events/witness.ts'
import { hashOfToken } from '../secrets/token.ts'
import { laneOf } from '../processes/store.ts'
import { authorize } from '../access/authorize.ts'
import { checkInput } from './input.ts'
import { eyes, namesOf } from './naming.ts'
import { once, type Once } from './once.ts'
import { atOnce, withOutside } from './outside.ts'

export type Engine = {
  readonly catalogue: Catalogue
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly live: Live
  readonly witness: Witness
  readonly vault: Vault
  readonly signer: Signer
  readonly outbound: Outbound
  readonly publicUrl: string
  readonly rarely: Rarely
  /** Checks input and access, runs the operation, answers its output. Throws AppError; a refusal becomes 'refused'. */
  execute(actor: Actor, operation: AnyOperation, input: unknown, options?: ExecuteOptions): Promise<unknown>
  /** The same for a known definition, with its types. */
  run<Input, Output>(actor: Actor, command: CommandDefinition<Input, Output>, input: unknown): Promise<Output>
  /** A transaction with everything a command has, for the system's own parts. */
  transact<T>(actor: Actor, work: (context: Inside) => Promise<T>, options?: TransactOptions): Promise<T>
  effectContext(effect: AnyEffect, key: string, attempt: number, repeated: boolean): EffectContext
  /** Called after every commit that left jobs behind which nobody begins already. */
  onJobs(wake: () => void): void
  /** From now on this one begins what transactions leave behind for now. */
  adoptBy(adopter: Adopter): void
}

/** `inSame` runs in the operation's transaction after it, with its output (the idempotency record). */
export type ExecuteOptions = { caller?: Caller } & Partial<Once>

/** `adopter`: who begins what it leaves behind for now, when it is not the engine's. */
type TransactOptions = TransactionOptions & { caller?: Caller; adopter?: Adopter; outside?: CommandContext['outside'] }

const nobody: Caller = { local: false, address: '', network: '', agent: '' }

type Inside = CommandContext & { tx: Transaction; outbox: Outbox; as: (actor: Actor) => CommandContext }

export type EngineParts = {
  catalogue: Catalogue
  database: Database
  clock: Clock
  newId: NewId
  live: Live
  vault: Vault
  signer: Signer
  outbound: Outbound
  publicUrl: string
  channels: ReadonlyMap<string, ChannelDefinition>
  sources: ReadonlyMap<string, SourceDefinition>
  settings: (name: string) => Secret | undefined
  /** A scenario passes its own. */
  randomBytes?: RandomBytes
  /** A simulation's. */
  rarely?: Rarely
}

export function createEngine(given: EngineParts): Engine {
  const { catalogue, database, clock, newId, live, vault, signer, outbound, publicUrl } = given
  const bytes = given.randomBytes ?? pooledRandom()
  const reactions = Map.groupBy(catalogue.reactions, ({ on }) => on.type)
  const describe = createDescribe(catalogue.events, catalogue.objects)
  const wakers: (() => void)[] = []
  let adopter: Adopter | undefined
  const wake = () => wakers.forEach((waker) => waker())
  const witness = createWitness()
  const committed = ({ topics, jobs, event }: Left, isDurable: boolean) => {
    if (event && isDurable) witness.saw(event)
    if (topics.length > 0) live.publish(topics)
    if (jobs > 0) wake()
  }

  const gates = createGates(database.kind)

  const transact: Engine['transact'] = (actor, work, options) =>
    withRaces(() =>
      database.transaction(async (tx) => {
        // One for the whole transaction: what it leaves behind for now is due now, whichever part of the system leaves it.
        const now = clock.now()
        const outbox = createOutbox(
          tx,
          (type, data) => (reactions.get(type) ?? []).filter(({ when }) => when?.(data as never) ?? true).map(({ name }) => name),
          () => bytes(16),
          (left) => committed(left, options?.durable !== false),
          now,
          options?.adopter ?? adopter,
        )
        const result = await work(inside(tx, outbox, actor, options ?? {}, now))
        await outbox.flush()
        return result
      }, options),
    )

  function inside(
    tx: Transaction,
    outbox: Outbox,
    actor: Actor,
    options: Pick<TransactOptions, 'caller' | 'outside'>,
    now: Instant,
  ): Inside {
    // One for each part of the system, so that what it asks at the same moment is asked in one scope.
    const parts = new Map<string, Inside>()
    const scope: Scope = scopeOf(tx, actor, now)
    const emit: Emit = async (event, data, options = {}) =>
      outbox.add(event, data, { actor: actorRef(actor), at: now, stream: options.stream })
    const tell: Tell = async (process, key, input) =>
      outbox.enqueue({ kind: 'process', lane: laneOf(process.name, key), due: now, payload: { process: process.name, key, input } })
    const runCommand: RunCommand = async (command, input) => {
      const output = await command.run(inside(tx, outbox, actor, options, now), z.parse(command.input, input))
      if (isRefusal(output)) throw new AppError('refused', output.reason)
      return output
    }
    const newSecret = () => {
      const text = Buffer.from(bytes(24)).toString('base64url')
      return { secret: new Secret(text), hash: hashOfToken(text) }
    }
    return {
      scope,
      actor,
      now,
      emit,
      tell,
      newId,
      randomBytes: bytes,
      run: runCommand,
      vault,
      signer,
      publicUrl,
      caller: options.caller ?? nobody,
      sources: given.sources,
      isSet: (setting) => given.settings(setting) !== undefined,
      describe,
      sees: async (kind, id) => (await catalogue.objects.get(kind)?.locate(scope, id)) !== undefined,
      isThere: async (kind, key) => !catalogue.objects.has(kind) || (await catalogue.objects.get(kind)!.locate(scope, key)) !== undefined,
      namesOf: (kind, key) => namesOf(catalogue.resources, scope, scopeOf(tx, eyes, now), kind, key),
      newSecret,
      outside: options.outside ?? atOnce,
      tx,
      outbox,
      as(other) {
        const ref = actorRef(other)
        const known = other.kind === 'system' ? parts.get(ref) : undefined
        const made = known ?? inside(tx, outbox, other, options, now)
        parts.set(ref, made)
        return made
      },
    }
  }

  const engine: Engine = {
    catalogue,
    database,
    clock,
    newId,
    live,
    witness,
    vault,
    signer,
    outbound,
    publicUrl,
    rarely: given.rarely ?? never,
    transact,
    async execute(actor, operation, input, options = {}) {
      const checked = checkInput(operation, input)
      const work = async (context: Inside) => {
        await authorize(context.scope, catalogue.objects, operation, checked)
        const earlier = await options.before?.(context.tx)
        if (earlier !== undefined) return earlier
        const output = await (operation as unknown as CommandDefinition<unknown>).run(context, checked)
        if (isRefusal(output)) throw new AppError('refused', output.reason)
        const answer = z.parse(operation.output, output)
        await options.inSame?.(context.tx, answer, context.now)
        return answer
      }
      const caller = options.caller ? { caller: options.caller } : {}
      try {
        return operation.kind === 'command'
          ? await withOutside((outside) => gates.commands(() => transact(actor, work, { ...caller, outside })))
          : await gates.reads(() => transact(actor, work, { durable: false, mostMs: mostReadingMs, looksThrough: true, ...caller }))
      } catch (error) {
        if (error instanceof RollBack) return z.parse(operation.output, error.answer)
        throw error
      }
    },
    async run(actor, command, input) {
      return (await engine.execute(actor, command as unknown as AnyOperation, input)) as never
    },
    effectContext(effect, key, attempt, repeated) {
      return {
        outbound,
        vault,
        signer,
        key,
        repeated,
        attempt,
        now: clock.now(),
        clock,
        publicUrl,
        newId,
        channel: (name) => given.channels.get(name),
        settings: given.settings,
        async ask(name, actor, input) {
          const operation = catalogue.operations.find((candidate) => candidate.name === name)
          if (!operation) throw new AppError('missing', `There is no operation called ${name}.`)
          return engine.execute(actor, operation, input, operation.kind === 'command' ? once(`effect ${key}`, name, input, 200) : {})
        },
      }
    },
    onJobs: (waker) => void wakers.push(waker),
    adoptBy: (given) => void (adopter = given),
  }
  return engine
}

/** Random bytes from the system's generator, fetched many at a time: asking it for 16 costs as much as for 4,096. No byte is given twice. */
function pooledRandom(): RandomBytes {
  let pool = new Uint8Array()
  return (size) => {
    if (pool.length < size) pool = randomBytes(Math.max(size, 4096))
    const given = pool.slice(0, size)
    pool = pool.subarray(size)
    return given
  }
}

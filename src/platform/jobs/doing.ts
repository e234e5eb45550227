// Does a job that this node has claimed: in its transaction, or outside of one for effects; and writes down how it ended. Jobs of one kind that may be
// beside each other share their transactions (`grouping.ts`).
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { EffectFailure, type EffectContext, type EffectDefinition, type EffectOutcome } from '#kernel/effect.ts'
import type { EventRecord } from '#kernel/event.ts'
import { allOfThem, inTurns } from '#kernel/gather.ts'
import type { AnyProcess } from '#kernel/process.ts'
import type { ReactionDefinition } from '#kernel/reaction.ts'
import { addSeconds, secondsBetween } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import { isAway, isRace } from '../database/database.ts'
import { createWorkGates } from '../database/gate.ts'
import { backoff, type Adopter, type Begun, type NewJob } from '../events/outbox.ts'
import type { Log } from '../log.ts'
import {
  advance,
  advanceTogether,
  decideBegun,
  decideNow,
  laneOf,
  TooNew,
  type EffectPayload,
  type ProcessPayload,
  type ProcessTransaction,
} from '../processes/engine.ts'
import { inGroups } from './grouping.ts'
import * as store from './store.ts'
import type { Job } from './store.ts'

const attemptsBeforeParking = 10
const freshSeconds = 1

/**
 * For work between what was accepted and what reaches the outside. A power cut may lose its commit, and then its job is there again and is done again;
 * whatever goes out is begun in a durable transaction, which makes durable all that came before it.
 */
const notYetDurable = { durable: false }
type InTransaction = Parameters<Parameters<Engine['transact']>[1]>[0]
/** A job of this node; `begun` when it was noted already that it goes out. */
export type Claimed = Job & { begun?: Begun | undefined }
type AnyKindOfEffect = EffectDefinition<unknown, unknown, unknown>

/** Thrown inside a job's transaction when another node has taken it over: everything rolls back. */
class Lost extends Error {}

/** What a look right before a call could not read: nothing has left. */
class NotLooked extends Error {}

/**
 * How jobs are done by a node. `adopter`: who begins what its transactions leave behind. `lostTrack` hears of a job that could not even be
 * given back.
 */
export function createDoer(
  engine: Engine,
  log: Log,
  { node, adopter, lostTrack }: { node: string; adopter: Adopter; lostTrack: (job: Job) => void },
): (job: Claimed) => Promise<boolean> {
  const { catalogue, database, clock } = engine
  const reactions = new Map(catalogue.reactions.map((reaction) => [reaction.name, reaction]))
  const recurring = new Map(catalogue.recurring.map((definition) => [definition.name, definition]))
  const gates = createWorkGates(database.kind)
  const reactTogether = new Map(
    catalogue.reactions.flatMap((reaction) =>
      reaction.inTurn
        ? [[reaction.name, inGroups<Job, void>((jobs) => react(reaction as unknown as ReactionDefinition<unknown>, jobs))]]
        : [],
    ),
  )
  const decideTogether = new Map(
    [...catalogue.processes.values()].flatMap((definition) =>
      definition.inTurn ? [[definition.name, inGroups<Job, void>((jobs) => runProcesses(definition, jobs))]] : [],
    ),
  )
  const lookTogether = new Map(
    [...catalogue.effects.values()].map((effect) => [
      effect.name,
      inGroups<Looking, Begun>((all) => look(effect as unknown as AnyKindOfEffect, all)),
    ]),
  )
  const settleTogether = inGroups<Settling, void>((all) => settle(all))

  /** False when there is something left to do of it. Never throws. */
  async function run(job: Claimed): Promise<boolean> {
    try {
      if (job.kind === 'effect') return await runEffect(job)
      if (job.kind === 'recurring') await runRecurring(job)
      if (job.kind === 'reaction') await runReaction(job)
      if (job.kind === 'process') await runProcess(job)
      return true
    } catch (error) {
      if (error instanceof Lost) return true
      if (error instanceof TooNew) await leaveToNewer(job, error)
      else await failed(job, error)
      return false
    }
  }

  async function runReaction(job: Job): Promise<void> {
    const reaction = reactions.get(job.lane) as ReactionDefinition<unknown> | undefined
    if (!reaction) throw new Error(`no reaction is called ${job.lane}`)
    await (reactTogether.get(job.lane)?.(job) ?? react(reaction, [job]))
  }

  /** Ends jobs in their transaction. Throws Lost when one of them is no longer this node's. */
  async function isOurs({ tx }: InTransaction, jobs: readonly Job[]): Promise<void> {
    if ((await store.finish(tx, node, jobs)).size < jobs.length) throw new Lost()
  }

  /** Several of them only when they may be beside each other. */
  async function react(reaction: ReactionDefinition<unknown>, jobs: readonly Job[]): Promise<void[]> {
    await withWhatBegins(reaction.name, async (context) => {
      const reacted = inTurns(
        jobs.map(({ payload }) => (payload as { event: EventRecord<unknown> }).event),
        ({ data }) => reaction.inTurn?.(data) ?? '',
        (event) => reaction.run(context, event),
      )
      await allOfThem([isOurs(context, jobs), reacted])
    })
    return jobs.map(() => undefined)
  }

  const runRecurring = (job: Job): Promise<void> =>
    withWhatBegins(job.lane, async (context) => {
      await isOurs(context, [job])
      const definition = recurring.get(job.lane)
      if (!definition) return
      await definition.run(context)
      context.outbox.enqueue({
        kind: 'recurring',
        lane: job.lane,
        due: addSeconds(context.now, definition.everySeconds),
        payload: { recurring: job.lane },
      })
    })

  /** A transaction that may be lost; the processes that it begins decide in it. When one cannot, it is done without them: they are not its fault. */
  const withWhatBegins = (name: string, work: (context: InTransaction & { atOnce?: () => void }) => Promise<void>): Promise<void> =>
    orElse(
      (also) =>
        atWork(
          system(name),
          async (context) => {
            await work({ ...context, atOnce: also })
            await decideBegun(insideOf(context, also), context, catalogue.processes)
            await beginEffects(context, also)
          },
          { ...notYetDurable, adopter },
        ),
      () => atWork(system(name), work, notYetDurable),
    )

  const atWork: Engine['transact'] = (actor, work, options) => gates.work(() => engine.transact(actor, work, options))

  /** Effects that this node has room for begin in the transaction that leaves them behind: they look there, and it is noted there that they go out. */
  async function beginEffects(context: InTransaction, also: () => void): Promise<void> {
    const due = context.outbox.enqueued().filter((job) => job.kind === 'effect' && job.due <= context.now)
    const chosen = adopter.choose(due)
    if (chosen.length > 0) also()
    const begun = await allOfThem(
      chosen.map(async (job): Promise<[NewJob, Begun][]> => {
        const payload = job.payload as EffectPayload
        const effect = catalogue.effects.get(payload.effect) as AnyKindOfEffect | undefined
        if (!effect) return []
        const { scope, vault } = context.as(system(effect.name))
        const seen = await effect.look?.({ scope, vault, repeated: false }, z.parse(effect.input, payload.input))
        return [[job, { at: context.now, startedAt: effect.repeat === 'always' ? null : context.now, seen }]]
      }),
    )
    context.outbox.begin(new Map(begun.flat()))
    if (begun.flat().some(([, { startedAt }]) => startedAt !== null)) context.tx.becomeDurable()
  }

  /** The transaction as each of its processes has it. */
  const insideOf =
    (context: InTransaction, also: () => void) =>
    (process: string): ProcessTransaction => (
      also(),
      { ...context.as(system(process)), tx: context.tx, outbox: context.outbox, atOnce: also }
    )

  async function runProcess(job: Job): Promise<void> {
    const { process } = job.payload as ProcessPayload
    const definition = catalogue.processes.get(process)
    if (!definition) throw new Error(`no process is called ${process}`)
    await (decideTogether.get(process)?.(job) ?? runProcesses(definition, [job]))
  }

  async function runProcesses(definition: AnyProcess, jobs: readonly Job[]): Promise<void[]> {
    const { name } = definition
    const inTransaction = (work: (context: ProcessTransaction) => Promise<void>) => withWhatBegins(name, work)
    const keys = [...new Set(jobs.map(({ payload }) => (payload as ProcessPayload).key))]
    const [key, ...others] = keys
    if (others.length > 0) await inTransaction((context) => advanceTogether(context, definition, keys))
    else
      await advance(inTransaction, definition, key!, (error) =>
        log.error({ err: error, process: name, key }, 'an input of a process failed'),
      )
    return jobs.map(() => undefined)
  }

  async function runEffect(job: Claimed): Promise<boolean> {
    const payload = job.payload as EffectPayload
    const effect = catalogue.effects.get(payload.effect) as AnyKindOfEffect | undefined
    if (!effect) throw new Error(`no effect is called ${payload.effect}`)
    const inDoubt = job.startedAt !== null && job.begun === undefined
    if (inDoubt && effect.repeat === 'never') {
      await settleTogether({
        job,
        payload,
        result: { type: 'unknown', tag: payload.tag, reason: 'the node stopped in the middle: it may or may not have happened' },
      })
      return true
    }
    const context = engine.effectContext(effect as never, `${payload.process}/${payload.key}/${payload.step}`, job.attempts, inDoubt)
    let outcome: unknown
    try {
      const input = z.parse(effect.input, payload.input)
      const { startedAt, seen } =
        stillFresh(job.begun) ??
        (await lookTogether.get(effect.name)!({ job, context, input }).catch((cause: unknown) => {
          // A database that was away says nothing of the outside.
          throw isAway(cause) || isRace(cause) ? new NotLooked('', { cause }) : cause
        }))
      // When its outcome cannot be stored, it is given back as begun.
      job.startedAt ??= startedAt
      outcome = z.parse(effect.outcome, await effect.run(context, input, seen))
    } catch (error) {
      if (error instanceof Lost) throw error
      if (error instanceof NotLooked) throw error.cause
      const failure = error instanceof EffectFailure ? error : undefined
      const reason = error instanceof Error ? error.message : String(error)
      const canRetry = (failure?.canRetry ?? true) && job.attempts < effect.retry.attempts
      if (!failure) log.error({ err: error, effect: effect.name }, 'an effect failed')
      // That this try came to nothing says nothing of the one before it.
      const mayHaveHappened = inDoubt || (failure?.inDoubt ?? false)
      if (!canRetry) {
        await settleTogether({ job, payload, result: { type: mayHaveHappened ? 'unknown' : 'failed', tag: payload.tag, reason } })
        return true
      }
      const due = failure?.retryAfterSeconds
        ? addSeconds(clock.now(), failure.retryAfterSeconds)
        : backoff(clock.now(), job.attempts, effect.retry.firstSeconds)
      await database.transaction((tx) => store.putBack(tx, node, job, due, reason, { started: mayHaveHappened ? clock.now() : null }))
      return false
    }
    await settleTogether({ job, payload, result: { type: 'done', tag: payload.tag, outcome } })
    return true
  }

  /** Nothing when it was looked so long ago that this node may have stood still since: then it looks again. */
  const stillFresh = (begun: Begun | undefined): Begun | undefined =>
    begun && secondsBetween(begun.at, clock.now()) < freshSeconds ? begun : undefined

  type Looking = { job: Job; context: EffectContext; input: unknown }
  /**
   * Right before effects of one kind go out: notes that they do, and has each look at what must be true. A node that stood still may have lost a job
   * meanwhile, and hears so here.
   */
  async function look(effect: AnyKindOfEffect, all: readonly Looking[]): Promise<Begun[]> {
    const isNoted = effect.repeat !== 'always'
    if (!isNoted && !effect.look) return all.map(() => ({ at: clock.now(), startedAt: null, seen: undefined }))
    const jobs = all.map(({ job }) => job)
    return gates.effects(() =>
      engine.transact(
        system(effect.name),
        async ({ tx, scope }) => {
          const startedAt = isNoted ? clock.now() : null
          const [held, seen] = await allOfThem([
            startedAt ? store.markStarted(tx, node, jobs, startedAt) : store.stillHeld(tx, node, jobs),
            allOfThem(all.map(({ context: { vault, repeated }, input }) => effect.look?.({ scope, vault, repeated }, input))),
          ])
          if (held.size < jobs.length) throw new Lost()
          return seen.map((its) => ({ at: clock.now(), startedAt, seen: its }))
        },
        isNoted ? {} : notYetDurable,
      ),
    )
  }

  type Settling = { job: Job; payload: EffectPayload; result: EffectOutcome }

  /** Ends effects and hands their outcomes to their processes, which decide in the same transaction; when they cannot, the outcomes count all the same. */
  async function settle(all: readonly Settling[]): Promise<void[]> {
    type Input = { definition: AnyProcess; key: string; job: NewJob }
    const ended = (then: (context: InTransaction, inputs: Input[], isOurs: Promise<void>) => void | Promise<void>) =>
      gates.effects(() =>
        engine.transact(
          system(all[0]!.payload.process),
          async (context) => {
            const jobs = all.map(({ job }) => job)
            const ours = isOurs(context, jobs)
            const inputs = all.flatMap(({ payload: { process, key }, result }) => {
              const definition = catalogue.processes.get(process)
              const payload = { process, key, input: { type: 'effect', result } } satisfies ProcessPayload
              return definition
                ? [{ definition, key, job: { kind: 'process' as const, lane: laneOf(process, key), due: context.now, payload } }]
                : []
            })
            await allOfThem([ours, then(context, inputs, ours)])
          },
          { adopter },
        ),
      )
    const enqueued = () => ended(({ outbox }, inputs) => inputs.forEach(({ job }) => outbox.enqueue(job)))
    const decided = (also: () => void) =>
      ended(async (context, inputs, isOurs) => {
        also()
        const inside = insideOf(context, also)
        const haveToWait = await decideNow(inside, { ...context, atOnce: also }, inputs, isOurs)
        for (const job of haveToWait) context.outbox.enqueue(job)
        await decideBegun(inside, context, catalogue.processes)
        await beginEffects(context, also)
      })
    // Of several the guilty one is looked for first.
    await (all.length > 1 ? decided(() => {}) : orElse(decided, enqueued))
    return all.map(() => undefined)
  }

  /** A node of a newer version has begun it: that one goes on. */
  const leaveToNewer = (job: Job, { message }: TooNew): Promise<unknown> =>
    database.transaction((tx) =>
      store.putBack(tx, node, job, addSeconds(clock.now(), 1), message, { started: job.startedAt, inVain: true }),
    )

  async function failed(job: Job, error: unknown): Promise<void> {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.error({ err: error, job: job.id, kind: job.kind, lane: job.lane, attempts: job.attempts }, 'a job failed')
    // A database that was away is no fault of the job's: when it is back, it is its turn.
    const inVain = isAway(error) || isRace(error)
    const givesUp = job.attempts >= attemptsBeforeParking && !inVain
    const due = inVain ? addSeconds(clock.now(), 1) : backoff(clock.now(), job.attempts)
    await database
      .transaction(async (tx) => {
        if (givesUp && job.kind !== 'recurring') await store.park(tx, node, job, clock.now(), reason)
        else await store.putBack(tx, node, job, due, reason, { started: job.startedAt, inVain })
      })
      .catch((again: unknown) => {
        lostTrack(job)
        log.error({ err: again, job: job.id }, 'a failed job could not be given back; it is freed as soon as the database answers')
      })
  }

  return run
}

/**
 * Goes the other way when the first, which has done more than it had to (it says so by `also`), fails: not when the database is away, a race was lost, or
 * the job is another's by now.
 */
async function orElse(first: (also: () => void) => Promise<void>, other: () => Promise<void>): Promise<void> {
  let didMore = false
  try {
    await first(() => void (didMore = true))
  } catch (error) {
    if (!didMore || error instanceof Lost || isRace(error) || isAway(error)) throw error
    await other()
  }
}

// Does one job that this node has claimed: in its transaction, or outside of one for effects; and writes down how it ended.
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { EffectFailure, type EffectContext, type EffectDefinition, type EffectOutcome } from '#kernel/effect.ts'
import type { EventRecord } from '#kernel/event.ts'
import { addSeconds } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import { isAway, isRace } from '../database/database.ts'
import { backoff, type Adopter, type NewJob } from '../events/outbox.ts'
import type { Log } from '../log.ts'
import {
  advance,
  decideBegun,
  decideNow,
  laneOf,
  TooNew,
  type EffectPayload,
  type ProcessPayload,
  type ProcessTransaction,
} from '../processes/engine.ts'
import * as store from './store.ts'
import type { Job } from './store.ts'

const attemptsBeforeParking = 10

/**
 * For work between what was accepted and what reaches the outside. A power cut may lose its commit, and then its job is there again and is done again;
 * whatever goes out is begun in a durable transaction, which makes durable all that came before it.
 */
const notYetDurable = { durable: false }
type InTransaction = Parameters<Parameters<Engine['transact']>[1]>[0]

/** Thrown inside a job's transaction when another node has taken it over: everything rolls back. */
class Lost extends Error {}

/**
 * How jobs are done by a node. `adopter`: who begins the effects that its transactions leave behind. `lostTrack` hears of a job that could not even be
 * given back.
 */
export function createDoer(
  engine: Engine,
  log: Log,
  { node, adopter, lostTrack }: { node: string; adopter: Adopter; lostTrack: (job: Job) => void },
): (job: Job) => Promise<boolean> {
  const { catalogue, database, clock } = engine
  const reactions = new Map(catalogue.reactions.map((reaction) => [reaction.name, reaction]))
  const recurring = new Map(catalogue.recurring.map((definition) => [definition.name, definition]))
  /** False when there is something left to do of it. Never throws. */
  async function run(job: Job): Promise<boolean> {
    try {
      if (job.kind === 'effect') return await runEffect(job)
      await runInside(job)
      return true
    } catch (error) {
      if (error instanceof Lost) return true
      if (error instanceof TooNew) await leaveToNewer(job, error)
      else await failed(job, error)
      return false
    }
  }

  async function runInside(job: Job): Promise<void> {
    if (job.kind === 'process') return runProcess(job)
    const name = job.lane
    const work = async (context: InTransaction) => {
      if (!(await store.finish(context.tx, node, job))) throw new Lost()
      if (job.kind === 'reaction') {
        const reaction = reactions.get(name)
        const event = (job.payload as { event: EventRecord }).event
        if (!reaction) throw new Error(`no reaction is called ${name}`)
        await reaction.run(context, event as never)
      } else {
        const definition = recurring.get(name)
        if (!definition) return
        await definition.run(context)
        context.outbox.enqueue({
          kind: 'recurring',
          lane: name,
          due: addSeconds(context.now, definition.everySeconds),
          payload: { recurring: name },
        })
      }
    }
    await withWhatBegins(name, work)
  }

  /** A transaction that may be lost; the processes that it begins decide in it. When one cannot, it is done without them: they are not its fault. */
  const withWhatBegins = (name: string, work: (context: InTransaction & { atOnce?: () => void }) => Promise<void>): Promise<void> =>
    orElse(
      (also) =>
        engine.transact(
          system(name),
          async (context) => {
            context.outbox.adopt(adopter)
            await work({ ...context, atOnce: also })
            await decideBegunIn(context, also)
          },
          notYetDurable,
        ),
      () => engine.transact(system(name), work, notYetDurable),
    )

  const decideBegunIn = (context: InTransaction, also: () => void) =>
    decideBegun(
      (process): ProcessTransaction => (also(), { ...context.as(system(process)), tx: context.tx, outbox: context.outbox, atOnce: also }),
      context,
      catalogue.processes,
    )

  async function runProcess(job: Job): Promise<void> {
    const { process, key } = job.payload as ProcessPayload
    const definition = catalogue.processes.get(process)
    if (!definition) throw new Error(`no process is called ${process}`)
    await advance(
      (work) => withWhatBegins(process, work),
      definition,
      key,
      (error) => log.error({ err: error, process, key }, 'an input of a process failed'),
    )
  }

  async function runEffect(job: Job): Promise<boolean> {
    const payload = job.payload as EffectPayload
    const effect = catalogue.effects.get(payload.effect) as EffectDefinition<unknown> | undefined
    if (!effect) throw new Error(`no effect is called ${payload.effect}`)
    const inDoubt = job.startedAt !== null
    if (inDoubt && effect.repeat === 'never') {
      await settle(job, payload, {
        type: 'unknown',
        tag: payload.tag,
        reason: 'the node stopped in the middle: it may or may not have happened',
      })
      return true
    }
    if (effect.repeat !== 'always') {
      const begun = clock.now()
      if (!(await database.transaction((tx) => store.markStarted(tx, node, job, begun)))) throw new Lost()
      // When its outcome cannot be stored, it is given back as begun.
      job.startedAt = begun
    }
    let notLooked: unknown
    const context: EffectContext = {
      ...engine.effectContext(effect as never, `${payload.process}/${payload.key}/${payload.step}`, job.attempts, inDoubt),
      // A node that stood still may have lost the job meanwhile: its last look before the call tells.
      transact: (work) =>
        engine
          .transact(system(effect.name), async ({ tx, scope }) => {
            if (!(await store.isHeld(tx, node, job))) throw new Lost()
            return work(scope)
          })
          .catch((error: unknown) => {
            if (isAway(error) || isRace(error)) notLooked = error
            throw error
          }),
    }
    let outcome: unknown
    try {
      outcome = z.parse(effect.outcome, await effect.run(context, z.parse(effect.input, payload.input)))
    } catch (error) {
      if (error instanceof Lost) throw error
      if (error === notLooked) {
        // A database that was away says nothing of the outside: nothing has left.
        if (!inDoubt) job.startedAt = null
        throw error
      }
      const failure = error instanceof EffectFailure ? error : undefined
      const reason = error instanceof Error ? error.message : String(error)
      const canRetry = (failure?.canRetry ?? true) && job.attempts < effect.retry.attempts
      if (!failure) log.error({ err: error, effect: effect.name }, 'an effect failed')
      // That this try came to nothing says nothing of the one before it.
      const mayHaveHappened = inDoubt || (failure?.inDoubt ?? false)
      if (!canRetry) {
        await settle(job, payload, { type: mayHaveHappened ? 'unknown' : 'failed', tag: payload.tag, reason })
        return true
      }
      const due = failure?.retryAfterSeconds
        ? addSeconds(clock.now(), failure.retryAfterSeconds)
        : backoff(clock.now(), job.attempts, effect.retry.firstSeconds)
      await database.transaction((tx) => store.putBack(tx, node, job, due, reason, { started: mayHaveHappened ? clock.now() : null }))
      return false
    }
    await settle(job, payload, { type: 'done', tag: payload.tag, outcome })
    return true
  }

  /** Ends an effect and hands its outcome to its process, which decides in the same transaction; when it cannot, the outcome counts all the same. */
  async function settle(job: Job, payload: EffectPayload, result: EffectOutcome): Promise<void> {
    const { process, key } = payload
    const definition = catalogue.processes.get(process)
    const ended = (then: (context: InTransaction, input: NewJob) => void | Promise<void>) =>
      engine.transact(system(process), async (context) => {
        if (!(await store.finish(context.tx, node, job))) throw new Lost()
        const input = { process, key, input: { type: 'effect', result } } satisfies ProcessPayload
        if (definition) await then(context, { kind: 'process', lane: laneOf(process, key), due: context.now, payload: input })
      })
    await orElse(
      (also) =>
        ended(async (context, input) => {
          also()
          context.outbox.adopt(adopter)
          if (await decideNow({ ...context, atOnce: also }, definition!, key, input)) await decideBegunIn(context, also)
          else context.outbox.enqueue(input)
        }),
      () => ended((context, input) => context.outbox.enqueue(input)),
    )
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

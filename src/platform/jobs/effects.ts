// Does effects: each looks right before it goes out, in the transaction that notes that it begins; its outcome ends it in the transaction in which its process
// decides about it. What of one kind comes at once shares these transactions.
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { EffectFailure, type EffectContext, type EffectDefinition, type EffectOutcome } from '#kernel/effect.ts'
import { allIsAsked, allOfThem } from '#kernel/gather.ts'
import type { AnyProcess } from '#kernel/process.ts'
import { addSeconds, secondsBetween, type Instant } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import { isAway, isRace } from '../database/database.ts'
import type { Gate } from '../database/gate.ts'
import { backoff, type Adopter, type Begun, type NewJob } from '../events/outbox.ts'
import type { Log } from '../log.ts'
import { decideBegun, decideNow, type EffectPayload, type ProcessPayload } from '../processes/engine.ts'
import { laneOf } from '../processes/store.ts'
import { inGroups } from './grouping.ts'
import { endOurs, freshSeconds, insideOf, Lost, notYetDurable, orElse, type Claimed, type InTransaction } from './inside.ts'
import * as store from './store.ts'
import type { Job } from './store.ts'

type AnyKindOfEffect = EffectDefinition<unknown, unknown, unknown>

/** What a look right before a call could not read: nothing has left. */
class NotLooked extends Error {}

/** How effects are done by a node. `gate`: how many of their transactions go at once. */
export function createEffects(
  engine: Engine,
  log: Log,
  { node, adopter, gate, patienceMs }: { node: string; adopter: Adopter; gate: Gate; patienceMs: number },
) {
  const { catalogue, database, clock, rarely } = engine
  // On the embedded database, which does one thing at a time, whoever is paged would wait for a transaction with all of what pages nobody.
  const mostOf = ({ urgent }: Pick<AnyKindOfEffect, 'urgent'>) => (urgent || database.kind === 'postgres' ? undefined : 8)
  const lookTogether = new Map(
    [...catalogue.effects.values()].map((effect) => [
      effect.name,
      inGroups<Looking, Seen>((all) => look(effect as unknown as AnyKindOfEffect, all), patienceMs, rarely, mostOf(effect)),
    ]),
  )
  const settling = (sort: Pick<AnyKindOfEffect, 'urgent'>): SettleOne =>
    inGroups<Settling, void>((all) => settle(all), patienceMs, rarely, mostOf(sort))
  const settleUrgent = settling({ urgent: true })
  const settleOthers = database.kind === 'postgres' ? settleUrgent : settling({})
  const settleTogether: SettleOne = (one) => (catalogue.effects.get(one.payload.effect)?.urgent ? settleUrgent : settleOthers)(one)

  /** False when there is something left to do of it. Throws what is no fault of the effect's. */
  async function run(job: Claimed): Promise<boolean> {
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
        (await seenAlready(job.begun)) ??
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

  type Seen = { startedAt: Instant | null; seen: unknown }
  /** Nothing when it has not looked to its end, or so long ago that this node may have stood still since: then it looks again. */
  async function seenAlready(begun: Begun | undefined): Promise<Seen | undefined> {
    if (!begun || secondsBetween(begun.at, clock.now()) >= freshSeconds) return undefined
    return begun.seen.then(
      (seen) => ({ startedAt: begun.startedAt, seen }),
      () => undefined,
    )
  }

  type Looking = { job: Job; context: EffectContext; input: unknown }
  /**
   * Right before effects of one kind go out: notes that they do, and has each look at what must be true. A node that stood still may have lost a job
   * meanwhile, and hears so here.
   */
  async function look(effect: AnyKindOfEffect, all: readonly Looking[]): Promise<Seen[]> {
    const isNoted = effect.repeat !== 'always'
    if (!isNoted && !effect.look) return all.map(() => ({ startedAt: null, seen: undefined }))
    const jobs = all.map(({ job }) => job)
    return gate(() =>
      engine.transact(
        system(effect.name),
        async ({ tx, scope }) => {
          const startedAt = isNoted ? clock.now() : null
          const [held, seen] = await allOfThem([
            startedAt ? store.markStarted(tx, node, jobs, startedAt) : store.stillHeld(tx, node, jobs),
            allOfThem(all.map(({ context: { vault, repeated }, input }) => effect.look?.({ scope, vault, repeated }, input))),
          ])
          if (held.size < jobs.length) throw new Lost()
          return seen.map((its) => ({ startedAt, seen: its }))
        },
        isNoted ? {} : notYetDurable,
      ),
    )
  }

  type Settling = { job: Job; payload: EffectPayload; result: EffectOutcome }
  type SettleOne = (one: Settling) => Promise<void>

  /** Ends effects and hands their outcomes to their processes, which decide in the same transaction; when they cannot, the outcomes count all the same. */
  async function settle(all: readonly Settling[]): Promise<void[]> {
    type Input = { definition: AnyProcess; key: string; job: NewJob }
    const ended = (then: (context: InTransaction, inputs: Input[], ours: Promise<void>) => void | Promise<void>) =>
      gate(() =>
        engine.transact(
          system(all[0]!.payload.process),
          async (context) => {
            const jobs = all.map(({ job }) => job)
            const ours = endOurs(context, node, jobs)
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
      ended(async (context, inputs, ours) => {
        also()
        const inside = insideOf(context, also)
        const haveToWait = await decideNow(inside, inputs, ours)
        for (const job of haveToWait) context.outbox.enqueue(job)
        if (!rarely('leaves to a worker what it has begun')) await decideBegun(inside, context, catalogue.processes)
        await begin(context, also)
      })
    // Of several the guilty one is looked for first.
    await (rarely('tells a process of an outcome later') ? enqueued() : all.length > 1 ? decided(() => {}) : orElse(decided, enqueued))
    return all.map(() => undefined)
  }

  /**
   * Effects that this node has room for begin in the transaction that leaves them behind: they look there, and it is noted there that they go out. Where a
   * look asks all at once, its answer comes with that of the commit.
   */
  async function begin(context: InTransaction, also: () => void): Promise<void> {
    const due = context.outbox.enqueued().filter((job) => job.kind === 'effect' && job.due <= context.now)
    const chosen = adopter.choose(context.tx, due)
    if (chosen.length > 0) also()
    const begun = new Map<NewJob, Begun>()
    const toWaitFor: Promise<unknown>[] = []
    for (const job of chosen) {
      const payload = job.payload as EffectPayload
      const effect = catalogue.effects.get(payload.effect) as AnyKindOfEffect | undefined
      if (!effect) continue
      const { scope, vault } = context.as(system(effect.name))
      const seen = (async () => effect.look?.({ scope, vault, repeated: false }, z.parse(effect.input, payload.input)))()
      // Whoever does it hears what became of it.
      seen.catch(() => undefined)
      if (!effect.looksAtOnce) toWaitFor.push(seen)
      begun.set(job, { at: context.now, startedAt: effect.repeat === 'always' ? null : context.now, seen })
    }
    await allIsAsked()
    await allOfThem(toWaitFor)
    context.outbox.begin(begun)
    if ([...begun.values()].some(({ startedAt }) => startedAt !== null)) context.tx.becomeDurable()
  }

  return { run, begin }
}

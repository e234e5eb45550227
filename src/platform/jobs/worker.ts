// Does due work: claims it, runs it in its transaction, retries what failed, parks what cannot succeed, takes over what dead nodes held.
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { EffectFailure, type EffectContext, type EffectDefinition, type EffectOutcome } from '#kernel/effect.ts'
import type { EventRecord } from '#kernel/event.ts'
import { addSeconds, epochMs, type Instant } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import { isAway, isRace } from '../database/database.ts'
import { backoff, type NewJob } from '../events/outbox.ts'
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
import type { Job, JobKind } from './store.ts'

const inTransaction: JobKind[] = ['reaction', 'process', 'recurring']
const outside: JobKind[] = ['effect']
const attemptsBeforeParking = 10
const beatMs = 500
/** What only another version knows is set aside when it has been due for an hour: no upgrade takes so long. Looked at each ten minutes. */
const unknownForSeconds = 3600
const beatsBetweenParking = 1200

/**
 * For work between what was accepted and what reaches the outside. A power cut may lose its commit, and then its job is there again and is done again;
 * whatever goes out is begun in a durable transaction, which makes durable all that came before it.
 */
const notYetDurable = { durable: false }
type InTransaction = Parameters<Parameters<Engine['transact']>[1]>[0]

/** Thrown inside a job's transaction when another node has taken it over: everything rolls back. */
class Lost extends Error {}

export type Worker = {
  /** Runs everything that is due now, one after the other, and what follows from it at once. Returns how many. For scenarios. */
  runDue(): Promise<number>
  nextDue(): Promise<Instant | undefined>
  start(): Promise<void>
  /** Finishes what runs, gives the rest back. */
  stop(): Promise<void>
}

export function createWorker(engine: Engine, log: Log, options: { concurrency: number; effects: number }): Worker {
  const { catalogue, database, clock } = engine
  const node = engine.newId('nod')
  const reactions = new Map(catalogue.reactions.map((reaction) => [reaction.name, reaction]))
  const recurring = new Map(catalogue.recurring.map((definition) => [definition.name, definition]))
  const known: store.Known = {
    processes: [...catalogue.processes.keys()],
    effects: [...catalogue.effects.keys()],
    reactions: [...reactions.keys()],
    recurring: [...recurring.keys()],
  }
  const running = { inside: new Set<Promise<void>>(), outside: new Set<Promise<void>>() }
  const doing = new Set<number>()
  /** A statement about a claim failed, so that the table may hold jobs for this node that it does not know of. */
  let inDoubt = false
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let heart: NodeJS.Timeout | undefined
  let beating: Promise<void> | undefined
  let beats = 0
  let leaving = false
  let asked = false
  let pumping: Promise<void> | undefined

  /** Claims what is due, and says when the next job that could then be begun falls due: one transaction for all that a wake-up asks. */
  const claim = (wanted: readonly store.Wanted[]) =>
    database.transaction(
      async (tx) => {
        const jobs = await store.claimDue(tx, node, wanted, known, clock.now())
        const left = wanted.filter(({ kinds, limit }) => jobs.filter(({ kind }) => kinds.includes(kind)).length < limit)
        const next =
          left.length === 0
            ? undefined
            : await store.nextDue(
                tx,
                left.flatMap(({ kinds }) => kinds),
                known,
              )
        return { jobs, next }
      },
      { durable: false },
    )

  async function run(job: Job): Promise<void> {
    try {
      if (job.kind === 'effect') await runEffect(job)
      else await runInside(job)
    } catch (error) {
      if (error instanceof Lost) return
      if (error instanceof TooNew) await leaveToNewer(job, error)
      else await failed(job, error)
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
  const withWhatBegins = (name: string, work: (context: InTransaction) => Promise<void>): Promise<void> =>
    orElse(
      (also) =>
        engine.transact(
          system(name),
          async (context) => {
            await work(context)
            await decideBegunIn(context, also)
          },
          notYetDurable,
        ),
      () => engine.transact(system(name), work, notYetDurable),
    )

  const decideBegunIn = (context: InTransaction, also: () => void) =>
    decideBegun(
      (process): ProcessTransaction => (also(), { ...context.as(system(process)), tx: context.tx, outbox: context.outbox }),
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

  async function runEffect(job: Job): Promise<void> {
    const payload = job.payload as EffectPayload
    const effect = catalogue.effects.get(payload.effect) as EffectDefinition<unknown> | undefined
    if (!effect) throw new Error(`no effect is called ${payload.effect}`)
    const inDoubt = job.startedAt !== null
    if (inDoubt && effect.repeat === 'never') {
      return settle(job, payload, {
        type: 'unknown',
        tag: payload.tag,
        reason: 'the node stopped in the middle: it may or may not have happened',
      })
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
      if (!canRetry) return settle(job, payload, { type: mayHaveHappened ? 'unknown' : 'failed', tag: payload.tag, reason })
      const due = failure?.retryAfterSeconds
        ? addSeconds(clock.now(), failure.retryAfterSeconds)
        : backoff(clock.now(), job.attempts, effect.retry.firstSeconds)
      await database.transaction((tx) => store.putBack(tx, node, job, due, reason, { started: mayHaveHappened ? clock.now() : null }))
      return
    }
    return settle(job, payload, { type: 'done', tag: payload.tag, outcome })
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
          if (await decideNow(context, definition!, key, input)) await decideBegunIn(context, also)
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
        doing.delete(job.id)
        inDoubt = true
        log.error({ err: again, job: job.id }, 'a failed job could not be given back; it is freed as soon as the database answers')
      })
  }

  async function pump(): Promise<void> {
    do {
      asked = false
      if (inDoubt) {
        await database.transaction((tx) => store.freeUnheld(tx, node, [...doing]))
        inDoubt = false
      }
      const wanted = [
        { kinds: inTransaction, limit: options.concurrency - running.inside.size },
        { kinds: outside, limit: options.effects - running.outside.size },
      ].filter(({ limit }) => limit > 0)
      // Whatever ends makes room and asks again.
      if (wanted.length === 0 || stopping) return
      const { jobs, next } = await claim(wanted)
      for (const job of jobs) begin(job, job.kind === 'effect' ? running.outside : running.inside)
      sleepUntil(next)
    } while (asked && !stopping)
  }

  function begin(job: Job, set: Set<Promise<void>>): void {
    doing.add(job.id)
    const work: Promise<void> = run(job).finally(() => {
      doing.delete(job.id)
      set.delete(work)
      poke()
    })
    set.add(work)
  }

  function sleepUntil(due: Instant | undefined): void {
    clearTimeout(timer)
    const wait = due === undefined ? 1000 : Math.min(1000, Math.max(0, epochMs(due) - epochMs(clock.now())))
    timer = setTimeout(poke, wait)
  }

  function poke(): void {
    asked = true
    if (stopping || pumping) return
    pumping = pump()
      .catch((error: unknown) => {
        inDoubt = true
        log.error({ err: error }, 'claiming work failed; trying again in a second')
        timer = setTimeout(poke, 1000)
      })
      .finally(() => {
        pumping = undefined
        if (asked && !stopping) queueMicrotask(poke)
      })
  }

  async function beat(): Promise<void> {
    try {
      const dead = await database.transaction(async (tx) => {
        if (!(await store.beat(tx, node))) await store.enterNode(tx, node, lockOf(node))
        if (beats++ % beatsBetweenParking === 0)
          await store.parkUnknown(tx, known, addSeconds(clock.now(), -unknownForSeconds), clock.now())
        return store.takeOver(tx, node, database.kind === 'postgres')
      })
      if (dead.length > 0) {
        log.warn({ dead }, 'took over the work of nodes that are gone')
        poke()
      }
    } catch (error) {
      log.error({ err: error }, 'the heartbeat of this node failed')
    }
    if (!leaving) heart = setTimeout(() => void (beating = beat()), beatMs)
  }

  return {
    async runDue() {
      let count = 0
      for (;;) {
        const [job] = (await claim([{ kinds: [...inTransaction, ...outside], limit: 1 }])).jobs
        if (!job) return count
        await run(job)
        count++
      }
    },
    nextDue: () => database.transaction((tx) => store.nextDue(tx, [...inTransaction, ...outside], known)),
    async start() {
      await database.transaction(async (tx) => {
        if (database.kind === 'embedded') await store.freeEverything(tx)
        await store.enterNode(tx, node, lockOf(node))
        await store.dropRecurringExcept(tx, [...recurring.keys()])
        for (const name of recurring.keys()) await store.insertRecurring(tx, name, clock.now())
      })
      await database.holdNodeLock(lockOf(node))
      await database.listen('tocsin_jobs', poke)
      engine.onJobs(poke)
      await (beating = beat())
      poke()
    },
    async stop() {
      stopping = true
      clearTimeout(timer)
      await pumping
      // It lives for as long as it finishes: else another node would do the same work meanwhile.
      await Promise.race([Promise.allSettled([...running.inside, ...running.outside]), new Promise((done) => setTimeout(done, 10_000))])
      leaving = true
      clearTimeout(heart)
      // A beat after it has left would enter it again.
      await beating
      await database.transaction((tx) => store.leaveNode(tx, node))
    },
  }
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

/** The node's lock number: 31 bits of its id's random part. */
function lockOf(node: string): number {
  let hash = 7
  for (const character of node) hash = (hash * 31 + character.charCodeAt(0)) | 0
  return hash & 0x7fffffff
}

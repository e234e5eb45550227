// Does due work: claims it, runs it in its transaction, retries what failed, parks what cannot succeed, takes over what dead nodes held.
import { z } from 'zod'
import { system } from '#kernel/actor.ts'
import { EffectFailure, type EffectContext, type EffectDefinition, type EffectOutcome } from '#kernel/effect.ts'
import type { EventRecord } from '#kernel/event.ts'
import { addSeconds, epochMs, type Instant } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import { isAway, isRace } from '../database/database.ts'
import { backoff } from '../events/outbox.ts'
import type { Log } from '../log.ts'
import { advance, laneOf, type EffectPayload, type ProcessPayload } from '../processes/engine.ts'
import * as store from './store.ts'
import type { Job, JobKind } from './store.ts'

const inTransaction: JobKind[] = ['reaction', 'process', 'recurring']
const outside: JobKind[] = ['effect']
const attemptsBeforeParking = 10

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
  const running = { inside: new Set<Promise<void>>(), outside: new Set<Promise<void>>() }
  const doing = new Set<number>()
  /** A statement about a claim failed, so that the table may hold jobs for this node that it does not know of. */
  let inDoubt = false
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let heart: NodeJS.Timeout | undefined
  let beating: Promise<void> | undefined
  let leaving = false
  let asked = false
  let pumping: Promise<void> | undefined

  /** Claims what is due, and says when the next job that could then be begun falls due: one transaction for all that a wake-up asks. */
  const claim = (wanted: readonly store.Wanted[]) =>
    database.transaction(
      async (tx) => {
        const jobs = await store.claimDue(tx, node, wanted, clock.now())
        const left = wanted.filter(({ kinds, limit }) => jobs.filter(({ kind }) => kinds.includes(kind)).length < limit)
        const next =
          left.length === 0
            ? undefined
            : await store.nextDue(
                tx,
                left.flatMap(({ kinds }) => kinds),
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
      await failed(job, error)
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
    await engine.transact(system(name), work, notYetDurable)
  }

  async function runProcess(job: Job): Promise<void> {
    const { process, key } = job.payload as ProcessPayload
    const definition = catalogue.processes.get(process)
    if (!definition) throw new Error(`no process is called ${process}`)
    await advance(
      (work) => engine.transact(system(process), work, notYetDurable),
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
    const context: EffectContext = {
      ...engine.effectContext(effect as never, `${payload.process}/${payload.key}/${payload.step}`, job.attempts, inDoubt),
      // A node that stood still may have lost the job meanwhile: its last look before the call tells.
      transact: (work) =>
        engine.transact(system(effect.name), async ({ tx, scope }) => {
          if (!(await store.isHeld(tx, node, job))) throw new Lost()
          return work(scope)
        }),
    }
    let outcome: unknown
    try {
      outcome = z.parse(effect.outcome, await effect.run(context, z.parse(effect.input, payload.input)))
    } catch (error) {
      if (error instanceof Lost) throw error
      const failure = error instanceof EffectFailure ? error : undefined
      const reason = error instanceof Error ? error.message : String(error)
      const canRetry = (failure?.canRetry ?? true) && job.attempts < effect.retry.attempts
      if (!failure) log.error({ err: error, effect: effect.name }, 'an effect failed')
      if (!canRetry) return settle(job, payload, { type: 'failed', tag: payload.tag, reason })
      const due = failure?.retryAfterSeconds
        ? addSeconds(clock.now(), failure.retryAfterSeconds)
        : backoff(clock.now(), job.attempts, effect.retry.firstSeconds)
      // That this try came to nothing says nothing of the one before it.
      const started = failure?.inDoubt || inDoubt ? clock.now() : null
      await database.transaction((tx) => store.putBack(tx, node, job, due, reason, { started }))
      return
    }
    return settle(job, payload, { type: 'done', tag: payload.tag, outcome })
  }

  /** Ends an effect and hands its outcome to its process, which decides in the same transaction. */
  async function settle(job: Job, payload: EffectPayload, result: EffectOutcome): Promise<void> {
    const definition = catalogue.processes.get(payload.process)
    await engine.transact(system(payload.process), async (context) => {
      if (!(await store.finish(context.tx, node, job))) throw new Lost()
      if (!definition) return
      const input = { process: payload.process, key: payload.key, input: { type: 'effect', result } }
      context.outbox.enqueue({ kind: 'process', lane: laneOf(payload.process, payload.key), due: context.now, payload: input })
    })
  }

  async function failed(job: Job, error: unknown): Promise<void> {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.error({ err: error, job: job.id, kind: job.kind, lane: job.lane, attempts: job.attempts }, 'a job failed')
    const givesUp = job.attempts >= attemptsBeforeParking && !isAway(error) && !isRace(error)
    await database
      .transaction(async (tx) => {
        if (givesUp && job.kind !== 'recurring') await store.park(tx, node, job, clock.now(), reason)
        else await store.putBack(tx, node, job, backoff(clock.now(), job.attempts), reason, { started: job.startedAt })
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
        return store.takeOver(tx, node, database.kind === 'postgres')
      })
      if (dead.length > 0) {
        log.warn({ dead }, 'took over the work of nodes that are gone')
        poke()
      }
    } catch (error) {
      log.error({ err: error }, 'the heartbeat of this node failed')
    }
    if (!leaving) heart = setTimeout(() => void (beating = beat()), 500)
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
    nextDue: () => database.transaction((tx) => store.nextDue(tx, [...inTransaction, ...outside])),
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

/** The node's lock number: 31 bits of its id's random part. */
function lockOf(node: string): number {
  let hash = 7
  for (const character of node) hash = (hash * 31 + character.charCodeAt(0)) | 0
  return hash & 0x7fffffff
}

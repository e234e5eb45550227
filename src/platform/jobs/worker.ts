// Does due work: claims it, runs it in its transaction, retries what failed, parks what cannot succeed, takes over what dead nodes held.
import { addSeconds, epochMs, secondsBetween, type Instant } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import type { Catalogue } from '#kernel/slice.ts'
import type { Transaction } from '../database/database.ts'
import { silentAfterMs } from '../database/silence.ts'
import { unaskedSeconds, type Adopter, type NewJob } from '../events/outbox.ts'
import type { Log } from '../log.ts'
import { createDoer } from './doing.ts'
import { usualPatienceMs } from './grouping.ts'
import { freshSeconds, type Claimed } from './inside.ts'
import * as store from './store.ts'
import type { Claimer, Job, Known, Wanted } from './store.ts'

/** A connection that says nothing holds up neither claims nor the heartbeat: both go on with another one. */
const notForLong = { silentMs: silentAfterMs }
const beatMs = 500
const unaskedMs = unaskedSeconds * 1000
/** What only another version knows is set aside when it has been due for an hour: no upgrade takes so long. Looked at each ten minutes. */
const unknownForSeconds = 3600
const beatsBetweenParking = 1200
const mostClaims = 2 ** 31 - 2

export type Worker = {
  /** Runs everything that is due now, one after the other, and what follows from it at once. Returns how many. For scenarios. */
  runDue(): Promise<number>
  nextDue(): Promise<Instant | undefined>
  start(): Promise<void>
  /** Finishes what runs, gives the rest back. */
  stop(): Promise<void>
}

/**
 * How much a node does at once: transactions, jobs that may share one (`together`), and effects: so many that are urgent, and a third as many of all others.
 * `runDue` does so many at once too. `patienceMs`: see `grouping.ts`.
 */
export type WorkerOptions = { concurrency: number; effects: number; together?: number; patienceMs?: number }

export function createWorker(
  engine: Engine,
  log: Log,
  { concurrency, effects, together = concurrency, patienceMs = usualPatienceMs }: WorkerOptions,
): Worker {
  const { catalogue, database, clock } = engine
  const node = engine.newId('nod')
  const known: store.Known = {
    processes: [...catalogue.processes.keys()],
    effects: [...catalogue.effects.keys()],
    reactions: catalogue.reactions.map(({ name }) => name),
    recurring: catalogue.recurring.map(({ name }) => name),
  }
  const sorts = sortsOf(catalogue, { together, alone: concurrency, effects })
  const doing = new Set<Claimed>()
  let claims = 0
  /** Counted within what the column holds: long after one is given again nothing of it is left. */
  const claimer = (): Claimer => ({ node, fence: (claims = (claims % mostClaims) + 1) })
  /** A transaction about a claim failed, so that the table may hold jobs for this node that it does not know of. */
  let inDoubt = false
  let clearing = false
  /** Those that have chosen what this node begins, and have not ended, and since when: what they claim is not known yet, and not lost. */
  const choosing = new Map<Transaction, Instant>()
  /** Claimed as they were written, and not begun yet: only while nothing is started. */
  const adopted: Claimed[] = []
  let isStarted = false
  /** While nothing is started: one claim after the other. */
  let taking: Promise<Claimed[]> = Promise.resolve([])
  /** The last claim took as much as there was room for: there may be more. */
  let wasFull = false
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let heart: NodeJS.Timeout | undefined
  let beating: Promise<void> | undefined
  let beats = 0
  let leaving = false
  let asked = false
  let pumping: Promise<void> | undefined

  const adopter: Adopter = {
    claimer,
    choose(tx, jobs) {
      // First what is in doubt is cleared up.
      if (stopping || inDoubt || clearing || engine.rarely('begins nothing of what it leaves behind')) return []
      const chosen = isStarted ? whatFits(jobs) : jobs.filter(({ kind }) => kind === 'effect').slice(0, 1)
      if (chosen.length > 0 && !choosing.has(tx)) {
        choosing.set(tx, clock.now())
        tx.afterEnd((isCommitted) => {
          choosing.delete(tx)
          if (!isCommitted) inDoubt = true
          if (inDoubt && isStarted) poke()
        })
      }
      return chosen
    },
    take(jobs) {
      if (isStarted) for (const job of jobs) begin(job)
      else adopted.push(...jobs)
    },
  }

  function whatFits(jobs: readonly NewJob[]): NewJob[] {
    const room = new Map(Object.values(sorts).map((sort) => [sort, roomOf(sort)]))
    return jobs.filter((job) => {
      const sort = sortOf(job)
      const left = room.get(sort)!
      room.set(sort, left - 1)
      return left > 0
    })
  }

  const run = createDoer(engine, log, {
    node,
    adopter,
    patienceMs,
    lostTrack(job) {
      doing.delete(job)
      inDoubt = true
    },
  })

  /** Claims what is due, and says when the next job that could then be begun falls due: one transaction for all that a wake-up asks. */
  const claim = (room: readonly Wanted[]) =>
    database.transaction(
      async (tx) => {
        const wanted = engine.rarely('claims one job where there are more') ? room.map((one) => ({ ...one, limit: 1 })) : room
        const jobs = await store.claimDue(tx, claimer(), wanted, known, clock.now())
        const left = wanted.filter((one) => !isFull(one, jobs)).map(({ names }) => names)
        return { jobs, next: left.length === 0 ? undefined : await store.nextDue(tx, unionOf(left), known) }
      },
      { durable: false, ...notForLong },
    )

  /**
   * Frees what the table holds for this node by a transaction of which it has not heard. What others have chosen a moment ago would be taken for that; what
   * they chose earlier is looked at again before it goes out.
   */
  async function clearUp(): Promise<void> {
    if (!inDoubt || [...choosing.values()].some((since) => secondsBetween(since, clock.now()) <= freshSeconds)) return
    const held = [...doing, ...adopted].map(({ id }) => id)
    clearing = true
    inDoubt = false
    try {
      await database.transaction((tx) => store.freeUnheld(tx, node, held), notForLong)
    } catch (error) {
      inDoubt = true
      throw error
    } finally {
      clearing = false
    }
  }

  /** The job that is due first, and others of its sort. */
  async function claimOneSort(): Promise<Job[]> {
    const { jobs } = await claim([{ names: known, limit: 1 }])
    const [first] = jobs
    const sort = first && sortOf(first)
    if (!sort || sort.most === 1) return jobs
    return [...jobs, ...(await claim([{ names: sort.names, limit: sort.most - 1 }])).jobs]
  }

  /** For whoever does things one by one. */
  const nextOnes = (): Promise<Claimed[]> =>
    (taking = taking
      .catch(() => undefined)
      .then(async () => {
        await clearUp()
        const jobs = adopted.length > 0 ? adopted.splice(0) : await claimOneSort()
        for (const job of jobs) doing.add(job)
        return jobs
      })
      .catch((error: unknown) => {
        inDoubt = true
        throw error
      }))

  const sortOf = (job: Nameable): Sort => Object.values(sorts).find(({ names }) => isOf(names, job)) ?? sorts.alone

  async function pump(): Promise<void> {
    do {
      asked = false
      await clearUp()
      const all = Object.values(sorts)
      const wanted = all.map((sort) => ({ names: sort.names, limit: roomOf(sort) })).filter(({ limit }) => limit > 0)
      wasFull = wanted.length < all.length
      // Whatever ends makes room and asks again.
      if (wanted.length === 0 || stopping) return
      const { jobs, next } = await claim(wanted)
      wasFull ||= wanted.some((one) => isFull(one, jobs))
      for (const job of jobs) begin(job)
      sleepUntil(next)
    } while (asked && !stopping)
  }

  function begin(job: Claimed): void {
    const { running } = sortOf(job)
    doing.add(job)
    const work: Promise<void> = run(job).then((isDone) => {
      doing.delete(job)
      running.delete(work)
      // What it has left behind wakes whoever waits for it; what it could not do is due again some time.
      if (wasFull || !isDone) poke()
    })
    running.add(work)
  }

  function sleepUntil(due: Instant | undefined): void {
    clearTimeout(timer)
    const wait = due === undefined ? unaskedMs : Math.min(unaskedMs, Math.max(0, epochMs(due) - epochMs(clock.now())))
    timer = setTimeout(poke, wait)
  }

  function poke(): void {
    asked = true
    if (stopping || pumping) return
    pumping = pump()
      .catch((error: unknown) => {
        inDoubt = true
        log.error({ err: error }, 'claiming work failed; trying again in a second')
        timer = setTimeout(poke, unaskedMs)
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
      }, notForLong)
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
      for (let count = 0; ;) {
        const jobs = await nextOnes()
        if (jobs.length === 0) return count
        await Promise.all(jobs.map((job) => run(job).finally(() => doing.delete(job))))
        count += jobs.length
      }
    },
    nextDue: () => database.transaction((tx) => store.nextDue(tx, known, known)),
    async start() {
      // Before it enters: the others take a node without its lock for dead.
      await database.holdNodeLock(lockOf(node))
      await database.transaction(async (tx) => {
        if (database.kind === 'embedded') await store.freeEverything(tx)
        await store.enterNode(tx, node, lockOf(node))
        await store.keepRecurring(tx, known.recurring, clock.now())
      })
      await database.listen('tocsin_jobs', poke)
      engine.onJobs(poke)
      engine.adoptBy(adopter)
      await (beating = beat())
      isStarted = true
      poke()
    },
    async stop() {
      stopping = true
      clearTimeout(timer)
      await pumping
      // It lives for as long as it finishes: else another node would do the same work meanwhile.
      await Promise.race([
        Promise.allSettled(Object.values(sorts).flatMap(({ running }) => [...running])),
        new Promise((done) => setTimeout(done, 10_000)),
      ])
      leaving = true
      clearTimeout(heart)
      // A beat after it has left would enter it again.
      await beating
      await database.transaction((tx) => store.leaveNode(tx, node), notForLong)
    },
  }
}

/** Jobs of which a node does so many at once and no more. */
type Sort = { names: Partial<Known>; most: number; running: Set<Promise<void>> }

type Nameable = Pick<Job, 'kind' | 'lane' | 'payload'>

const roomOf = ({ most, running }: Sort): number => most - running.size

function sortsOf({ processes, effects, reactions, recurring }: Catalogue, most: { together: number; alone: number; effects: number }) {
  const sort = (names: Partial<Known>, so: number): Sort => ({ names, most: so, running: new Set() })
  const [shared, alone] = [true, false].map((inTurn) => ({
    reactions: reactions.filter((one) => (one.inTurn !== undefined) === inTurn).map(({ name }) => name),
    processes: [...processes.values()].filter((one) => (one.inTurn !== undefined) === inTurn).map(({ name }) => name),
  })) as [Partial<Known>, Partial<Known>]
  const outside = (urgent: boolean): Partial<Known> => ({
    effects: [...effects.values()].filter((one) => (one.urgent === true) === urgent).map(({ name }) => name),
  })
  return {
    together: sort(shared, most.together),
    alone: sort({ ...alone, recurring: recurring.map(({ name }) => name) }, most.alone),
    urgent: sort(outside(true), most.effects),
    // What hangs there holds up no page.
    effects: sort(outside(false), Math.ceil(most.effects / 3)),
  }
}

function isOf(
  { reactions = [], processes = [], recurring = [], effects = [] }: Partial<Known>,
  { kind, lane, payload }: Nameable,
): boolean {
  if (kind === 'reaction') return reactions.includes(lane)
  if (kind === 'recurring') return recurring.includes(lane)
  const { process, effect } = payload as { process: string; effect: string }
  return kind === 'process' ? processes.includes(process) : effects.includes(effect)
}

const isFull = ({ names, limit }: Wanted, jobs: readonly Job[]): boolean => jobs.filter((job) => isOf(names, job)).length === limit

const unionOf = (all: readonly Partial<Known>[]): Partial<Known> => ({
  reactions: all.flatMap(({ reactions = [] }) => reactions),
  processes: all.flatMap(({ processes = [] }) => processes),
  recurring: all.flatMap(({ recurring = [] }) => recurring),
  effects: all.flatMap(({ effects = [] }) => effects),
})

/** The node's lock number: 31 bits of its id's random part. */
function lockOf(node: string): number {
  let hash = 7
  for (const character of node) hash = (hash * 31 + character.charCodeAt(0)) | 0
  return hash & 0x7fffffff
}

// Does due work: claims it, runs it in its transaction, retries what failed, parks what cannot succeed, takes over what dead nodes held.
import { addSeconds, epochMs, type Instant } from '#kernel/time.ts'
import type { Engine } from '../commands/engine.ts'
import type { Adopter } from '../events/outbox.ts'
import type { Log } from '../log.ts'
import { createDoer } from './doing.ts'
import * as store from './store.ts'
import type { Job, JobKind } from './store.ts'

const inTransaction: JobKind[] = ['reaction', 'process', 'recurring']
const outside: JobKind[] = ['effect']
const beatMs = 500
/** What only another version knows is set aside when it has been due for an hour: no upgrade takes so long. Looked at each ten minutes. */
const unknownForSeconds = 3600
const beatsBetweenParking = 1200

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
  const known: store.Known = {
    processes: [...catalogue.processes.keys()],
    effects: [...catalogue.effects.keys()],
    reactions: catalogue.reactions.map(({ name }) => name),
    recurring: catalogue.recurring.map(({ name }) => name),
  }
  const running = { inside: new Set<Promise<void>>(), outside: new Set<Promise<void>>() }
  const doing = new Set<number>()
  /** A statement about a claim failed, so that the table may hold jobs for this node that it does not know of. */
  let inDoubt = false
  /** Claimed as they were written, and not begun yet: only while nothing is started. */
  const adopted: Job[] = []
  let isStarted = false
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
    node,
    room: () => (stopping ? 0 : isStarted ? options.effects - running.outside.size : 1),
    take(jobs) {
      if (isStarted) for (const job of jobs) begin(job, running.outside)
      else adopted.push(...jobs)
    },
  }

  const run = createDoer(engine, log, {
    node,
    adopter,
    lostTrack(job) {
      doing.delete(job.id)
      inDoubt = true
    },
  })

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
      wasFull = wanted.length < 2
      // Whatever ends makes room and asks again.
      if (wanted.length === 0 || stopping) return
      const { jobs, next } = await claim(wanted)
      wasFull ||= wanted.some(({ kinds, limit }) => jobs.filter(({ kind }) => kinds.includes(kind)).length === limit)
      for (const job of jobs) begin(job, job.kind === 'effect' ? running.outside : running.inside)
      sleepUntil(next)
    } while (asked && !stopping)
  }

  function begin(job: Job, set: Set<Promise<void>>): void {
    doing.add(job.id)
    const work: Promise<void> = run(job).then((isDone) => {
      doing.delete(job.id)
      set.delete(work)
      // What it has left behind wakes whoever waits for it; what it could not do is due again some time.
      if (wasFull || !isDone) poke()
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
        const job = adopted.shift() ?? (await claim([{ kinds: [...inTransaction, ...outside], limit: 1 }])).jobs[0]
        if (!job) return count
        await run(job)
        count++
      }
    },
    nextDue: () => database.transaction((tx) => store.nextDue(tx, [...inTransaction, ...outside], known)),
    async start() {
      // Before it enters: the others take a node without its lock for dead.
      await database.holdNodeLock(lockOf(node))
      await database.transaction(async (tx) => {
        if (database.kind === 'embedded') await store.freeEverything(tx)
        await store.enterNode(tx, node, lockOf(node))
        await store.dropRecurringExcept(tx, known.recurring)
        for (const name of known.recurring) await store.insertRecurring(tx, name, clock.now())
      })
      await database.listen('tocsin_jobs', poke)
      engine.onJobs(poke)
      await (beating = beat())
      isStarted = true
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

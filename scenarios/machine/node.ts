// One node: engine, worker and way in over the shared database, through a connection on which faults strike. When it crashes it is thrown away, and
// whatever it was doing never continues.
import { createHash } from 'node:crypto'
import { idSource } from '#kernel/ids.ts'
import type { Rarely } from '#kernel/rarely.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import { addSeconds, epochMs, instant, type Clock } from '#kernel/time.ts'
import { createEngine, type Engine } from '#platform/commands/engine.ts'
import type { Database, Transaction } from '#platform/database/database.ts'
import { createLive, type Live } from '#platform/events/live.ts'
import * as jobs from '#platform/jobs/store.ts'
import { createWorker, type Worker } from '#platform/jobs/worker.ts'
import { silentLog } from '#platform/log.ts'
import { createSigner, createVault } from '#platform/secrets/vault.ts'
import { integrations } from '#integrations/catalogue.ts'
import { createBacklogReader, type BacklogReader } from '#app/backlog.ts'
import { createIntake, type Intake } from '#app/intake.ts'
import { createLookBack, type LookBack } from '#app/outage/look-back.ts'
import { createOutage, type Outage } from '#app/outage/outage.ts'
import { openSpool } from '#app/outage/spool.ts'
import type { Timing } from '#app/timing.ts'
import { catalogue } from '#app/wiring.ts'
import type { Away } from './away.ts'
import type { Clocks } from './clocks.ts'
import type { Disk } from './disk.ts'
import type { FaultKind } from './faults.ts'
import { seldomTimes } from './inhibiting.ts'
import { sendsAlerts } from './operations.ts'
import type { provider, World } from './provider.ts'
import type { Random } from './random.ts'
import type { Commit, Kept } from './record.ts'
import { withoutTraces, type InAnyOrder } from './rows.ts'

export type Node = {
  name: string
  engine: Engine
  intake: Intake
  outage: Outage
  lookBack: LookBack
  backlog: BacklogReader
  worker: Worker
  /** Its id among the nodes of the database. */
  id: string
}

type Outside = ReturnType<typeof provider>
export type NodeWorld = World & {
  outside: Outside
  random: Random
  away: Away
  clocks: Clocks
  rarely: Rarely
  inAnyOrder: InAnyOrder
  /** The disk of the node of this name. */
  diskOf: (name: string) => Disk
  /** Hears of what a node has written into its file. */
  kept: (kept: Kept) => void
  /** Hears of a node that is gone. */
  crashed: (name: string, how: FaultKind) => void
  /** Hears of each commit, when it is there and nothing has followed from it, and of what it said to every node. */
  committed: (said: readonly string[]) => Promise<Commit>
  /** Hears what the live pages of the node that has committed are told. */
  heard: (name: string, commit: Commit, topics: ReadonlySet<string>) => void
}

/** What recurs does so more seldom than in earnest: it is most of what an idle installation does, and the seeds are for the rest. */
const seldom = { ...catalogue, recurring: catalogue.recurring.map((one) => ({ ...one, everySeconds: one.everySeconds * seldomTimes })) }

const keys = [createHash('sha256').update('machine').digest()]

/** A new node over the database. */
export function createNode(name: string, world: NodeWorld): Node {
  const { outside, random, rarely } = world
  const clock = world.clocks.begin(world.away.of(name) === undefined)
  const newId = idSource(clock, random.next)
  const live = createLive()
  let id = ''
  const engine = createEngine({
    catalogue: seldom,
    database: faultyDatabase(name, live, world),
    clock,
    newId: (prefix) => {
      const made = newId(prefix)
      if (prefix === 'nod') id = made
      return made
    },
    live,
    vault: createVault(keys),
    signer: createSigner(keys),
    outbound: outside.outbound,
    publicUrl: 'http://tocsin.test',
    channels: outside.channels,
    sources: new Map(
      integrations.flatMap((integration) => (integration.sources ? [[integration.id, integration.sources.webhook] as const] : [])),
    ),
    settings: () => undefined,
    rarely,
    randomBytes: (size) => Uint8Array.from({ length: size }, () => random.next() & 255),
  })
  const worker = createWorker(engine, silentLog(), { concurrency: 1, together: 8, effects: 3, patienceMs: Infinity })
  const disk = world.diskOf(name)
  const timing = timingOf(world)
  const lookBack = createLookBack(engine, silentLog(), timing)
  const outage = createOutage({
    engine,
    lookBack,
    spool: openSpool(disk.folder, () => engine.newId('evt')),
    file: disk.known,
    channels: outside.channels,
    settings: () => undefined,
    log: silentLog(),
    timing,
  })
  const watched: Outage = {
    ...outage,
    async keep(batches, commit) {
      const at = world.clock.now()
      await outage.keep(batches, commit)
      world.kept({ node: name, at, known: outage.lastKnown(), batches, commit })
    },
  }
  const intake = createIntake(engine, {
    outage: watched,
    lookBack,
    deadlineMs: silentAfterMs,
    timing,
    isFloodAbove: { rowsWaiting: 9, rowsOfOne: 4 },
  })
  return { name, engine, intake, outage, lookBack, backlog: createBacklogReader(engine, silentLog()), worker, id }
}

/** As in earnest. */
const silentAfterMs = 8000

const timingOf = ({ clock, schedule }: NodeWorld): Timing => ({
  elapsedMs: () => epochMs(clock.now()),
  after: (ms, work) => schedule.later('a timer', instant(epochMs(clock.now()) + ms), work),
})

/** What a node does when it starts and with each beat of its heart: says that it lives, and frees what the dead held. */
export async function beat(node: Node, dead: readonly string[]): Promise<void> {
  await node.engine.database.transaction(async (tx) => {
    if (!(await jobs.beat(tx, node.id))) await jobs.enterNode(tx, node.id, 0)
    await silence(tx, dead)
    await jobs.takeOver(tx, node.id, false)
  })
}

/** Who is dead is told by the database's clock, which does not follow the machine's: those who are have been silent for an hour, and the others for no time. */
const silence = async (tx: Transaction, dead: readonly string[]): Promise<void> => {
  await tx.query(
    sql`update nodes set seen_at = clock_timestamp() - case when id = any(${[...dead]}::text[]) then interval '1 hour' else interval '0' end`,
  )
}

/** What a recurring job needs once: its row. */
export const enterRecurring = (node: Node, clock: Clock): Promise<void> =>
  node.engine.database.transaction(async (tx) => {
    for (const { name } of catalogue.recurring) await jobs.insertRecurring(tx, name, clock.now())
  })

/** What the live pages of a node hear of what a transaction has said. */
export function topicsHeard(live: Live, said: readonly string[]): Set<string> {
  const topics = new Set<string>()
  const end = live.subscribe((heard) => heard.forEach((topic) => topics.add(topic)))
  for (const payload of said) live.publish(JSON.parse(payload) as string[])
  end()
  return topics
}

class Struck extends Error {
  readonly how: FaultKind
  constructor(how: FaultKind) {
    super(how)
    this.how = how
  }
}

const isClaim = /^(?!with jobs as \(insert\b).*\breturning\b/s
const leavesWork = /\b(insert into|update|delete from) (events|jobs|nodes)\b/

/** What is read of a message, or of a mail of an update, right before it goes out. */
const looksAtMessages = /^select id, status from notifications where id = any/
const looksAtMail = /from subscribers where confirmed_at is not null\s+and address_hash = \(select address_hash from update_mails/
const lookedAt = ({ text, values }: Sql): string[] =>
  looksAtMessages.test(text) ? (values[0] as string[]) : looksAtMail.test(text) ? [(values.slice(0, 2) as string[]).join('.')] : []

const away = (): Error => Object.assign(new Error('Connection terminated unexpectedly'), { code: '57P01' })
const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
/** Seconds: shorter and longer than is waited for an answer. */
const silences = [5, 12, 40]
const raceLost = (): Error => Object.assign(new Error('could not serialize access'), { code: '40001' })
const never = <T>(): Promise<T> => new Promise<T>(() => {})

/** What is noticed of a transaction: what it does afterwards and at its end, what it says to other nodes, which messages it looks at, that it leaves something. */
type Watching = {
  afterCommit: (() => void)[]
  afterEnd: ((isCommitted: boolean) => void)[]
  said: string[]
  looked: string[]
  wrote: () => void
}

function faultyDatabase(name: string, live: Live, world: NodeWorld): Database {
  const { database, schedule, faults, random, clock } = world
  return {
    ...database,
    async transaction<T>(work: (tx: Transaction) => Promise<T>, options?: { durable?: boolean }): Promise<T> {
      await schedule.gate('a transaction')
      const answersAt = await reach()
      const { losses } = world.seen
      const task = schedule.current()
      const now = { seen: world.seen.commits, lookedAt: clock.now() }
      Object.assign(task, now)
      const looked: string[] = []
      const afterCommit: (() => void)[] = []
      const afterEnd: ((isCommitted: boolean) => void)[] = []
      const said: string[] = []
      let wrote = false
      let commit: Commit | undefined
      let result: T
      let crash: () => Struck | undefined = () => undefined
      try {
        result = await schedule.during(async () => {
          try {
            return await database.transaction(async (tx) => {
              const { wrapped, end, ...struck } = struckSomewhere(tx, { afterCommit, afterEnd, said, looked, wrote: () => (wrote = true) })
              crash = struck.crash
              const answer = await work(wrapped)
              end()
              return answer
            }, options)
          } finally {
            // Also when it failed: the commit goes out right behind what is sent last, and is there when that is struck.
            if (wrote) commit = await world.committed(said)
          }
        })
      } catch (error) {
        // Whatever the work has made of it: a node that has crashed does nothing more.
        const struck = crash()
        if (!struck) {
          for (const done of afterEnd) done(false)
          throw error
        }
        world.crashed(name, struck.how)
        return never<T>()
      }
      // One that hears that it has lost what it was about to send has not looked.
      for (const id of looked) world.seen.looks.set(`${name} ${id}`, [...(world.seen.looks.get(`${name} ${id}`) ?? []), now])
      if (faults.strikes('crash after the commit')) {
        world.crashed(name, 'crash after the commit')
        return never<T>()
      }
      // Of a server that is not there any more nothing is heard.
      const isUnheard = answersAt !== undefined && ((await isUnheardUntil(answersAt)) || world.seen.losses > losses)
      if (isUnheard || faults.strikes('connection lost after the commit')) {
        for (const done of afterEnd) done(false)
        throw away()
      }
      const topics = new Set<string>()
      const end = live.subscribe((heard) => heard.forEach((topic) => topics.add(topic)))
      for (const done of afterCommit) done()
      for (const done of afterEnd) done(true)
      end()
      if (commit) world.heard(name, commit, topics)
      if (commit && commit.events.length > 0 && options?.durable !== false) world.seen.witnessed.push({ node: name, commit: commit.index })
      return result
    },
  }

  /** Waits until its answer comes. True when it never does. */
  async function isUnheardUntil(at: number): Promise<boolean> {
    await schedule.gate('an answer', instant(at))
    return random.chance(0.5)
  }

  /** Waits until the database hears of the transaction. Throws when it never does. Answers when it is heard of, in epoch milliseconds: undefined is at once. */
  async function reach(): Promise<number | undefined> {
    const absence = world.away.of(name)
    if (absence?.how === 'refuses') throw refused()
    const isOfAlerts = sendsAlerts.has(schedule.current().name)
    const isLate = faults.strikes(isOfAlerts ? 'alerts silent before the transaction' : 'silent before a transaction')
    const until = absence?.until ?? epochMs(addSeconds(clock.now(), random.one(silences)))
    if (isLate || (absence && random.chance(0.7))) {
      await schedule.gate('a silent database', instant(until))
      if (random.chance(0.5)) throw away()
    } else if (absence || faults.strikes(isOfAlerts ? 'alerts silent after the commit' : 'silent after the commit')) return until
    return undefined
  }

  /** A transaction with the one fault that strikes in it, if any. Once it has struck, nothing of it works any more. */
  function struckSomewhere(tx: Transaction, { afterCommit, afterEnd, said, looked, wrote }: Watching) {
    const kinds = ['crash before a statement', 'crash after a statement', 'connection lost at a statement', 'race lost'] as const
    const kind = kinds.find((one) => faults.strikes(one))
    const at = kind ? random.between(1, 8) : 0
    let count = 0
    let broken: Error | undefined
    const strike = (): never => {
      broken = kind === 'race lost' ? raceLost() : kind === 'connection lost at a statement' ? away() : new Struck(kind!)
      throw broken
    }
    if (faults.strikes('database read-only'))
      broken = Object.assign(new Error('cannot execute in a read-only transaction'), { code: '25006' })
    const wrapped: Transaction = {
      ...tx,
      async query(statement) {
        if (broken) throw broken
        count++
        if (count === at && kind !== 'crash after a statement') strike()
        const rows = world.inAnyOrder(statement.text, await tx.query(withoutTraces(statement)))
        looked.push(...lookedAt(statement))
        // A claim that found nothing changes nothing.
        if (leavesWork.test(statement.text) && (rows.length > 0 || !isClaim.test(statement.text))) wrote()
        if (count === at && kind === 'crash after a statement') strike()
        return rows as never
      },
      notify: async (channel, payload) => void (channel === 'tocsin_live' && said.push(payload)),
      afterCommit: (done) => void afterCommit.push(done),
      afterEnd: (done) => void afterEnd.push(done),
    }
    const end = () => {
      if (broken) throw broken
      // It had fewer statements than that: then it strikes at the commit.
      if (at > count) strike()
      if (faults.strikes('crash before the commit')) throw (broken = new Struck('crash before the commit'))
    }
    return { wrapped, end, crash: () => (broken instanceof Struck ? broken : undefined) }
  }
}

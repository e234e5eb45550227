// Where the way in meets the alerts: keys in memory, and group commit. Everything that waits while a transaction runs goes into the next one;
// what is more than one transaction can read is kept unread, and read afterwards in its order (`backlog.ts`). While the database is away all of it goes
// into a file (`outage/`).
import { system } from '#kernel/actor.ts'
import { AppError } from '#kernel/errors.ts'
import { endsLast, weightOf, type Signal } from '#kernel/signal.ts'
import { latest, type Instant } from '#kernel/time.ts'
import {
  allKeys,
  ingestInOrder,
  insertRefused,
  isLate,
  keyHash,
  keyPlace,
  requestRefused,
  signalsTogether,
  TakenFromFile,
  takeInOnce,
  type Batch,
  type IntegrationId,
  type IntegrationKey,
} from '#domains/alerts/index.ts'
import { takeInChanges } from '#domains/changes/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { isAway } from '#platform/database/database.ts'
import type { InboundIntegration, InboundStore } from '#platform/http/inbound.ts'
import { createFlood, createPace, type Flood, type ToKeep } from './flood.ts'
import type { Rehearsal } from './heartbeat.ts'
import type { LookBack } from './outage/look-back.ts'
import type { KeyedBatch, Outage } from './outage/outage.ts'
import { realTiming, type Timing } from './timing.ts'

/** More than this at once is a flood, and of one sender so much belongs to it. */
const floodAbove = { rowsWaiting: 2000, rowsOfOne: 250 }
// Who has so much waiting at once stands in a line of its own, so that the others do not wait for its transactions.
const manyRows = 4
// For so long they stand there, however little of theirs waits at a moment; and so long after somebody else sent something, that line rests twice as long as it works.
const manyForMs = 1000
// What one transaction takes: who sends one alert does not wait for whoever sends a thousand.
const rowsPerCommit = 128
// A request of so many bytes that comes in a flood belongs to it.
const floodBytes = 64 * 1024
// What one sender may have kept in a second before its answers wait: about 15,000 alerts. It is refused nothing.
const bytesPerSecond = 4 * 1024 * 1024
// About what an alert takes of a request that is kept unread.
const bytesPerSignal = 300
// What may wait for its commit; above it the sender is told to come back.
const maxWaitingBytes = 64 * 1024 * 1024

/** What `find` hands out comes back to `accept`: an integration with where its alerts belong. */
type Known = InboundIntegration & Pick<Batch['integration'], 'serviceId' | 'teamId'>
type Keys = Map<string, Known>
/** Of whom less, or more, waits at a moment. */
type Line = 'few' | 'many'
/** A request's alerts that are not stored yet. */
type Waiting = { batch: KeyedBatch; resolve: () => void; reject: (error: unknown) => void }

export type Intake = InboundStore & {
  /** Reads the keys anew: when an integration or a service changed on any node, and before the first request. */
  refreshKeys(): void
  load(): Load
}
/** It keeps what comes, so that all of it gets in; somebody who sends little has sent something a moment ago, and waits for whatever is done; or neither. */
export type Load = 'flooded' | 'shared' | 'calm'
export type IntakeOptions = {
  /** Where things go while the database is away; without it they are refused then. */
  outage?: Pick<Outage, 'holds' | 'keep' | 'disown' | 'lastKnown'>
  /** What remembers what was taken in, in case the database loses it. */
  lookBack?: Pick<LookBack, 'took' | 'doubt'> | undefined
  /** Synthetic alerts, under a key of their own. */
  rehearsal?: Rehearsal
  /** A database that has not answered after so long counts as away, for one that is cut off says nothing at all. */
  deadlineMs?: number
  timing?: Timing
  /** A simulation has a flood of less. */
  isFloodAbove?: typeof floodAbove
}

export function createIntake(
  engine: Engine,
  { outage, lookBack, rehearsal, deadlineMs, timing = realTiming, isFloodAbove = floodAbove }: IntakeOptions = {},
): Intake {
  let keys: Promise<Keys> | undefined
  let lastKeys: Keys | undefined
  let keysOfEarlier: Keys | undefined
  const queue: Waiting[] = []
  const linesAtWork = new Set<Line>()
  const manyUntil = new Map<IntegrationId, number>()
  let fewAt = -Infinity
  // Of whom something is being stored at this moment: what else they have sent waits, so that nothing of it overtakes.
  const beingStored = new Set<IntegrationId>()
  let waitingBytes = 0
  let cameAt: Instant | undefined
  const flood = createFlood(engine, commit, timing)
  const pace = createPace(bytesPerSecond, timing)

  const readKeys = () => engine.transact(system('alerts.intake'), async ({ scope }) => keysOf(await allKeys(scope)), { durable: false })

  const keysOf = (rows: readonly IntegrationKey[]): Keys =>
    new Map(
      rows.map(({ keyHash: hash, secretSealed, ...known }) => [
        hash,
        { ...known, secret: secretSealed ? engine.vault.unseal(secretSealed, keyPlace(known.id)) : undefined },
      ]),
    )

  /** While the database is away, the keys that were read last. */
  async function known(hash: string) {
    if (engine.rarely('forgets the keys that it knows')) keys = undefined
    keys ??= inTime(readKeys()).then(
      (read) => (lastKeys = read),
      (error: unknown) => {
        keys = undefined
        if (!isAway(error)) throw error
        return lastKeys ?? keysBefore(error)
      },
    )
    const found = (await keys).get(hash)
    // A key that was made after the earlier process had ended is not known here, and its sender must try again.
    if (!found && lastKeys === undefined) throw notKnown('this key was not there when it was last read')
    return found
  }

  /** Those that an earlier process of this node has left. */
  function keysBefore(cause: unknown): Keys {
    if (!outage) throw cause
    const rows = outage.lastKnown()?.rules.keys
    if (!rows) throw notKnown('this node has never read which keys there are', cause)
    return (keysOfEarlier ??= keysOf(rows))
  }

  /** A clock that is set back does not turn round what came. */
  const arrival = (): Instant => (cameAt = cameAt === undefined ? engine.clock.now() : latest(cameAt, engine.clock.now()))

  const keyed = (signals: readonly Signal[]): KeyedBatch['signals'] =>
    signals.map((signal) => ({ ...signal, dedupKey: signal.dedupKey ?? engine.newId('evt') }))

  function inTime<T>(work: Promise<T>): Promise<T> {
    if (deadlineMs === undefined) return work
    const late = Promise.withResolvers<never>()
    const end = timing.after(deadlineMs, () => late.reject(new DatabaseSilent(deadlineMs)))
    return Promise.race([work, late.promise]).finally(end)
  }

  /**
   * Stores what waits in a line, a transaction at a time. Beside both lines is the lane of what a flood has kept (`flood.ts`); an integration is in one of
   * them at a time.
   */
  async function workOff(line: Line): Promise<void> {
    if (linesAtWork.has(line)) return
    linesAtWork.add(line)
    for (let taken = takeFrom(line); taken.length > 0; taken = takeFrom(line)) {
      const ids = new Set(taken.map(idOf))
      for (const id of ids) beingStored.add(id)
      const began = timing.elapsedMs()
      await storeOrKeep(taken)
      for (const id of ids) beingStored.delete(id)
      await rest(line, timing.elapsedMs() - began)
      // What has come meanwhile of whom it stored may belong there.
      if (queue.length > 0) void workOff(line === 'few' ? 'many' : 'few')
    }
    linesAtWork.delete(line)
  }

  /** Who sends very much leaves the others their turn: of the node, of the database and of the processors. */
  async function rest(line: Line, workedMs: number): Promise<void> {
    if (line === 'few') fewAt = timing.elapsedMs()
    else if (isShared()) await new Promise<void>((resolve) => void timing.after(2 * workedMs, resolve))
  }

  const isShared = () => timing.elapsedMs() - fewAt < manyForMs

  function takeFrom(line: Line): Waiting[] {
    const free = queue.filter((one) => !beingStored.has(idOf(one)))
    const now = timing.elapsedMs()
    for (const [id, some] of Map.groupBy(free, idOf)) if (rowsOf(some) >= manyRows) manyUntil.set(id, now + manyForMs)
    for (const [id, until] of manyUntil) if (until <= now) manyUntil.delete(id)
    const taken = new Set(free.filter((one) => (manyUntil.has(idOf(one)) ? 'many' : 'few') === line))
    if (taken.size > 0) queue.splice(0, queue.length, ...queue.filter((one) => !taken.has(one)))
    return [...taken]
  }

  async function storeOrKeep(taken: Waiting[]): Promise<void> {
    if (outage?.holds()) {
      const { behind = [], apart = [] } = Object.groupBy(taken, (one) => (flood.has(idOf(one)) ? 'behind' : 'apart'))
      flood.put(behind)
      return keepApart(outage, apart)
    }
    const { now, later } = shared(taken, flood, isFloodAbove)
    if (later.length > 0) flood.put(later)
    const { turns, rest } = inTurns(now, engine.rarely('takes in one alert a transaction') ? 1 : rowsPerCommit)
    queue.unshift(...rest)
    if (turns.length > 0) await commit(turns, store)
  }

  async function commit<One extends ToKeep>(taken: One[], how: (some: readonly One[], id: string) => Promise<unknown>): Promise<void> {
    // What waited behind a commit of which nothing was heard stands behind it in the file too.
    if (outage?.holds()) return keepApart(outage, taken)
    const id = engine.newId('evt')
    try {
      await inTime(how(taken, id))
      lookBack?.took(id, taken)
      taken.forEach((one) => one.resolve())
    } catch (error) {
      if (isAway(error)) void lookBack?.doubt()
      // It may have been committed all the same, or will be: by its id, whoever reads the file sees that.
      if (outage && isAway(error)) return keepApart(outage, taken, id)
      // One bad batch must not cost the others: each by itself.
      if (taken.length > 1 && !(error instanceof AppError)) for (const one of taken) await commit([one], how)
      else taken.forEach((one) => one.reject(error))
    }
  }

  /** In their order, under the name of the commit. What was not read yet is read for it, for people have to be told of it; the rest of the lane waits. */
  async function keepApart(place: NonNullable<typeof outage>, taken: readonly ToKeep[], commit?: string): Promise<void> {
    const writing: Promise<void>[] = []
    const disown = () => void (commit !== undefined && place.disown(commit))
    for (const one of taken) {
      try {
        const batch = 'batch' in one ? one.batch : { ...one.request, signals: endsLast(keyed(await one.read())) }
        if (batch.signals.length === 0) {
          // There is nothing in it, or it could not be read: then its sender hears so.
          disown()
          one.resolve()
        } else writing.push(place.keep([batch as KeyedBatch], commit).then(one.resolve, one.reject))
      } catch (error) {
        disown()
        one.reject(error)
      }
    }
    await Promise.all(writing)
  }

  /** A rule that cannot be carried out must not cost an alert: then it is stored first, and decided about by a reaction that tries again. */
  async function store(waiting: readonly Waiting[], id: string): Promise<unknown> {
    const batches = waiting.map(({ batch }) => batch)
    const take = async (how?: Parameters<typeof ingestInOrder>[2]): Promise<unknown> => {
      let again = false
      const taken = await engine
        .transact(system('alerts.intake'), async (context) => {
          await takeInOnce(context, id, () => ingestInOrder(context, batches, how))
          // It is in the file too by now: its senders heard yes, and may have told another node that it is over.
          again = isLate(context.now, engine.clock.now()) && batches.some(({ heardAt }) => !isLate(heardAt!, context.now))
          if (again) throw new TookLong()
        })
        .catch((error: unknown) => {
          if (!again) throw error
        })
      return again ? take(how) : taken
    }
    try {
      return await take(engine.rarely('stores an alert before it decides about it') ? { decides: 'later' } : undefined)
    } catch (error) {
      if (error instanceof AppError || error instanceof TakenFromFile || isAway(error)) throw error
      return take({ decides: 'later' })
    }
  }

  /** Throws AppError 'too-many' when more waits than may. */
  async function waitingFor(bytes: number, begin: (resolve: () => void, reject: (error: unknown) => void) => void): Promise<void> {
    // One that nothing waits before gets in, whatever it weighs.
    if (waitingBytes > 0 && waitingBytes + bytes > maxWaitingBytes)
      throw new AppError('too-many', 'More alerts are waiting to be stored than fit. Send it again in a moment.', { retryAfterSeconds: 2 })
    waitingBytes += bytes
    return new Promise<void>(begin).finally(() => void (waitingBytes -= bytes))
  }

  return {
    refreshKeys() {
      keys = undefined
      void known('').catch(() => undefined)
    },
    load: () => (flood.isNow() ? 'flooded' : isShared() ? 'shared' : 'calm'),
    async find(key) {
      const hash = keyHash(key)
      return hash === rehearsal?.keyHash ? rehearsed : known(hash)
    },
    async accept(integration, signals: Signal[]) {
      if (rehearsal && integration === rehearsed) return inTime(rehearsal.accept(signals))
      const all = keyed(signals)
      await waitingFor(weightOf(signals), (resolve, reject) => {
        queue.push({ batch: { integration: placeOf(integration), signals: endsLast(all), heardAt: arrival() }, resolve, reject })
        void workOff('few')
        void workOff('many')
      })
      return all.map(({ dedupKey }) => dedupKey)
    },
    async keepUnread(integration, subpath, body, read) {
      const place = placeOf(integration)
      if (!flood.isNow() || outage?.holds() || (body.length < floodBytes && !flood.has(place.id))) return false
      const unread = { subpath, body, count: Math.ceil(body.length / bytesPerSignal) }
      const heardAt = arrival()
      await waitingFor(body.length, (resolve, reject) => {
        void pace(place.id, body.length).then(() =>
          flood.put([{ request: { integration: place, unread, heardAt }, read, resolve, reject }]),
        )
      })
      return true
    },
    async acceptChanges(integration, changes) {
      if (integration === rehearsed) return
      await inTime(engine.transact(system('changes.intake'), (context) => takeInChanges(context, placeOf(integration), changes)))
    },
    async keepRefused(integration, status, reason, request) {
      if (integration === rehearsed) return
      const body = Buffer.from(request.body.subarray(0, 64 * 1024))
        .toString('utf8')
        .replaceAll('\0', '\ufffd')
      const kept = engine.transact(system('alerts.intake'), async ({ scope, emit }) => {
        const isFirst = await insertRefused(scope, integration.id, { status, reason, path: request.path.slice(0, 200), body })
        if (isFirst) await emit(requestRefused, { integrationId: integration.id as IntegrationId, status })
      })
      // Its sender hears what was wrong with it, whether or not it can be shown to its owner.
      await inTime(kept).catch((error: unknown) => {
        if (!outage || !isAway(error)) throw error
      })
    },
  }
}

const rehearsed: Known = { id: 'rehearsal', kind: 'alertmanager', secret: undefined, serviceId: null, teamId: null }

const placeOf = (integration: InboundIntegration): Batch['integration'] => {
  const { serviceId, teamId } = integration as Known
  return { id: integration.id as IntegrationId, serviceId, teamId }
}

const idOf = ({ batch }: Waiting): IntegrationId => batch.integration.id

const notKnown = (why: string, cause?: unknown): AppError =>
  new AppError('unavailable', `The database is away, and ${why}: nothing was taken in. Send it again in a moment.`, {
    cause,
    retryAfterSeconds: 10,
  })

/** So much time has passed since a transaction began that all of it is asked again, as what is late. */
class TookLong extends Error {}

/** `code` as of a connection that timed out, so that it counts as a database that is away. */
class DatabaseSilent extends Error {
  readonly code = 'ETIMEDOUT'
  constructor(ms: number) {
    super(`the database has not answered for ${ms} ms`)
  }
}

/**
 * What can be read at once, and what is kept for later: first of all that of integrations which send very much, and of those of which something
 * is being kept already.
 */
function shared(taken: readonly Waiting[], flood: Flood, above: typeof floodAbove): { now: Waiting[]; later: Waiting[] } {
  const isKept = ({ batch }: Waiting) => flood.has(batch.integration.id)
  if (!flood.isNow() && rowsOf(taken) <= above.rowsWaiting) return { now: taken.filter((one) => !isKept(one)), later: taken.filter(isKept) }
  const floods = new Set<string>()
  for (const [id, some] of Map.groupBy(taken, ({ batch }) => batch.integration.id)) if (rowsOf(some) > above.rowsOfOne) floods.add(id)
  const isLater = (one: Waiting) => isKept(one) || floods.has(one.batch.integration.id)
  const now = taken.filter((one) => !isLater(one))
  return rowsOf(now) > above.rowsWaiting ? { now: [], later: [...taken] } : { now, later: taken.filter(isLater) }
}

/** What the next transaction takes: of each request in its order a part that is not too large. A request is answered when all of it is stored. */
function inTurns(now: readonly Waiting[], mostRows: number): { turns: Waiting[]; rest: Waiting[] } {
  const turns: Waiting[] = []
  const rest: Waiting[] = []
  let room = mostRows
  for (const one of now) {
    const { signals } = one.batch
    const most = Math.min(signalsTogether, room)
    // What would be split for want of room waits, and with it whatever stands behind.
    if (turns.length > 0 && signals.length > most && signals.length <= signalsTogether) room = 0
    if (room <= 0) rest.push(one)
    else if (signals.length <= most) turns.push(one)
    else {
      turns.push({ batch: { ...one.batch, signals: signals.slice(0, most) }, resolve: () => undefined, reject: one.reject })
      rest.push({ ...one, batch: { ...one.batch, signals: signals.slice(most) } })
    }
    room -= Math.min(most, signals.length)
  }
  return { turns, rest }
}

const rowsOf = (some: readonly Waiting[]): number => some.reduce((sum, { batch }) => sum + batch.signals.length, 0)

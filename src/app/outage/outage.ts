// The database is away: what comes in is written to a file and answered as ever, whoever was last known to be on call is told, and when it is back all of
// it is taken in, in its order, each piece once.
import { system, type UserId } from '#kernel/actor.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { Signal } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import { disownCommits, nameOfPiece, takeFromSpool, type Batch, type SpoolLine, type SpoolPiece } from '#domains/alerts/index.ts'
import { degradedToken } from '#domains/notifications/index.ts'
import { isAway } from '#platform/database/database.ts'
import type { Metrics } from '#platform/metrics.ts'
import { realTiming, type Timing } from '../timing.ts'
import { createGathering, type Told } from './gathering.ts'
import { createHandOver } from './hand-over.ts'
import type { KnownFile } from './known-file.ts'
import { foreseeTold, readLastKnown, type Foreseen, type LastKnown } from './last-known.ts'
import type { LookBack } from './look-back.ts'
import type { Spool } from './spool.ts'
import { createTaking, type Message, type MessageId, type TakenLine } from './taking.ts'
import { createTelling, type TellingParts } from './telling.ts'
import { degradedMessage } from './words.ts'

export type KeyedBatch = Omit<Batch, 'signals'> & { signals: (Signal & { dedupKey: string })[] }

export type Outage = {
  /** Whether something is kept here that the database does not have yet, or what was refused may still be done: then what comes has to stand behind it. */
  holds(): boolean
  /** Resolves when it is on this node's disk. `commit`: one that may have taken all of it in. Throws when the disk cannot take it; then that is disowned. */
  keep(batches: readonly KeyedBatch[], commit?: string): Promise<void>
  /** A part of what this commit was to take in was refused. Were it done later it would overtake what its sender sends again: when the database is back it cannot be. */
  disown(commit: string): void
  /** What this process has read last, or the one before it. */
  lastKnown(): LastKnown | undefined
  /** What this person was told; undefined when this node does not know. */
  told(id: MessageId, userId: UserId): Message | undefined
  /** The person has what they were told of. Resolves when that is on this node's disk; again: nothing changes. Throws as `keep` does. */
  take(message: Message): Promise<void>
  /** One look: takes in what is kept when the database is back; while it is away, tells who is due. */
  look(): Promise<void>
  start(): Promise<void>
  /** Resolves when nobody is being told any more and who was told stands in the file: the next process does not tell them again. */
  stop(): Promise<void>
}

/**
 * `file` keeps what is last known for the next process; without it this one begins knowing nothing. `silentMs`: after so long a database that says nothing is not
 * waited for any more before people are told. `lookBack` remembers what was handed over, in case the database loses it.
 */
export type OutageParts = TellingParts & {
  spool: Spool
  file?: KnownFile
  lookBack?: Pick<LookBack, 'took'> | undefined
  metrics?: Metrics
  silentMs?: number
  timing?: Timing
}

const lookEveryMs = 1000
/** What was last known is read again when something has changed, at most so often. */
const readEveryMs = 5000

export function createOutage({ spool, file, lookBack, metrics, silentMs = 8000, timing = realTiming, ...parts }: OutageParts): Outage {
  const { engine, log } = parts
  const gathering = createGathering()
  const stopping = new AbortController()
  const taking = createTaking()
  const telling = createTelling(parts, stopping.signal, timing)
  const handOver = createHandOver(takePiece, log)
  let known = file?.read()
  let hasRecalled = false
  const beingTaken = new Map<MessageId, Promise<void>>()
  const beingTold = new Set<Promise<void>>()
  let readAt = -Infinity
  let changed = true
  const unsubscribe = engine.live.subscribe(() => void (changed = true))
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let working: Promise<void> | undefined
  const disowned = new Set<string>()
  /** When a piece was taken in: nobody is told that the database is away while the rest follows. */
  let answeredAt = -Infinity

  const isCaughtUp = () => spool.isEmpty() && disowned.size === 0

  async function takePiece(piece: SpoolPiece): Promise<boolean> {
    const { isWhole, kept } = await engine.transact(system('alerts.intake'), (context) => takeFromSpool(context, piece, taking.takenBy))
    lookBack?.took(
      nameOfPiece(piece),
      kept.map((batch) => ({ batch })),
    )
    return isWhole
  }

  async function takeIn(): Promise<void> {
    await recallLeft()
    await giveUpDisowned()
    await spool.drain(async (piece) => {
      const isWhole = await handOver(piece)
      answeredAt = timing.elapsedMs()
      return isWhole
    })
    gathering.clear()
    taking.clear()
    log.warn('the database answers: what was kept is taken in')
  }

  async function giveUpDisowned(): Promise<void> {
    const commits = [...disowned]
    if (commits.length === 0) return
    await engine.transact(system('alerts.intake'), (context) => disownCommits(context, commits))
    for (const commit of commits) disowned.delete(commit)
  }

  async function look(): Promise<void> {
    working ??= askDatabase().finally(() => (working = undefined))
    const silent = Promise.withResolvers<void>()
    const end = timing.after(silentMs, silent.resolve)
    await Promise.race([working, silent.promise]).finally(end)
    metrics?.spooled.set(spool.isEmpty() ? 0 : 1)
    if (!spool.isEmpty() && timing.elapsedMs() - answeredAt >= silentMs)
      for (const told of gathering.due(engine.clock.now())) {
        const telling = tell(told)
          .catch((error: unknown) =>
            log.error({ err: error, user: told.person.userId }, 'somebody could not be told that the database is away'),
          )
          .finally(() => beingTold.delete(telling))
        beingTold.add(telling)
      }
  }

  async function askDatabase(): Promise<void> {
    try {
      if (!isCaughtUp()) await takeIn()
      else if (changed && timing.elapsedMs() - readAt >= readEveryMs) {
        changed = false
        known = await readLastKnown(engine)
        readAt = timing.elapsedMs()
        await file?.write(known).catch((error: unknown) => log.error({ err: error }, 'what is last known could not be kept in its file'))
      }
    } catch (error) {
      changed = true
      if (!isAway(error)) log.error({ err: error }, 'what was kept while the database was away could not be taken in; it is tried again')
    } finally {
      answeredAt = -Infinity
    }
  }

  function gather(last: LastKnown, { integration, signals, at }: Extract<SpoolLine, { kind: 'signals' }>): void {
    for (const signal of signals as KeyedBatch['signals']) {
      const { dedupKey } = signal
      if (signal.action !== 'trigger') gathering.over({ integrationId: integration.id, dedupKey, at })
      else gathering.triggered({ integrationId: integration.id, dedupKey, at }, () => foreseen(last, integration, signal, at))
    }
  }

  /** Whoever administers hears of what cannot be decided by what was read: perhaps another version wrote it. */
  function foreseen(...[last, integration, signal, at]: Parameters<typeof foreseeTold>): Foreseen | undefined {
    try {
      return foreseeTold(last, integration, signal, at)
    } catch (error) {
      log.error({ err: error }, 'who is to be told could not be decided: those who administer are')
      const { title, dedupKey } = signal
      return { groupKey: `${integration.id} ${dedupKey}`, title, service: '', people: last.quiet ? [] : last.administrators }
    }
  }

  /** Once, what an earlier process kept: of what it did not live to tell people are told now, and what somebody took stays theirs. */
  async function recallLeft(): Promise<void> {
    if (hasRecalled) return
    hasRecalled = true
    await spool.readLeft(recall).catch((error: unknown) => log.error({ err: error }, 'what an earlier process kept could not be read'))
  }

  function recall(line: SpoolLine): void {
    switch (line.kind) {
      case 'signals':
        if (known) gather(known, line)
        return
      case 'told': {
        const told = gathering.wasTold(line.userId, line.groups ?? [])
        if (told && line.message !== undefined) taking.add(line.message as MessageId, told, line.at)
        return
      }
      case 'taken':
        noteTaken(taking.find(line.message as MessageId, line.userId), [line], line.at)
    }
  }

  function noteTaken(message: Message | undefined, lines: readonly TakenLine[], at: Instant): void {
    taking.note(message, lines, at)
    gathering.taken(message?.alerts.map(({ groupKey }) => groupKey) ?? [])
  }

  async function takeOnce(message: Message): Promise<void> {
    const at = engine.clock.now()
    const lines = taking.linesOf(message, at)
    if (lines.length > 0) await spool.append(lines)
    noteTaken(message, lines, at)
    log.warn({ user: message.person.userId, alerts: message.alerts.length }, 'somebody has what they were told of')
  }

  async function tell(told: Told): Promise<void> {
    const { alerts } = told
    const { userId } = told.person
    const { id, ended } = taking.add(engine.newId('evt'), told, engine.clock.now())
    const url = `${engine.publicUrl}/p/degraded/${degradedToken(engine.signer, { userId, messageId: id })}`
    const message = { ...degradedMessage(told, known!.at), key: `degraded-${id}`, url }
    if (!(await telling(known!.addresses.get(userId) ?? [], message, ended))) return
    log.warn({ user: userId, alerts: alerts.length }, 'the database is away: the last known person on call was told')
    const at = engine.clock.now()
    const lines = [...Map.groupBy(alerts, ({ integrationId }) => integrationId)].map(
      ([integrationId, some]) =>
        ({
          kind: 'told',
          at,
          userId,
          integrationId,
          alerts: some.length,
          message: id,
          groups: some.map(({ groupKey }) => groupKey),
        }) as const,
    )
    await spool.append(lines).catch((error: unknown) => log.error({ err: error }, 'that somebody was told could not be kept'))
  }

  async function loop(): Promise<void> {
    await (looking = look())
    if (!stopping.signal.aborted) timer = setTimeout(() => void loop(), lookEveryMs)
  }

  return {
    holds: () => !isCaughtUp(),
    disown: (commit) => void disowned.add(commit),

    async keep(batches, commit) {
      const now = engine.clock.now()
      const wasEmpty = spool.isEmpty()
      const lines = batches.map(
        ({ integration, signals, heardAt }) =>
          ({ kind: 'signals', at: heardAt ?? now, integration, signals, ...(commit === undefined ? {} : { commit }) }) as const,
      )
      try {
        await spool.append(lines)
      } catch (error) {
        if (commit !== undefined) disowned.add(commit)
        throw error
      }
      if (wasEmpty) log.error('the database is away: what comes in is kept in a file of this node')
      if (known) for (const line of lines) gather(known, line)
    },
    lastKnown: () => known,
    told: taking.find,

    async take(message) {
      if (message.takenAt !== undefined) return
      // Of two presses of the button only one is written down.
      const first = beingTaken.get(message.id) ?? takeOnce(message).finally(() => beingTaken.delete(message.id))
      beingTaken.set(message.id, first)
      await first
    },

    look,
    start: loop,
    async stop() {
      stopping.abort()
      unsubscribe()
      clearTimeout(timer)
      await looking
      await allOfThem([...beingTold])
      await spool.close()
    },
  }
}

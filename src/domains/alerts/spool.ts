// What a node had written into a file while the database was away comes in here: each line once, whoever stops in the middle, and nothing that the
// database has all the same, for the answer to a commit may be all that was lost.
import type { UserId } from '#kernel/actor.ts'
import { defineRecurring } from '#kernel/define.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { Signal } from '#kernel/signal.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { keep, refuseKept } from './backlog.ts'
import * as store from './backlog-store.ts'
import type { Context } from './dispatch.ts'
import { forgetEarlyEnds } from './end-store.ts'
import { thoseThatAre } from './integration-store.ts'
import { spoolRead, spoolSetAside, tookDegraded, toldDegraded, type IntegrationId } from './events.ts'
import type { Batch } from './ingest.ts'
import { takingOf, type KeptSignal } from './taken.ts'

const keptSeconds = 3 * 86_400

/**
 * What came through an integration at a time (`commit`: of which nobody knows whether that took it in), or whom a node told about how many alerts of it, by
 * what it last knew (`groups`: keys of their groups, as it foresaw them; `message`: what they were sent), or who said of which alerts of it that they have them.
 */
export type SpoolLine =
  | { kind: 'signals'; at: Instant; integration: Batch['integration']; signals: Signal[]; commit?: string }
  | { kind: 'told'; at: Instant; userId: UserId; integrationId: IntegrationId; alerts: number; groups?: string[]; message?: string }
  | { kind: 'taken'; at: Instant; userId: UserId; message: string; integrationId: IntegrationId; keys: string[] }

/** A line that is not what it was, or cannot be taken in, and why. `integrationId`: the one that is named in it. */
export type UnreadLine = { kind: 'unread'; reason: string; text: string; integrationId: IntegrationId | undefined }

/** Lines of one file that follow each other; `from` is the number of the first, counted from 0. */
export type SpoolPiece = { file: string; from: number; lines: (SpoolLine | UnreadLine)[] }

/** A commit whose like was read from a file meanwhile, or that was disowned: everything of it is rolled back, and nothing is missing. */
export class TakenFromFile extends Error {}

/** Takes something in, in the current transaction, under a name that a file may have it under too. Throws TakenFromFile. */
export async function takeInOnce(context: Context, commit: string, work: () => Promise<unknown>): Promise<void> {
  const [isFirst] = await allOfThem([store.noteCommit(context.scope, commit), work()])
  if (!isFirst) throw new TakenFromFile('it was taken in from the file of a node, or refused')
}

/** What these commits were to take in was refused: those that are not done yet never will be. Waits for those that are under way. */
export const disownCommits = async ({ scope }: Context, commits: readonly string[]): Promise<void> =>
  void (await store.commitsThatFailed(scope, commits))

/** A file that comes back later than that is taken in whole, as if nothing of it had been over. */
export const forgetCommits = defineRecurring({
  name: 'alerts.forget-commits',
  everySeconds: 3600,
  async run({ scope, now }) {
    const before = addSeconds(now, -keptSeconds)
    await allOfThem([store.forgetCommits(scope, before), forgetEarlyEnds(scope, before)])
  },
})

/** Who has an alert that came at this time, and since when, by the lines that follow in the file. */
export type TakenBy = (integrationId: IntegrationId, dedupKey: string, at: Instant) => { userId: UserId; at: Instant } | undefined

/** The name under which a piece is taken in. */
export const nameOfPiece = ({ file, from, lines }: SpoolPiece): string => `${file} ${from} ${lines.length}`

/** `kept`: what stands in the backlog, or has stood there, in case the database loses it. */
export type TakenFromSpool = { isWhole: boolean; kept: Batch[] }

/**
 * Keeps the signals of a piece in the backlog, where they are read in order, and writes down who was told and who has what. What was taken in before is left
 * out, and what is of an integration that there is not (an older copy of the database was restored) is set aside. `takenBy`: whoever is asked, so that an
 * alert and who has it are read together; a line that says so comes too late to keep a page from beginning. Answers whether nothing was set aside.
 */
export async function takeFromSpool(context: Context, piece: SpoolPiece, takenBy: TakenBy = () => undefined): Promise<TakenFromSpool> {
  const { scope, emit } = context
  const { file, from, lines } = piece
  const read = await store.lockSpool(scope, file)
  // Not the first time when nothing was heard of it, or when it was lost and taken in from memory.
  const isFirst = await store.noteCommit(scope, nameOfPiece(piece))
  const unread = await withoutUnknown(scope, isFirst ? lines.slice(Math.max(0, read - from)) : lines)
  const inDoubt = unread.flatMap((line) => (line.kind === 'signals' && line.commit !== undefined ? [line.commit] : []))
  const failed = inDoubt.length === 0 ? new Set() : await store.commitsThatFailed(scope, [...new Set(inDoubt)])
  const fresh = unread.filter((line) => line.kind !== 'signals' || line.commit === undefined || failed.has(line.commit))
  const batches = fresh.flatMap((line): Batch[] => {
    if (line.kind === 'signals')
      return [{ integration: line.integration, signals: line.signals.map((signal) => keptOf(signal, line, takenBy)) }]
    if (line.kind !== 'taken') return []
    return [
      {
        integration: { id: line.integrationId, serviceId: null, teamId: null },
        signals: line.keys.map((key) => takingOf(key, line.userId, line.at)),
      },
    ]
  })
  const aside = fresh.filter((line) => line.kind === 'unread')
  const taken = { isWhole: aside.length === 0, kept: batches }
  if (!isFirst) {
    await store.saveSpool(scope, file, from + lines.length)
    return taken
  }
  if (batches.length > 0) await keep(context, batches)
  const sent = fresh.filter((line) => line.kind === 'signals')
  for (const [integrationId, some] of Map.groupBy(sent, ({ integration }) => integration.id))
    await emit(spoolRead, {
      integrationId,
      signals: some.reduce((sum, { signals }) => sum + signals.length, 0),
      since: some[0]!.at,
    })
  for (const line of fresh) {
    if (line.kind === 'told')
      await emit(toldDegraded, { userId: line.userId, integrationId: line.integrationId, alerts: line.alerts, toldAt: line.at })
    if (line.kind === 'taken')
      await emit(tookDegraded, { userId: line.userId, integrationId: line.integrationId, alerts: line.keys.length, tookAt: line.at })
  }
  await setAside(context, file, aside)
  await store.saveSpool(scope, file, from + lines.length)
  return taken
}

export const unreadOf = (line: SpoolLine, reason: string): UnreadLine => ({
  kind: 'unread',
  reason,
  text: JSON.stringify(line),
  integrationId: integrationOf(line),
})

const integrationOf = (line: SpoolLine): IntegrationId => (line.kind === 'signals' ? line.integration.id : line.integrationId)

async function withoutUnknown(scope: Context['scope'], lines: SpoolPiece['lines']): Promise<SpoolPiece['lines']> {
  const named = lines.flatMap((line) => (line.kind === 'signals' || line.kind === 'taken' ? [integrationOf(line)] : []))
  const known = named.length === 0 ? new Set() : await thoseThatAre(scope, [...new Set(named)])
  return lines.map((line) =>
    (line.kind === 'signals' || line.kind === 'taken') && !known.has(integrationOf(line))
      ? unreadOf(line, 'the database knows no such integration')
      : line,
  )
}

/** Each is shown to the owner of its integration, where there is one, and those who administer hear of all. */
async function setAside(context: Context, file: string, lines: readonly UnreadLine[]): Promise<void> {
  const [first] = lines
  if (!first) return
  const known = await thoseThatAre(context.scope, [...new Set(lines.flatMap(({ integrationId }) => integrationId ?? []))])
  for (const { integrationId, reason, text } of lines)
    if (integrationId !== undefined && known.has(integrationId))
      await refuseKept(context, integrationId, {
        status: 500,
        reason: `It was kept in a file of a node, and could not be taken in: ${reason}`,
        path: '',
        body: text,
      })
  await context.emit(spoolSetAside, { file, lines: lines.length, reason: first.reason.slice(0, 500) })
}

function keptOf(signal: Signal, { at, integration }: Extract<SpoolLine, { kind: 'signals' }>, takenBy: TakenBy): KeptSignal {
  const kept = { ...signal, startedAt: signal.startedAt ?? at, heardAt: at }
  const by = signal.action === 'trigger' && signal.dedupKey !== undefined ? takenBy(integration.id, signal.dedupKey, at) : undefined
  return by === undefined ? kept : { ...kept, takenBy: by.userId, takenAt: by.at }
}

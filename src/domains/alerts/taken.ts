// What a person took while the database was away: when its alert is read, its group is theirs in the same transaction, so that nobody is paged for it.
import type { Actor, UserId } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import type { Signal } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import { findUsers } from '#domains/directory/index.ts'
import type { IntegrationId } from './events.ts'
import { acknowledge } from './group-lifecycle.ts'
import { lockGroup, lockOpen } from './store.ts'

/**
 * A signal in the backlog: `takenBy` says who has the alert with its key, and `takenAt` since when; `heardAt` when it came, if it was in a node's file since.
 * A version before wrote no `takenAt`.
 */
export type KeptSignal = Signal & { takenBy?: UserId; takenAt?: Instant; heardAt?: Instant }

export type Taking = Pick<CommandContext, 'scope'> & { as: (actor: Actor) => CommandContext }

/** One that says nothing else: for an alert that may have been read before. A version that does not know of it reads that somebody has it. */
export const takingOf = (dedupKey: string, takenBy: UserId, takenAt: Instant): KeptSignal => ({
  action: 'acknowledge',
  dedupKey,
  title: 'Taken while the database was away',
  severity: 'info',
  labels: {},
  takenBy,
  takenAt,
})

export const saysOnlyThat = ({ action, takenBy }: KeptSignal): boolean => action === 'acknowledge' && takenBy !== undefined

/**
 * Acknowledges the groups of what was taken. Whoever may not sign in any more has nothing, what somebody else has stays theirs, and what began anew since,
 * through this node or another, is nobody's.
 */
export async function acknowledgeTaken({ scope, as }: Taking, integrationId: IntegrationId, signals: readonly KeptSignal[]): Promise<void> {
  const taken = takenIn(signals)
  if (taken.size === 0) return
  const people = (await findUsers(scope, [...new Set([...taken.values()].map(({ userId }) => userId))])).filter(
    ({ disabledAt }) => disabledAt === null,
  )
  const keys = [...taken.keys()]
  const open = await lockOpen(
    scope,
    keys.map(() => integrationId),
    keys,
  )
  const theirs = open.filter(({ dedupKey, firstAt }) => firstAt <= (taken.get(dedupKey)!.at ?? firstAt))
  const ownerOf = new Map(theirs.flatMap(({ groupId, dedupKey }) => (groupId ? [[groupId, taken.get(dedupKey)!.userId] as const] : [])))
  for (const [groupId, userId] of [...ownerOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const group = people.some(({ id }) => id === userId) ? await lockGroup(scope, groupId) : undefined
    if (group?.state === 'triggered') await acknowledge({ ...as(byLink(userId)), scope }, group)
  }
}

const byLink = (userId: UserId): Actor => ({
  kind: 'link',
  userId,
  linkId: 'degraded',
  rights: { everywhere: new Set(), inTeam: new Map(), seesEverything: false },
})

/** By key. What was over after that and began anew is nobody's. */
function takenIn(signals: readonly KeptSignal[]): Map<string, { userId: UserId; at: Instant | undefined }> {
  const taken = new Map<string, { userId: UserId; at: Instant | undefined }>()
  for (const { action, dedupKey, takenBy, takenAt } of signals) {
    if (dedupKey === undefined) continue
    if (action === 'resolve') taken.delete(dedupKey)
    else if (takenBy && !taken.has(dedupKey)) taken.set(dedupKey, { userId: takenBy, at: takenAt })
  }
  return taken
}

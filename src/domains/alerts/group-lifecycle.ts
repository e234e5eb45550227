// What happens to a group as its alerts and its people move: acknowledged, given back, resolved. Each change says so once, in the record.
import type { CommandContext } from '#kernel/command.ts'
import { personOf } from '#kernel/actor.ts'
import { refuse, type Refusal } from '#kernel/errors.ts'
import { secondsBetween } from '#kernel/time.ts'
import { groupAcknowledged, groupResolved, groupUnacknowledged, type GroupId } from './events.ts'
import { byAPerson, countOpenIn, lockGroup, saveGroup, setAlertsOfGroup, type Group } from './store.ts'

type Context = Pick<CommandContext, 'scope' | 'emit' | 'now' | 'actor'>

/** Acknowledges a group and its alerts. Again by anybody: nothing changes. */
export async function acknowledge({ scope, emit, now, actor }: Context, group: Group): Promise<Group | Refusal> {
  if (group.state === 'resolved') return refuse('It is resolved already.')
  if (group.state === 'acknowledged') return group
  const next: Group = { ...group, state: 'acknowledged', acknowledgedAt: now, acknowledgedBy: personOf(actor) ?? null }
  await saveGroup(scope, next)
  await setAlertsOfGroup(scope, group.id, {
    state: 'acknowledged',
    from: ['triggered'],
    reason: byAPerson.acknowledged,
    acknowledgedBy: next.acknowledgedBy,
  })
  await emit(groupAcknowledged, { groupId: group.id, afterSeconds: secondsBetween(group.openedAt, now) })
  return next
}

/** Takes an acknowledgement back: it pages again. */
export async function unacknowledge({ scope, emit }: Context, group: Group): Promise<Group | Refusal> {
  if (group.state !== 'acknowledged') return refuse(group.state === 'resolved' ? 'It is resolved already.' : 'Nobody has acknowledged it.')
  const next: Group = { ...group, state: 'triggered', acknowledgedAt: null, acknowledgedBy: null }
  await saveGroup(scope, next)
  await setAlertsOfGroup(scope, group.id, { state: 'triggered', from: ['acknowledged'], reason: byAPerson.givenBack })
  await emit(groupUnacknowledged, { groupId: group.id })
  return next
}

/** Resolves a group and every alert in it that is still open. */
export async function resolve({ scope, emit, now }: Context, group: Group): Promise<Group | Refusal> {
  if (group.state === 'resolved') return refuse('It is resolved already.')
  const next: Group = { ...group, state: 'resolved', resolvedAt: now, openCount: 0 }
  await setAlertsOfGroup(scope, group.id, {
    state: 'resolved',
    from: ['triggered', 'acknowledged', 'suppressed'],
    reason: 'Resolved by a person.',
    resolvedAt: now,
  })
  await saveGroup(scope, next)
  await emit(groupResolved, { groupId: group.id, by: 'person' })
  return next
}

/** Resolves the groups of which no alert is open any more, and counts the others anew. Answers which are over now. */
export async function settleGroups(
  { scope, emit, now }: Pick<Context, 'scope' | 'emit' | 'now'>,
  groupIds: readonly GroupId[],
  by: 'source' | 'expiry',
): Promise<ReadonlySet<GroupId>> {
  const over = new Set<GroupId>()
  for (const groupId of groupIds) {
    const group = await lockGroup(scope, groupId)
    if (!group || group.state === 'resolved') continue
    const openCount = await countOpenIn(scope, groupId)
    if (openCount > 0) await saveGroup(scope, { ...group, openCount })
    else {
      await saveGroup(scope, { ...group, state: 'resolved', resolvedAt: now, openCount: 0 })
      await emit(groupResolved, { groupId, by })
      over.add(groupId)
    }
  }
  return over
}

/** A source said that somebody over there has acknowledged it. */
export async function acknowledgeFromSource(context: Pick<Context, 'scope' | 'emit' | 'now'>, groupId: GroupId): Promise<void> {
  const group = await lockGroup(context.scope, groupId)
  if (group?.state === 'triggered') await acknowledge({ ...context, actor: context.scope.actor }, group)
}

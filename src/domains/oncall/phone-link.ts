// Who stands behind a signed link, looked at again each time it is used: the person may have been disabled, the page may be over.
import type { Actor, Permission, TeamId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Signer } from '#kernel/secret.ts'
import { findGroup, type Group } from '#domains/alerts/index.ts'
import { changesAround, type Change } from '#domains/changes/index.ts'
import { findUser, type User } from '#domains/directory/index.ts'
import { deliveriesAbout, readLink, type Delivery } from '#domains/notifications/index.ts'
import { findPage, peopleOf, type PageRow, type PersonRow } from './page-store.ts'

export type Opened = {
  found: 'page'
  actor: Extract<Actor, { kind: 'link' }>
  user: User
  row: PageRow
  group: Group | undefined
  /** Why this person: the latest time that the page told them. */
  why: PersonRow
  /** What is still to come to this person about it. */
  coming: Delivery[]
  /** What was changed in the day before it began, and since: the newest first. */
  changes: Change[]
}

const mostChanges = 3

/** `unknown`: answered like an address that never was. `gone`: it was a link, and no longer opens anything. */
export async function openLink(
  scope: Scope,
  signer: Signer,
  token: string,
): Promise<Opened | { found: 'unknown' } | { found: 'gone'; reason: string }> {
  const target = readLink(signer, token)
  if (target === 'unknown') return { found: 'unknown' }
  if (target === 'expired') return { found: 'gone', reason: 'This link is too old. Sign in to see the page.' }
  const user = await findUser(scope, target.userId)
  if (!user || user.disabledAt !== null) return { found: 'gone', reason: 'This link no longer opens anything.' }
  const everything: Scope = { ...scope, actor: linkActor(target.userId, target.pageId, null) }
  const row = await findPage(everything, target.pageId)
  const told = row ? (await peopleOf(scope, row.id)).filter((one) => one.userId === user.id) : []
  const why = told.at(-1)
  if (!row || !why) return { found: 'gone', reason: 'This link no longer opens anything.' }
  if (row.state === 'ended') return { found: 'gone', reason: `It is over: ${row.reason}.` }
  const actor = linkActor(target.userId, target.pageId, row.teamId)
  const keys = new Set(told.map((one) => one.reachKey))
  const group = row.groupId ? await findGroup({ ...scope, actor }, row.groupId) : undefined
  return {
    found: 'page',
    actor,
    user,
    row,
    why,
    group,
    changes: group
      ? await changesAround({ ...scope, actor }, group.serviceId ? [group.serviceId] : [], group.openedAt, scope.now, mostChanges)
      : [],
    coming: (await deliveriesAbout(scope, row.id)).filter((delivery) => keys.has(delivery.reachKey) && delivery.status === 'waiting'),
  }
}

/** A link gives one person what they need for one page, in its team and nowhere else: to see its alert and to answer it. */
export function linkActor(userId: Opened['user']['id'], linkId: string, teamId: TeamId | null): Opened['actor'] {
  const respond = new Set<Permission>(['alerts:read', 'alerts:respond', 'oncall:respond'])
  return {
    kind: 'link',
    userId,
    linkId,
    rights: { everywhere: new Set(), inTeam: new Map(teamId ? [[teamId, respond]] : []), seesEverything: false },
  }
}

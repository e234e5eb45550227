// From what a request carries to an actor: a session's secret or an API token. Rights are computed here, at every request.
import type { Actor, Permission, Rights, TeamId, UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { secondsBetween } from '#kernel/time.ts'
import { roles, teamRoles, type Role } from './roles.ts'
import * as store from './store.ts'
import type { Member } from './store.ts'

/** Who a credential proves to be. `touch`, when it is time to note that it was used. */
export type Proven = { actor: Actor; touch: ((scope: Scope) => Promise<unknown>) | undefined }

/** The actor of a live session, or undefined. `sessionHash` is the hash of the cookie's secret. Asks one thing of the database. */
export async function actorOfSession(scope: Scope, sessionHash: string): Promise<Proven | undefined> {
  const session = await store.findSession(scope, sessionHash)
  if (!session) return undefined
  const { id, userId, role, memberships } = session
  return {
    actor: { kind: 'user', userId, sessionId: id, rights: rightsBy(role, memberships) },
    touch: secondsBetween(session.seenAt, scope.now) > 300 ? (later) => store.touchSession(later, id) : undefined,
  }
}

/** The actor of an API token, or undefined: its scopes, as far as its owner has them now. Asks one thing of the database. */
export async function actorOfToken(scope: Scope, tokenHash: string): Promise<Proven | undefined> {
  const token = await store.findToken(scope, tokenHash)
  if (!token) return undefined
  const { id, userId, role, memberships, usedAt } = token
  return {
    actor: { kind: 'token', userId, tokenId: id, rights: narrowed(rightsBy(role, memberships), token.scopes as Permission[]) },
    touch: usedAt === null || secondsBetween(usedAt, scope.now) > 60 ? (later) => store.touchToken(later, id) : undefined,
  }
}

/** What a person may do now. Undefined when there is no such person, or they are disabled. */
export async function rightsOfUser(scope: Scope, userId: UserId): Promise<Rights | undefined> {
  const user = await store.findUser(scope, userId)
  return user && user.disabledAt === null ? rightsBy(user.role, await store.membershipsOf(scope, userId)) : undefined
}

function rightsBy(role: Role, memberships: readonly Pick<Member, 'teamId' | 'role'>[]): Rights {
  const inTeam = new Map<TeamId, ReadonlySet<Permission>>(
    memberships.map(({ teamId, role: teamRole }) => [teamId, new Set(teamRoles[teamRole])]),
  )
  return { everywhere: new Set(roles[role].may), inTeam, seesEverything: role === 'administrator' }
}

function narrowed(rights: Rights, scopes: Permission[]): Rights {
  const only = (set: ReadonlySet<Permission>) => new Set(scopes.filter((scope) => set.has(scope)))
  return {
    everywhere: only(rights.everywhere),
    inTeam: new Map([...rights.inTeam].map(([team, set]) => [team, only(set)])),
    seesEverything: rights.seesEverything,
  }
}

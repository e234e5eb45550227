// From what a request carries to an actor: a session's secret or an API token. Rights are computed here, at every request.
import type { Actor, Permission, Rights, TeamId, UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { secondsBetween } from '#kernel/time.ts'
import { roles, teamRoles, type Role } from './roles.ts'
import * as store from './store.ts'

/** The actor of a live session, or undefined. `sessionHash` is the hash of the cookie's secret. */
export async function actorOfSession(scope: Scope, sessionHash: string): Promise<Actor | undefined> {
  const session = await store.findSession(scope, sessionHash)
  if (!session) return undefined
  if (secondsBetween(session.seenAt, scope.now) > 300) await store.touchSession(scope, session.id)
  return { kind: 'user', userId: session.userId, sessionId: session.id, rights: await rightsOf(scope, session.userId, session.role) }
}

/** The actor of an API token, or undefined: its scopes, as far as its owner has them now. */
export async function actorOfToken(scope: Scope, tokenHash: string): Promise<Actor | undefined> {
  const token = await store.findToken(scope, tokenHash)
  if (!token) return undefined
  if (token.usedAt === null || secondsBetween(token.usedAt, scope.now) > 60) await store.touchToken(scope, token.id)
  const rights = narrowed(await rightsOf(scope, token.userId, token.role), token.scopes as Permission[])
  return { kind: 'token', userId: token.userId, tokenId: token.id, rights }
}

/** What a person may do now. Undefined when there is no such person, or they are disabled. */
export async function rightsOfUser(scope: Scope, userId: UserId): Promise<Rights | undefined> {
  const user = await store.findUser(scope, userId)
  return user && user.disabledAt === null ? rightsOf(scope, user.id, user.role) : undefined
}

async function rightsOf(scope: Scope, userId: UserId, role: Role): Promise<Rights> {
  const memberships = await store.membershipsOf(scope, userId)
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

// Who does something: a person in a browser, an API token, a signed link, an integration's key, a runbook's run, or a part of the system with its reason.
import type { Id } from './ids.ts'

/** `area:verb`, for example `alerts:respond`. The roles that carry them stand in the directory slice. */
export type Permission = `${string}:${string}`

export type UserId = Id<'usr'>
export type TeamId = Id<'tem'>

/** What a token must hold to act for its person, and to read, in what is theirs alone: how they are reached, the pages that told them. */
export const actsAsPerson: Permission = 'self:manage'

/** What an actor may do and see now. Computed at each request, never stored. */
export type Rights = {
  /** Permissions everywhere. */
  everywhere: ReadonlySet<Permission>
  /** Permissions on what belongs to one team. */
  inTeam: ReadonlyMap<TeamId, ReadonlySet<Permission>>
  /** Sees what belongs to teams that only show themselves to their members. */
  seesEverything: boolean
}

export type Actor =
  | { kind: 'user'; userId: UserId; sessionId: string; rights: Rights }
  | { kind: 'token'; userId: UserId; tokenId: Id<'tok'>; rights: Rights }
  | { kind: 'link'; userId: UserId; linkId: string; rights: Rights }
  | { kind: 'integration'; integrationId: Id<'int'>; rights: Rights }
  | { kind: 'run'; runId: Id<'run'>; incidentId: string | null; rights: Rights }
  | { kind: 'system'; reason: string; rights: Rights }
  | { kind: 'anonymous'; rights: Rights }

const nothing: Rights = { everywhere: new Set(), inTeam: new Map(), seesEverything: false }

export const anonymous: Actor = { kind: 'anonymous', rights: nothing }

/** A part of the product acting on its own; `reason` names it in the record: `oncall.stop-paging`. */
export const system = (reason: string): Actor => ({ kind: 'system', reason, rights: { ...nothing, seesEverything: true } })

/** How the record names an actor: by id only, so that a person can be forgotten. */
export function actorRef(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return actor.userId
    case 'token':
      return `${actor.userId} by ${actor.tokenId}`
    case 'link':
      return `${actor.userId} by link`
    case 'integration':
      return actor.integrationId
    case 'run':
      return actor.runId
    case 'system':
      return `system:${actor.reason}`
    case 'anonymous':
      return 'anonymous'
  }
}

/** The person behind an actor, when there is one. */
export const personOf = (actor: Actor): UserId | undefined => ('userId' in actor ? actor.userId : undefined)

/** Whether the actor may do this to something of that team (null: to something of the whole organisation). */
export function may(actor: Actor, permission: Permission, teamId: TeamId | null): boolean {
  if (actor.kind === 'system') return true
  if (actor.rights.everywhere.has(permission)) return true
  return teamId !== null && (actor.rights.inTeam.get(teamId)?.has(permission) ?? false)
}

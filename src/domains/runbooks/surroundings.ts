// What a run needs to know of the slices before it: the incident, who holds a role in it, who is on call.
import type { TeamId, UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Instant } from '#kernel/time.ts'
import { findServices, rightsOfUser } from '#domains/directory/index.ts'
import { whoIsOnCall } from '#domains/oncall/index.ts'
import { findIncident, rolesOf, type IncidentId } from '#domains/incidents/index.ts'

/** The incident as conditions and templates see it; what is not set is an empty text. */
export type IncidentData = {
  id: IncidentId
  number: number
  key: string
  title: string
  type: string
  state: string
  severity: string
  priority: string
  impact: string
  impactNow: string
  /** Slugs; `service` is the first of them. */
  services: string[]
  service: string
  fields: Record<string, string>
  openedAt: Instant
  teamId: TeamId | null
}

/** By id or number, if the scope sees it. */
export async function incidentData(scope: Scope, key: string): Promise<IncidentData | undefined> {
  const incident = await findIncident(scope, key)
  if (!incident) return undefined
  const services = (await findServices(scope, incident.serviceIds)).map(({ slug }) => slug)
  const { id, number, title, type, state, severity, fields, openedAt, teamId } = incident
  return {
    id,
    number,
    key: `INC-${number}`,
    title,
    type,
    state,
    severity,
    priority: incident.priority ?? '',
    impact: incident.impact ?? '',
    impactNow: incident.impactNow ?? '',
    services,
    service: services[0] ?? '',
    fields,
    openedAt,
    teamId,
  }
}

/** Those of them who see the incident: what a run asks about it is nobody else's. */
export const seeing = (scope: Scope, incidentId: string, userIds: readonly UserId[]): Promise<UserId[]> =>
  thoseWho(scope, userIds, async (theirs) => (await findIncident(theirs, incidentId)) !== undefined)

/** Those of them for whom that holds as they see things. */
export async function thoseWho(scope: Scope, userIds: readonly UserId[], holds: (theirs: Scope) => Promise<boolean>): Promise<UserId[]> {
  const found: UserId[] = []
  for (const userId of userIds) {
    const rights = await rightsOfUser(scope, userId)
    if (rights && (await holds({ ...scope, actor: { kind: 'user', userId, sessionId: '', rights } }))) found.push(userId)
  }
  return found
}

/** Who holds a role in an incident right now. */
export const holdersOf = async (scope: Scope, incidentId: string, role: string): Promise<UserId[]> =>
  (await rolesOf(scope, incidentId as IncidentId)).filter((held) => held.role === role).map(({ userId }) => userId)

/** Who is on call in a schedule at a moment; nobody when there is no such schedule. */
export const onCallIn = async (scope: Scope, schedule: string, at: Instant): Promise<UserId[]> =>
  ((await whoIsOnCall(scope, schedule, at))?.people ?? []).map(({ id }) => id as UserId)

// What this slice needs to know of an incident, from the incidents' door.
import type { Id } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Instant } from '#kernel/time.ts'
import { findIncident, processOf, rolesOf } from '#domains/incidents/index.ts'

export type IncidentFacts = {
  id: Id<'inc'>
  number: number
  title: string
  severity: string
  /** The process's own word for its state. */
  state: string
  /** The word for it that stakeholders read. */
  announced: string
  /** How that state is drawn. */
  glyph: string
  since: Instant
  /** When it ended; null while it is open. */
  over: Instant | null
  /** SEV1 and SEV2: what the one sentence calls serious. */
  serious: boolean
  private: boolean
  /** Who holds the role that leads, and the one that answers questions. */
  leadRole: string
  communicationRoles: string[]
}

/** The incident as far as the actor sees it; `key` is an id or a number. */
export async function factsOf(scope: Scope, key: string): Promise<IncidentFacts | undefined> {
  const incident = await findIncident(scope, key)
  if (!incident) return undefined
  const process = await processOf(scope, incident.id)
  const state = process.states.find((candidate) => candidate.id === incident.state)
  const { id, number, title, severity } = incident
  return {
    id,
    number,
    title,
    severity,
    state: state?.name ?? incident.state,
    announced: state?.said ?? state?.name ?? incident.state,
    glyph: state?.glyph ?? 'worked',
    since: incident.occurredAt ?? incident.openedAt,
    over: incident.stateKind === 'open' ? null : (incident.resolvedAt ?? incident.closedAt),
    serious: severity === 'SEV1' || severity === 'SEV2',
    private: incident.private,
    leadRole: process.lead,
    communicationRoles: process.roles.filter((role) => role.communicates).map((role) => role.id),
  }
}

/** The word that an update announces when its author gives none: what its process says of the state it is in, or that it is solved. */
export const stateWord = (incident: IncidentFacts): string => (incident.over === null ? incident.announced : 'Solved')

type Holder = { id: string; name: string }
/** Who leads it, and who answers questions from outside; null when nobody has the role. */
export async function holdersOf(scope: Scope, incident: IncidentFacts): Promise<{ leads: Holder | null; questionsTo: Holder | null }> {
  const holders = await rolesOf(scope, incident.id)
  const holder = (roles: readonly string[]) => {
    const found = holders.find(({ role }) => roles.includes(role))
    return found ? { id: found.userId, name: found.name } : null
  }
  return { leads: holder([incident.leadRole]), questionsTo: holder(incident.communicationRoles) }
}

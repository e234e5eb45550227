// What an incident looks like from outside: the short form that lists and commands give.
import { z } from 'zod'
import type { Scope } from '#kernel/scope.ts'
import { InstantOut } from '#kernel/time.ts'
import { findServices, ServiceIdSchema, TeamIdSchema, UserIdSchema } from '#domains/directory/index.ts'
import * as board from './board-store.ts'
import { IncidentIdSchema } from './events.ts'
import { keyOf, type Incident } from './incident.ts'
import { SeverityId, stateKinds, stateOf, type Process } from './process-definition.ts'
import { processAt } from './process-store.ts'

/** An incident in a path or an input: `inc_…`, `2417` or `INC-2417`. */
export const IncidentKey = z.string().max(40)
export const Prose = z.string().trim().min(1).max(8000)
export const Line = z.string().trim().min(1).max(300)

export const PersonView = z.object({ id: UserIdSchema, name: z.string(), handle: z.string() })
const StateView = z.object({ id: z.string(), name: z.string(), kind: z.enum(stateKinds), glyph: z.string(), since: InstantOut })

export const IncidentView = z
  .object({
    id: IncidentIdSchema,
    number: z.number(),
    key: z.string(),
    title: z.string(),
    type: z.string(),
    typeName: z.string(),
    processVersion: z.number(),
    state: StateView,
    holdReason: z.string().nullable(),
    severity: SeverityId,
    severityName: z.string(),
    impact: z.string().nullable(),
    urgency: z.string().nullable(),
    risk: z.string().nullable(),
    priority: z.string().nullable(),
    priorityReason: z.string(),
    category: z.string().nullable(),
    subcategory: z.string().nullable(),
    occurredAt: InstantOut.nullable(),
    occurredExact: z.boolean(),
    openedAt: InstantOut,
    resolvedAt: InstantOut.nullable(),
    closedAt: InstantOut.nullable(),
    teamId: TeamIdSchema.nullable(),
    private: z.boolean(),
    services: z.array(z.object({ id: ServiceIdSchema, slug: z.string(), name: z.string() })),
    lead: PersonView.nullable().meta({ description: 'Who holds the role that leads' }),
    impactNow: z.string().nullable(),
    trying: z.string().nullable(),
  })
  .meta({ id: 'Incident' })

/** Views of many, with three statements whatever their number. */
export async function viewsOf(scope: Scope, incidents: readonly Incident[]): Promise<z.input<typeof IncidentView>[]> {
  if (incidents.length === 0) return []
  const processes = new Map<string, Process>()
  for (const { type, processVersion } of incidents) {
    const key = `${type} ${processVersion}`
    if (!processes.has(key)) processes.set(key, await processAt(scope, type, processVersion))
  }
  const roles = await board.rolesOfMany(
    scope,
    incidents.map((incident) => incident.id),
  )
  const services = await findServices(scope, [...new Set(incidents.flatMap((incident) => incident.serviceIds))])
  return incidents.map((incident) => {
    const process = processes.get(`${incident.type} ${incident.processVersion}`)!
    const lead = roles.find((held) => held.incidentId === incident.id && held.role === process.lead)
    const { id, name, kind, glyph } = stateOf(process, incident.state)
    return {
      ...incident,
      key: keyOf(incident),
      typeName: process.name,
      state: { id, name, kind, glyph, since: incident.stateSince },
      holdReason: process.holdReasons.find((reason) => reason.id === incident.holdReason)?.name ?? incident.holdReason,
      severityName: process.severities.find((severity) => severity.id === incident.severity)?.name ?? incident.severity,
      services: services
        .filter((service) => incident.serviceIds.includes(service.id))
        .map((service) => ({ id: service.id, slug: service.slug, name: service.name })),
      lead: lead ? { id: lead.userId, name: lead.name, handle: lead.handle } : null,
    }
  })
}

export const viewOf = async (scope: Scope, incident: Incident): Promise<z.input<typeof IncidentView>> =>
  (await viewsOf(scope, [incident]))[0]!

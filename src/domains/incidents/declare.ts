// Declaring an incident: by a person in under a minute, or by an alert group whose route says so.
import { z } from 'zod'
import { actorRef, may, personOf, type TeamId, type UserId } from '#kernel/actor.ts'
import { defineCommand } from '#kernel/define.ts'
import { AppError, missing, refuse, type Refusal } from '#kernel/errors.ts'
import { InstantSchema } from '#kernel/time.ts'
import { findServices, findTeam, Slug } from '#domains/directory/index.ts'
import type { GroupId } from '#domains/alerts/index.ts'
import * as board from './board-store.ts'
import { beginTasks, personNamed, type Changing } from './change.ts'
import { turnClocks } from './clocks.ts'
import { alertGroupLinked, incidentOpened, responderJoined, roleAssigned } from './events.ts'
import { emptyFields, fill, type Incident } from './incident.ts'
import { priorityOf, severityOfPriority } from './priority.ts'
import { fieldName, SeverityId, stateOf, type Process } from './process-definition.ts'
import { findProcess, pinProcess } from './process-store.ts'
import { defaultProcess } from './shipped.ts'
import * as store from './store.ts'
import { IncidentView, Line, viewOf } from './views.ts'
import { write } from './words.ts'

const Level = z.string().max(60)
/** How an incident is classified; ids of the process. */
export const Classification = {
  impact: Level.optional(),
  urgency: Level.optional(),
  risk: Level.optional(),
  category: Level.optional(),
  subcategory: Level.optional(),
}

export const declareIncident = defineCommand({
  name: 'incidents.declare',
  summary: 'Declare or log an incident',
  http: 'POST /incidents',
  status: 201,
  needs: 'incidents:declare',
  on: ({ team }) => (team ? { team } : ({} as Record<string, string>)),
  input: z.strictObject({
    type: Slug.default(defaultProcess).meta({ description: 'The process it follows: sre, itil, or one of your own' }),
    title: Line,
    description: z.string().max(20_000).default(''),
    occurredAt: InstantSchema.optional(),
    approximate: z.boolean().default(false).meta({ description: 'occurredAt is about right, not exact' }),
    errorCode: z.string().trim().max(200).optional(),
    reporter: z.string().max(60).optional().meta({ description: 'Who reported it: handle or id. Default: whoever declares it' }),
    services: z.array(Slug).max(50).default([]),
    team: Slug.optional(),
    severity: SeverityId.optional(),
    ...Classification,
    private: z.boolean().default(false),
    fields: z.record(z.string().max(40), z.string().max(8000)).default({}),
    roles: z.record(z.string().max(60), z.string().max(60)).default({}).meta({ description: 'role → handle' }),
  }),
  output: IncidentView,
  examples: [{ type: 'sre', title: 'Card payments fail at checkout in the EU', severity: 'SEV1', services: ['payments-gateway'] }],
  async run(context, input) {
    const { scope } = context
    const process = await findProcess(scope, input.type)
    if (!process) throw missing('process')
    const services = await findServices(scope, input.services)
    const lost = input.services.find((slug) => !services.some((service) => service.slug === slug))
    if (lost !== undefined) throw missing(`service ${lost}`)
    const team = input.team ? await findTeam(scope, input.team) : undefined
    const reporter = input.reporter ? await personNamed(scope, input.reporter) : undefined
    const roles = new Map<string, UserId>()
    for (const [role, handle] of Object.entries(input.roles)) {
      if (!process.roles.some((candidate) => candidate.id === role))
        return refuse(`${process.name} has no role ${role}. It has ${process.roles.map(({ id }) => id).join(', ')}.`)
      roles.set(role, (await personNamed(scope, handle)).id)
    }
    const opened = await openIncident(context, process, {
      ...input,
      services,
      roles,
      teamId: team?.id ?? services.find((service) => service.teamId !== null)?.teamId ?? null,
      reporterId: reporter?.id ?? personOf(scope.actor) ?? null,
      group: null,
    })
    return 'refused' in opened ? opened : viewOf(scope, opened)
  },
})

export type Opening = {
  title: string
  description: string
  occurredAt?: Incident['occurredAt'] | undefined
  approximate: boolean
  errorCode?: string | undefined
  reporterId: UserId | null
  services: { id: Incident['serviceIds'][number] }[]
  teamId: TeamId | null
  severity?: SeverityId | undefined
  impact?: string | undefined
  urgency?: string | undefined
  risk?: string | undefined
  category?: string | undefined
  subcategory?: string | undefined
  private: boolean
  fields: Record<string, string>
  roles: Map<string, UserId>
  /** The alert group that opens it. */
  group: GroupId | null
}

/** Opens an incident at its process's start. A person must fill what that state requires; an alert group cannot. */
export async function openIncident(context: Changing, process: Process, opening: Opening): Promise<Refusal | Incident> {
  const { scope, emit, now } = context
  const shaped = await shape(context, process, opening)
  if ('refused' in shaped) return shaped
  const empty = opening.group === null ? emptyFields(shaped, stateOf(process, process.start).requires) : []
  if (empty.length > 0) return refuse(`To log it, fill in: ${empty.map((field) => fieldName(process, field)).join(', ')}.`)
  await pinProcess(scope, process)
  const incident: Incident = { ...shaped, number: await store.nextNumber(scope) }
  await store.insertIncident(scope, incident)
  const { id: incidentId, number, severity, serviceIds } = incident
  const words = await write(context, incidentId, 'title', incident.title, incident.description || null)
  await emit(incidentOpened, {
    incidentId,
    number,
    type: process.slug,
    processVersion: process.version,
    state: incident.state,
    severity,
    groupId: opening.group,
    serviceIds,
    words,
  })
  if (opening.group) {
    await board.linkGroup(scope, incidentId, opening.group, true)
    await emit(alertGroupLinked, { incidentId, groupId: opening.group, opened: true })
  }
  await seat(context, process, incident, opening.roles)
  await board.saveClocks(scope, incidentId, turnClocks(process, incident, [], now))
  await beginTasks(context, process, incident, true)
  return incident
}

/** Checks the ids of a classification against the process. Returns what is wrong, or nothing. */
export function unknownLevel(
  process: Process,
  given: {
    impact?: string | undefined
    urgency?: string | undefined
    risk?: string | undefined
    category?: string | undefined
    subcategory?: string | undefined
    severity?: string | undefined
  },
  category: string | null,
): string | undefined {
  const lists = {
    impact: process.impacts,
    urgency: process.urgencies,
    risk: process.risks,
    category: process.categories,
    severity: process.severities,
  }
  for (const [field, list] of Object.entries(lists) as [keyof typeof lists, readonly { id: string }[]][]) {
    const value = given[field]
    if (value !== undefined && !list.some((level) => level.id === value)) return noSuch(process, field, value, list)
  }
  const parts = process.categories.find(({ id }) => id === category)?.subcategories ?? []
  if (given.subcategory !== undefined && !parts.some(({ id }) => id === given.subcategory))
    return noSuch(process, 'subcategory', given.subcategory, parts)
  return undefined
}

async function shape({ scope, newId, now }: Changing, process: Process, opening: Opening): Promise<Refusal | Incident> {
  const unknown = unknownLevel(process, opening, opening.category ?? null)
  if (unknown !== undefined) return refuse(unknown)
  if (opening.occurredAt && opening.occurredAt > now) throw new AppError('invalid-input', '/occurredAt: lies in the future.')
  const classified = { impact: opening.impact ?? null, urgency: opening.urgency ?? null, risk: opening.risk ?? process.defaults.risk }
  const { priority, reason } = priorityOf(process, classified, opening.severity)
  const start = stateOf(process, process.start)
  const incident: Incident = {
    id: newId('inc'),
    number: 0,
    type: process.slug,
    processVersion: process.version,
    title: opening.title,
    description: opening.description,
    state: start.id,
    stateKind: start.kind,
    stateSince: now,
    holdReason: null,
    severity: opening.severity ?? severityOfPriority(process, priority) ?? process.defaults.severity,
    ...classified,
    priority,
    priorityReason: reason,
    category: opening.category ?? null,
    subcategory: opening.subcategory ?? null,
    errorCode: opening.errorCode || null,
    reporterId: opening.reporterId,
    openedBy: personOf(scope.actor) ?? actorRef(scope.actor),
    occurredAt: opening.occurredAt ?? null,
    occurredExact: !opening.approximate,
    openedAt: now,
    resolvedAt: null,
    closedAt: null,
    teamId: opening.teamId,
    private: opening.private,
    impactNow: null,
    trying: null,
    fields: {},
    confirmation: 'none',
    confirmationAskedAt: null,
    confirmationRound: 0,
    serviceIds: [...new Set(opening.services.map((service) => service.id))].sort(),
  }
  return fill(process, incident, opening.fields)
}

/** Gives out the roles of the beginning: those that were named, and those that the opener has. Who may only report is not seated. */
async function seat({ scope, emit }: Changing, process: Process, incident: Incident, named: Map<string, UserId>): Promise<void> {
  const opener = may(scope.actor, 'incidents:respond', incident.teamId) ? personOf(scope.actor) : undefined
  const seats = process.roles.flatMap(({ id, takenBy }) => {
    const userId = named.get(id) ?? (takenBy === 'opener' ? opener : undefined)
    return userId ? [{ role: id, userId }] : []
  })
  for (const { role, userId } of seats) {
    await board.setRole(scope, incident.id, role, userId)
    await board.addResponder(scope, incident.id, userId)
    await emit(roleAssigned, { incidentId: incident.id, role, userId, before: null, leads: role === process.lead, words: null })
  }
  if (opener && !seats.some(({ userId }) => userId === opener) && (await board.addResponder(scope, incident.id, opener)))
    await emit(responderJoined, { incidentId: incident.id, userId: opener, words: null })
}

const noSuch = (process: Process, field: string, value: string, list: readonly { id: string }[]): string =>
  list.length === 0
    ? `${process.name} has no ${field}.`
    : `${process.name} has no ${field} ${value}. Write one of ${list.map(({ id }) => id).join(', ')}.`

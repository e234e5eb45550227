// What an incident is and how it moves. Pure: the process decides what may follow, and every "no" is a sentence.
import type { TeamId, UserId } from '#kernel/actor.ts'
import { refuse, type Refusal } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import { addSeconds, type Instant } from '#kernel/time.ts'
import { holds, type GuardValues } from './guard.ts'
import {
  fieldName,
  isKnownField,
  secondsOf,
  stateOf,
  type Process,
  type SeverityId,
  type StateKind,
  type Transition,
} from './process-definition.ts'

export type IncidentId = Id<'inc'>
type Confirmation = 'none' | 'asked' | 'confirmed' | 'refused'

export type Incident = {
  id: IncidentId
  number: number
  type: string
  processVersion: number
  title: string
  description: string
  state: string
  stateKind: StateKind
  stateSince: Instant
  holdReason: string | null
  severity: SeverityId
  impact: string | null
  urgency: string | null
  risk: string | null
  priority: string | null
  priorityReason: string
  category: string | null
  subcategory: string | null
  errorCode: string | null
  reporterId: UserId | null
  openedBy: string
  occurredAt: Instant | null
  occurredExact: boolean
  openedAt: Instant
  resolvedAt: Instant | null
  closedAt: Instant | null
  teamId: TeamId | null
  private: boolean
  /** What the strip says: who is hit and how, and what is tried right now. */
  impactNow: string | null
  trying: string | null
  fields: Record<string, string>
  confirmation: Confirmation
  confirmationAskedAt: Instant | null
  /** How often it was resolved: a link of an earlier round no longer answers. */
  confirmationRound: number
  serviceIds: Id<'svc'>[]
}

/** What the board holds, as far as moves depend on it, behind walls too. `hidden`: how much of it whoever looks may not see. */
export type Board = {
  openTasks: number
  hypotheses: number
  confirmedHypotheses: number
  decisions: number
  openAlertGroups: number
  fromAlert: boolean
  roles: string[]
  serviceSlugs: string[]
  hidden: { alertGroups: number; services: number }
}
export const emptyBoard: Board = {
  openTasks: 0,
  hypotheses: 0,
  confirmedHypotheses: 0,
  decisions: 0,
  openAlertGroups: 0,
  fromAlert: false,
  roles: [],
  serviceSlugs: [],
  hidden: { alertGroups: 0, services: 0 },
}

/** Who wants to move it: the roles held in this incident; `overrules` may move it without holding one. */
export type Mover = { roles: readonly string[]; overrules: boolean }

export type Move = {
  to: string
  name: string
  kind: StateKind
  label: string
  allowed: boolean
  /** Why not; empty when allowed. */
  reason: string
  /** Fields that are still empty and must not be. Those of the process can be given with the move. */
  missing: string[]
  asksReason: boolean
  asksHold: boolean
}

/** `INC-2417`. */
export const keyOf = (incident: Pick<Incident, 'number'>): string => `INC-${incident.number}`

/** Every transition that begins in the present state, with what it still needs. In the order of the process. */
export function movesFrom(process: Process, incident: Incident, board: Board, mover: Mover, now: Instant): Move[] {
  return process.transitions
    .filter((transition) => transition.from.includes(incident.state))
    .map((transition) => moveOf(process, incident, board, mover, transition, now))
}

export type Wanted = {
  to: string
  reason?: string | undefined
  holdReason?: string | undefined
  fields?: Record<string, string> | undefined
}

/** The incident after a move along a transition, or why not. */
export function move(
  process: Process,
  incident: Incident,
  board: Board,
  mover: Mover,
  wanted: Wanted,
  now: Instant,
): Refusal | { incident: Incident } {
  const target = process.states.find((state) => state.id === wanted.to)
  if (!target) return refuse(`${process.name} has no state ${wanted.to}. From here it can go to ${goals(process, incident.state)}.`)
  if (target.id === incident.state) return refuse(`It is in ${target.name} already.`)
  const transition = process.transitions.find((candidate) => candidate.from.includes(incident.state) && candidate.to === target.id)
  if (!transition)
    return refuse(
      `From ${stateOf(process, incident.state).name} it cannot go to ${target.name}. It can go to ${goals(process, incident.state)}.`,
    )
  const filled = fill(process, incident, wanted.fields ?? {})
  if ('refused' in filled) return filled
  const possible = moveOf(process, filled, board, mover, transition, now)
  if (!possible.allowed) return refuse(possible.reason)
  if (possible.asksReason && !wanted.reason) return refuse(`Say why: ${target.name} asks for a reason.`)
  if (!target.hold) return { incident: enter(process, filled, target.id, now) }
  const hold = process.holdReasons.find((candidate) => candidate.id === wanted.holdReason)
  if (!hold) return refuse(`Say what it waits for: ${process.holdReasons.map((candidate) => candidate.id).join(', ')}.`)
  if (hold.asksReason && !wanted.reason) return refuse(`“${hold.name}” asks for a note.`)
  return { incident: { ...enter(process, filled, target.id, now), holdReason: hold.id } }
}

/** The incident with these values in the process's own fields; an empty text clears one. Refuses what the process does not know. */
export function fill(process: Process, incident: Incident, values: Record<string, string>): Refusal | Incident {
  const fields = { ...incident.fields }
  for (const [id, value] of Object.entries(values)) {
    const spec = process.fields.find((field) => field.id === id)
    if (!spec) return refuse(`${process.name} has no field ${id}. It has ${process.fields.map((field) => field.id).join(', ')}.`)
    const options = spec.type === 'choice' ? spec.options : spec.type === 'yes-no' ? ['yes', 'no'] : undefined
    if (value !== '' && options && !options.includes(value)) return refuse(`${spec.name} is one of ${options.join(', ')}.`)
    if (value === '') delete fields[id]
    else fields[id] = value
  }
  return { ...incident, fields }
}

/** The incident in another state. Whatever led here, this keeps kind, times and the reporter's question right. */
export function enter(process: Process, incident: Incident, stateId: string, now: Instant): Incident {
  const { id, kind } = stateOf(process, stateId)
  const next: Incident = { ...incident, state: id, stateKind: kind, stateSince: now, holdReason: null }
  if (kind === 'open') {
    return {
      ...next,
      resolvedAt: null,
      closedAt: null,
      confirmation: incident.confirmation === 'refused' ? 'refused' : 'none',
      confirmationAskedAt: null,
    }
  }
  if (kind !== 'resolved') {
    const ended: Incident = { ...next, resolvedAt: incident.resolvedAt ?? now, closedAt: now }
    return kind === 'cancelled' && incident.confirmation === 'asked' ? { ...ended, confirmation: 'none', confirmationAskedAt: null } : ended
  }
  if (incident.stateKind === 'resolved') return { ...next, closedAt: null }
  const asks = process.closure.confirmedBy === 'reporter' && incident.reporterId !== null
  return {
    ...next,
    resolvedAt: now,
    closedAt: null,
    confirmation: asks ? 'asked' : 'none',
    confirmationAskedAt: asks ? now : null,
    confirmationRound: incident.confirmationRound + 1,
  }
}

/** The reporter's answer: it works, and is closed (or stays so); or it does not, and is worked on again. */
export function answer(process: Process, incident: Incident, works: boolean, now: Instant): Refusal | { incident: Incident } {
  if (incident.confirmation !== 'asked') {
    if (incident.confirmation === 'confirmed') return refuse('It was confirmed already.')
    return refuse(
      incident.stateKind === 'open'
        ? 'It is being worked on. You are asked again when it is resolved.'
        : 'Nobody is asked to confirm this incident.',
    )
  }
  const answered: Incident = { ...incident, confirmation: works ? 'confirmed' : 'refused', confirmationAskedAt: null }
  // Without an answer it was closed meanwhile: there it stays, or is reopened as long as any may be.
  if (incident.stateKind === 'closed') return works ? { incident: answered } : reopen(process, answered, now)
  return { incident: enter(process, answered, works ? process.closure.closes : process.closure.reopens, now) }
}

/** Another person reported it than was thought: while it waits to be closed, the question goes to them. Links of the round before no longer answer. */
export function reportedBy(process: Process, incident: Incident, reporterId: UserId | null, now: Instant): Incident {
  const reported: Incident = { ...incident, reporterId }
  const waits = incident.stateKind === 'resolved' && ['none', 'asked'].includes(incident.confirmation)
  if (reporterId === incident.reporterId || reporterId === null || !waits || process.closure.confirmedBy !== 'reporter') return reported
  return { ...reported, confirmation: 'asked', confirmationAskedAt: now, confirmationRound: incident.confirmationRound + 1 }
}

/** Works on it again after it was resolved, closed or cancelled. */
export function reopen(process: Process, incident: Incident, now: Instant): Refusal | { incident: Incident } {
  if (incident.stateKind === 'open') return refuse(`It is open: ${stateOf(process, incident.state).name}.`)
  const within = process.closure.reopenWithin
  const since = incident.resolvedAt ?? incident.stateSince
  if (within !== null && now > addSeconds(since, secondsOf(within))) {
    return refuse(`It was resolved more than ${within} ago. Declare a new incident and name this one in it.`)
  }
  return { incident: enter(process, incident, process.closure.reopens, now) }
}

/** When it closes by itself, or null: so long after it was resolved, or after somebody else was asked. */
export function closesItselfAt(process: Process, incident: Incident): Instant | null {
  const after = process.closure.autoCloseAfter
  if (after === null || incident.stateKind !== 'resolved' || incident.resolvedAt === null) return null
  const { resolvedAt, confirmation, confirmationAskedAt: askedAt } = incident
  const since = confirmation === 'asked' && askedAt !== null && askedAt > resolvedAt ? askedAt : resolvedAt
  return addSeconds(since, secondsOf(after))
}

/** What conditions see. */
export function guardValues(incident: Incident, board: Board, now: Instant): GuardValues {
  return {
    state: incident.state,
    severity: incident.severity,
    priority: incident.priority ?? '',
    impact: incident.impact ?? '',
    urgency: incident.urgency ?? '',
    risk: incident.risk ?? '',
    category: incident.category ?? '',
    subcategory: incident.subcategory ?? '',
    confirmation: incident.confirmation,
    openTasks: board.openTasks,
    hypotheses: board.hypotheses,
    confirmedHypotheses: board.confirmedHypotheses,
    decisions: board.decisions,
    openAlertGroups: board.openAlertGroups,
    openedAt: incident.openedAt,
    now,
    roles: board.roles,
    services: board.serviceSlugs,
    fields: incident.fields,
    reported: incident.reporterId !== null,
    fromAlert: board.fromAlert,
    private: incident.private,
  }
}

/** Those of the fields that are empty. */
export const emptyFields = (incident: Incident, fields: readonly string[]): string[] => fields.filter((field) => isEmpty(incident, field))

function moveOf(process: Process, incident: Incident, board: Board, mover: Mover, transition: Transition, now: Instant): Move {
  const target = stateOf(process, transition.to)
  const missing = emptyFields(incident, [...new Set([...target.requires, ...transition.needs])])
  const shape = {
    to: target.id,
    name: target.name,
    kind: target.kind,
    label: transition.label,
    missing,
    asksReason: transition.asksReason,
    asksHold: target.hold,
  }
  const mayNot = transition.by.length > 0 && !mover.overrules && !transition.by.some((role) => mover.roles.includes(role))
  if (mayNot) {
    const names = transition.by.map((id) => process.roles.find((role) => role.id === id)?.name ?? id)
    return { ...shape, allowed: false, reason: `Only ${names.join(' or ')} may do this.` }
  }
  if (missing.length > 0)
    return {
      ...shape,
      allowed: false,
      reason: `Before ${target.name}, fill in: ${missing.map((field) => fieldName(process, field)).join(', ')}.`,
    }
  const condition = holds(transition.when, guardValues(incident, board, now))
  if (!condition.holds)
    return {
      ...shape,
      allowed: false,
      reason: `${transition.because ?? 'Its condition does not hold.'} (${shownReason(transition.when!, condition.reason, board)})`,
    }
  return { ...shape, allowed: true, reason: '' }
}

/** Why a condition does not hold, for somebody who may not see all that it looked at: how much that is, and nothing of what. */
function shownReason(when: string, reason: string, { hidden }: Board): string {
  const services = /\bservices\b/.test(when) ? hidden.services : 0
  const groups = /\bopenAlertGroups\b/.test(when) ? hidden.alertGroups : 0
  // The values that decided would name the services.
  const shown = services > 0 ? 'it does not hold' : reason
  const unseen = [...(groups > 0 ? [`${groups} of the open alert groups`] : []), ...(services > 0 ? [`${services} of the services`] : [])]
  return unseen.length === 0 ? shown : `${shown}; you may not see ${unseen.join(' and ')}`
}

function isEmpty(incident: Incident, field: string): boolean {
  if (!isKnownField(field)) return !incident.fields[field]
  if (field === 'services') return incident.serviceIds.length === 0
  if (field === 'reporter') return incident.reporterId === null
  return !incident[field]
}

const goals = (process: Process, state: string): string =>
  process.transitions
    .filter((transition) => transition.from.includes(state))
    .map((transition) => stateOf(process, transition.to).name)
    .join(', ') || 'nowhere'

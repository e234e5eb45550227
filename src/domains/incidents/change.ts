// How every change of an incident is carried out: one lock, one save, its events, its clocks. Commands, reactions and the clocks' process use it.
import { may, personOf, type UserId } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { missing, type Refusal } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, secondsBetween } from '#kernel/time.ts'
import { findUser, slugsOfServices, type User } from '#domains/directory/index.ts'
import { openAmong } from '#domains/alerts/index.ts'
import * as board from './board-store.ts'
import { turnClocks } from './clocks.ts'
import {
  confirmationAsked,
  incidentCancelled,
  incidentClosed,
  incidentReopened,
  incidentResolved,
  incidentStateChanged,
  taskAdded,
  type Words,
} from './events.ts'
import type { Board, Incident, IncidentId, Mover } from './incident.ts'
import { secondsOf, type Process } from './process-definition.ts'
import { processAt } from './process-store.ts'
import * as store from './store.ts'
import { write } from './words.ts'

/** What a change needs; commands, reactions and processes all have it. */
export type Changing = Pick<CommandContext, 'scope' | 'emit' | 'now' | 'newId' | 'randomBytes'>

/** The incident, locked, with its process. Throws 'missing' when the scope does not see it. */
export async function open(scope: Scope, key: string): Promise<{ incident: Incident; process: Process }> {
  const incident = await store.lockIncident(scope, key)
  if (!incident) throw missing('incident')
  return { incident, process: await processAt(scope, incident.type, incident.processVersion) }
}

/** Counts what moves depend on: all of it, for a wall does not put an alert out. What the scope does not see is counted apart too. */
export async function boardOf(scope: Scope, incident: Incident): Promise<Board> {
  const [tasks, hypotheses, decisions, roles, linked, services] = [
    await board.tasksOf(scope, incident.id),
    await board.hypothesesOf(scope, incident.id),
    await board.decisionsOf(scope, incident.id),
    await board.rolesOf(scope, incident.id),
    await board.groupsOf(scope, incident.id),
    await slugsOfServices(scope, incident.serviceIds),
  ]
  const openGroups =
    linked.length === 0
      ? []
      : await openAmong(
          scope,
          linked.map(({ groupId }) => groupId),
        )
  return {
    openTasks: tasks.filter((task) => task.doneAt === null).length,
    hypotheses: hypotheses.length,
    confirmedHypotheses: hypotheses.filter((hypothesis) => hypothesis.state === 'confirmed').length,
    decisions: decisions.length,
    openAlertGroups: openGroups.length,
    fromAlert: linked.some((link) => link.opened),
    roles: roles.map((held) => held.role),
    serviceSlugs: services.map((service) => service.slug),
    hidden: { alertGroups: openGroups.filter(({ seen }) => !seen).length, services: services.filter(({ seen }) => !seen).length },
  }
}

/** The roles that this actor holds here, and whether it may move the incident without one. */
export async function moverOf(scope: Scope, incident: Incident): Promise<Mover> {
  const person = personOf(scope.actor)
  const held = person ? (await board.rolesOf(scope, incident.id)).filter((role) => role.userId === person).map((role) => role.role) : []
  return { roles: held, overrules: may(scope.actor, 'incidents:configure', incident.teamId) }
}

/** Saves what changed beside the state, and turns the clocks. */
export async function save(context: Changing, process: Process, incident: Incident): Promise<void> {
  await store.saveIncident(context.scope, incident)
  await board.saveClocks(
    context.scope,
    incident.id,
    turnClocks(process, incident, await board.clocksOf(context.scope, incident.id), context.now),
  )
}

/** Saves a move and tells it: the state, and what kind of end or return it is. `rule` says why when no person did. */
export async function carryOut(
  context: Changing,
  process: Process,
  before: Incident,
  after: Incident,
  why: { words?: Words | null; rule?: string | null } = {},
): Promise<void> {
  const { emit, scope, now } = context
  await save(context, process, after)
  await store.addState(scope, after)
  const { id: incidentId } = after
  await emit(incidentStateChanged, {
    incidentId,
    from: before.state,
    to: after.state,
    kind: after.stateKind,
    holdReason: after.holdReason,
    words: why.words ?? null,
    rule: why.rule ?? null,
  })
  if (after.stateKind !== before.stateKind) {
    if (after.stateKind === 'open') await emit(incidentReopened, { incidentId })
    const skipsResolved = after.stateKind === 'closed' && before.stateKind === 'open'
    if (after.stateKind === 'resolved' || skipsResolved)
      await emit(incidentResolved, { incidentId, seconds: Math.max(0, secondsBetween(after.occurredAt ?? after.openedAt, now)) })
    if (after.stateKind === 'closed') await emit(incidentClosed, { incidentId })
    if (after.stateKind === 'cancelled') await emit(incidentCancelled, { incidentId })
  }
  if (after.confirmation === 'asked' && before.confirmation !== 'asked' && after.reporterId)
    await emit(confirmationAsked, { incidentId, userId: after.reporterId })
  await beginTasks(context, process, after)
}

/** Adds the tasks that the process begins with the state that the incident is in now; `opened` those of its beginning. */
export async function beginTasks(context: Changing, process: Process, incident: Incident, opened = false): Promise<void> {
  const due = process.tasks.filter(({ on }) => (on === 'opened' ? opened : on.state === incident.state))
  if (due.length === 0) return
  const holders = await board.rolesOf(context.scope, incident.id)
  for (const task of due) {
    const assigneeId = holders.find((held) => held.role === task.role)?.userId ?? null
    await addTaskTo(context, incident.id, {
      title: task.title,
      detail: null,
      assigneeId,
      dueAt: task.within === null ? null : addSeconds(context.now, secondsOf(task.within)),
    })
  }
}

/** Adds one task and its event; returns its id. */
export async function addTaskTo(
  context: Changing,
  incidentId: IncidentId,
  task: { title: string; detail: string | null; assigneeId: UserId | null; dueAt: board.Task['dueAt'] },
): Promise<board.Task['id']> {
  const words = await write(context, incidentId, 'task', task.title, task.detail)
  const id = context.newId('tsk')
  await board.insertTask(context.scope, incidentId, { id, textId: words.textId, assigneeId: task.assigneeId, dueAt: task.dueAt })
  await context.emit(taskAdded, { incidentId, taskId: id, assigneeId: task.assigneeId, words })
  return id
}

/** The person with this handle or id. Throws 'missing'; a disabled person is missing too. */
export async function personNamed(scope: Scope, key: string): Promise<User> {
  const user = await findUser(scope, key)
  if (!user || user.disabledAt !== null) throw missing('person')
  return user
}

/** Narrows what a pure move gave. */
export const isRefused = (move: Refusal | object): move is Refusal => 'refused' in move

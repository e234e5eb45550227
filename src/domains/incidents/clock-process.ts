// The process behind the clocks: reads what is due, lets the pure decision choose, and carries it out in the same transaction.
import type { UserId } from '#kernel/actor.ts'
import { defineProcess } from '#kernel/define.ts'
import { never } from '#kernel/errors.ts'
import type { ProcessContext } from '#kernel/process.ts'
import type { Scope } from '#kernel/scope.ts'
import { findUsers } from '#domains/directory/index.ts'
import { reach } from '#domains/notifications/index.ts'
import * as board from './board-store.ts'
import { carryOut, open } from './change.ts'
import { ClockInput, ClockState, decideClocks, type ClockAct, type ClockFacts } from './clock-acts.ts'
import { dueOf, dueOfIncident, isTold, nextUpdate } from './clocks.ts'
import { slaBreached, slaPageFailed, slaWarned, taskDue, updateDue, type TaskId } from './events.ts'
import { enter, keyOf, type Incident } from './incident.ts'
import { lastUpdateOf } from './last-update.ts'
import { toldOf } from './people.ts'
import type { Process } from './process-definition.ts'
import { processAt } from './process-store.ts'
import { lockIncident } from './store.ts'

/** Keyed by the incident's id. Whoever moves a clock from outside (an update was published) tells it `{ type: 'changed' }`. */
export const incidentClocks = defineProcess<ClockState, ClockInput, ClockFacts>({
  name: 'incidents.clocks',
  version: 1,
  state: ClockState,
  input: ClockInput,
  initial: (key) => ({ incident: key, told: [], acts: [] }),
  facts: (scope, state) => factsOf(scope, state.incident),
  decide: decideClocks,
  async record(context, key, _before, { state }) {
    if (state.acts.length === 0) return
    const { incident, process } = await open(context.scope, key)
    for (const act of state.acts) await carry(context, process, incident, act)
  },
})

async function factsOf(scope: Scope, id: string): Promise<ClockFacts> {
  // Held until what follows is carried out: an answer of the reporter that comes meanwhile is not closed over.
  const incident = await lockIncident(scope, id)
  if (!incident) return undefined
  const process = await processAt(scope, incident.type, incident.processVersion)
  const tasks = (await board.tasksOf(scope, incident.id)).filter((task) => task.doneAt === null)
  const clocks = await board.clocksOf(scope, incident.id)
  const all = dueOfIncident(process, incident, clocks, tasks, await lastUpdateOf(scope, incident.id))
  return {
    due: all.filter((due) => !isTold(due, clocks)),
    slas: process.slas,
    key: keyOf(incident),
    title: incident.private ? '' : incident.title,
  }
}

async function carry(context: ProcessContext, process: Process, incident: Incident, act: ClockAct): Promise<void> {
  const { emit, scope, now } = context
  const incidentId = incident.id
  const name = keyOf(incident)
  switch (act.kind) {
    case 'sla':
    case 'sla-warning': {
      const sla = process.slas.find((candidate) => candidate.id === act.id)!
      const clocks = await board.clocksOf(scope, incidentId)
      const clock = clocks.find((candidate) => candidate.sla === act.id)!
      const missed = act.kind === 'sla'
      await board.saveClocks(scope, incidentId, [{ ...clock, ...(missed ? { breachedAt: now } : { warnedAt: now }) }])
      if (missed) await emit(slaBreached, { incidentId, sla: act.id })
      else await emit(slaWarned, { incidentId, sla: act.id, dueAt: dueOf(clock)! })
      return tellRoles(
        context,
        process,
        incident,
        sla.tells,
        `${act.kind}/${act.id}`,
        missed ? `${sla.name} missed: ${name}` : `${sla.name} is close: ${name}`,
      )
    }
    case 'update':
    case 'update-soon': {
      const overdue = act.kind === 'update'
      await emit(updateDue, { incidentId, overdue })
      const communicates = process.roles.filter((role) => role.communicates).map((role) => role.id)
      const at = nextUpdate(process, incident, await lastUpdateOf(scope, incidentId))?.at
      return tellRoles(
        context,
        process,
        incident,
        communicates,
        `${act.kind}/${at}`,
        overdue ? `The update is overdue: ${name}` : `The next update is due soon: ${name}`,
      )
    }
    case 'task': {
      const task = (await board.tasksOf(scope, incidentId)).find((candidate) => candidate.id === act.id)
      await emit(taskDue, { incidentId, taskId: act.id as TaskId })
      return tellPeople(
        context,
        incident,
        await thereOrLeads(scope, process, incident, task?.assigneeId ? [task.assigneeId] : []),
        `task-due/${act.id}`,
        `Task is due in ${name}`,
        task?.title ?? '',
      )
    }
    case 'close': {
      const rule =
        incident.confirmation === 'asked'
          ? `no answer for ${process.closure.autoCloseAfter}`
          : `resolved for ${process.closure.autoCloseAfter}`
      return carryOut(context, process, incident, enter(process, incident, process.closure.closes, now), { rule })
    }
    case 'page-failed':
      await emit(slaPageFailed, { incidentId, sla: act.id })
      return tellPeople(
        context,
        incident,
        await thereOrLeads(scope, process, incident, []),
        `page-failed/${act.id}`,
        `Nobody could be paged for the missed target: ${name}`,
        incident.title,
      )
    default:
      return never(act.kind)
  }
}

/** The holders of these roles, and whoever leads when nobody who is there holds one. */
async function tellRoles(
  context: ProcessContext,
  process: Process,
  incident: Incident,
  roles: readonly string[],
  what: string,
  title: string,
): Promise<void> {
  const held = await board.rolesOf(context.scope, incident.id)
  const people = held.filter((role) => roles.includes(role.role)).map((role) => role.userId)
  return tellPeople(context, incident, await thereOrLeads(context.scope, process, incident, people), what, title, incident.title)
}

/** Those of them who are not disabled; where there is none, whoever leads. */
async function thereOrLeads(scope: Scope, process: Process, incident: Incident, people: readonly UserId[]): Promise<UserId[]> {
  const there = (await findUsers(scope, [...people])).filter(({ disabledAt }) => disabledAt === null).map(({ id }) => id)
  if (there.length > 0) return there
  return (await board.rolesOf(scope, incident.id)).filter((role) => role.role === process.lead).map((role) => role.userId)
}

async function tellPeople(
  { tell, now }: ProcessContext,
  incident: Incident,
  people: readonly UserId[],
  what: string,
  title: string,
  body: string,
): Promise<void> {
  for (const userId of new Set(people)) await tell(reach, `${incident.id}/${what}/${now}/${userId}`, toldOf(incident, userId, title, body))
}

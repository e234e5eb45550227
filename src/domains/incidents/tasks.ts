// Commands on tasks: work during the incident.
import { z } from 'zod'
import { personOf, actorRef, type UserId } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { InstantOut, InstantSchema } from '#kernel/time.ts'
import { reach } from '#domains/notifications/index.ts'
import * as board from './board-store.ts'
import { addTaskTo, open, personNamed } from './change.ts'
import { taskChanged, taskDone, TaskIdSchema } from './events.ts'
import { keyOf, type Incident } from './incident.ts'
import { toldOf } from './people.ts'
import { IncidentKey, Line, PersonView, Prose } from './views.ts'
import { write } from './words.ts'

const Who = z.string().max(60).meta({ description: 'Handle or id' })

export const TaskView = z
  .object({
    id: TaskIdSchema,
    title: z.string(),
    detail: z.string().nullable(),
    assignee: PersonView.nullable(),
    dueAt: InstantOut.nullable(),
    doneAt: InstantOut.nullable(),
    addedAt: InstantOut,
    textId: z.string(),
  })
  .meta({ id: 'IncidentTask' })

/** What a task looks like; an erased one keeps its place. */
export const taskView = (task: board.Task): z.input<typeof TaskView> => ({
  id: task.id,
  title: task.title ?? '(erased)',
  detail: task.detail,
  dueAt: task.dueAt,
  doneAt: task.doneAt,
  addedAt: task.addedAt,
  textId: task.textId,
  assignee: task.assigneeId === null ? null : { id: task.assigneeId, name: task.assigneeName ?? '', handle: task.assigneeHandle ?? '' },
})

export const addTask = defineCommand({
  name: 'incidents.addTask',
  summary: 'Add a task to an incident',
  http: 'POST /incidents/{incident}/tasks',
  status: 201,
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({
    incident: IncidentKey,
    title: Line,
    detail: Prose.optional(),
    assignee: Who.optional(),
    dueAt: InstantSchema.optional(),
  }),
  output: TaskView,
  examples: [{ incident: '2417', title: 'Count orders to re-charge', assignee: 'leila' }],
  async run(context, { incident: key, title, detail, assignee, dueAt }) {
    const { scope } = context
    const { incident } = await open(scope, key)
    const person = assignee === undefined ? undefined : await personNamed(scope, assignee)
    // Whoever is to do something sees what it is about, and finds it among what waits for them.
    if (person) await board.addResponder(scope, incident.id, person.id)
    const id = await addTaskTo(context, incident.id, {
      title,
      detail: detail ?? null,
      assigneeId: person?.id ?? null,
      dueAt: dueAt ?? null,
    })
    if (person) await tellAssignee(context, incident, id, person.id, title)
    return taskView(await taskIn(scope, incident, id))
  },
})

export const changeTask = defineCommand({
  name: 'incidents.changeTask',
  summary: 'Change a task: done, whose it is, when it is due, its words',
  http: 'PATCH /incidents/{incident}/tasks/{taskId}',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({
    incident: IncidentKey,
    taskId: TaskIdSchema,
    done: z.boolean().optional(),
    title: Line.optional(),
    detail: Prose.nullable().optional(),
    assignee: Who.nullable().optional(),
    dueAt: InstantSchema.nullable().optional(),
  }),
  output: TaskView,
  examples: [{ incident: '2417', taskId: 'tsk_01k3v0v5b8e6w9d2m4q7r1s5t8', done: true }],
  async run(context, { incident: key, taskId, done, title, detail, assignee, dueAt }) {
    const { scope, actor, emit, now } = context
    const { incident } = await open(scope, key)
    const task = await taskIn(scope, incident, taskId)
    const reworded = (title !== undefined && title !== task.title) || (detail !== undefined && detail !== task.detail)
    const words = reworded
      ? await write(context, incident.id, 'task', title ?? task.title ?? '(erased)', detail === undefined ? task.detail : detail)
      : null
    const assigneeId = assignee === undefined ? task.assigneeId : assignee === null ? null : (await personNamed(scope, assignee)).id
    if (assigneeId !== null && assigneeId !== task.assigneeId) await board.addResponder(scope, incident.id, assigneeId)
    const isDone = done ?? task.doneAt !== null
    const next = {
      id: task.id,
      textId: words?.textId ?? task.textId,
      assigneeId,
      dueAt: dueAt === undefined ? task.dueAt : dueAt,
      doneAt: isDone ? (task.doneAt ?? now) : null,
      doneBy: isDone ? (task.doneBy ?? actorRef(actor)) : null,
    }
    await board.saveTask(scope, next)
    const changed = [
      ...(assigneeId === task.assigneeId ? [] : ['assignee']),
      ...(next.dueAt === task.dueAt ? [] : ['due time']),
      ...(words ? ['words'] : []),
    ]
    if (changed.length > 0) await emit(taskChanged, { incidentId: incident.id, taskId, changed, assigneeId, words })
    if (isDone !== (task.doneAt !== null)) await emit(taskDone, { incidentId: incident.id, taskId, done: isDone })
    if (assigneeId && assigneeId !== task.assigneeId && !isDone)
      await tellAssignee(context, incident, taskId, assigneeId, title ?? task.title ?? '')
    return taskView(await taskIn(scope, incident, taskId))
  },
})

async function taskIn(scope: Scope, incident: Incident, id: string): Promise<board.Task> {
  const task = (await board.tasksOf(scope, incident.id)).find((candidate) => candidate.id === id)
  if (!task) throw missing('task')
  return task
}

async function tellAssignee(
  { actor, tell, newId }: CommandContext,
  incident: Incident,
  taskId: string,
  userId: UserId,
  title: string,
): Promise<void> {
  if (userId === personOf(actor)) return
  await tell(reach, `${incident.id}/task/${taskId}/${newId('msg')}`, toldOf(incident, userId, `Task for you in ${keyOf(incident)}`, title))
}

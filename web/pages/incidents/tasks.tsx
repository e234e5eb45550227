// Tasks of the incident: done with one tick, and each with its owner and due time.
import { useState, type FormEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import {
  Avatar,
  Button,
  Checkbox,
  ClockDigits,
  Dialog,
  EmptySeat,
  ErrorNotice,
  Kbd,
  nowMs,
  Panel,
  TextArea,
  TextInput,
  TimeText,
  WhenInput,
} from '../../ui/index.ts'
import type { Screen, TaskOf } from './incident-words.ts'
import { PersonField } from './person-field.tsx'

export function Tasks({ incident, onAdd }: { incident: Screen; onAdd: () => void }) {
  const [open, setOpen] = useState<string>()
  const change = useDo('incidents.changeTask')
  const left = incident.tasks.filter((task) => task.doneAt === null).length
  const edited = incident.tasks.find((task) => task.id === open)
  const may = incident.may.respond
  return (
    <Panel
      title="Tasks"
      note={left > 0 ? `${left} open` : undefined}
      actions={
        may && (
          <Button look="quiet" size="small" onClick={onAdd}>
            Add task <Kbd>T</Kbd>
          </Button>
        )
      }
    >
      {change.error && <ErrorNotice what={change.error.message} reference={change.error.reference} />}
      {incident.tasks.length === 0 && <p className="text-ink2">Nothing is to be done that is not in the runbook.</p>}
      <ul>
        {incident.tasks.map((task) => (
          <li key={task.id} className="flex min-h-8 items-center gap-2 border-b border-line last:border-0">
            <Checkbox
              className="min-w-0 flex-1"
              done={task.doneAt !== null}
              checked={task.doneAt !== null}
              disabled={!may}
              label={task.title}
              onChange={(event) => change.mutate({ incident: incident.key, taskId: task.id, done: event.target.checked })}
            />
            <TaskTime task={task} />
            <button
              type="button"
              disabled={!may}
              onClick={() => setOpen(task.id)}

              className="flex min-h-6 items-center rounded-control pointer-coarse:min-h-11"
            >
              {task.assignee ? (
                <Avatar person={task.assignee} />
              ) : (
                <span className="flex items-center gap-1.5 text-ink3">
                  <span className="max-desk:sr-only">no owner</span> <EmptySeat />
                </span>
              )}
              <span className="sr-only">, change the task {task.title}</span>
            </button>
          </li>
        ))}
      </ul>
      {edited && <TaskDialog key={edited.id} incident={incident.key} task={edited} onClose={() => setOpen(undefined)} />}
    </Panel>
  )
}

function TaskTime({ task }: { task: TaskOf }) {
  if (task.doneAt) return <TimeText at={task.doneAt} form="clock" className="text-ink3" />
  if (!task.dueAt) return null
  const soon = Date.parse(task.dueAt) - nowMs() < 900_000
  return soon ? (
    <ClockDigits label="Due" face={{ kind: 'due', due: task.dueAt }} />
  ) : (
    <TimeText at={task.dueAt} form="clock" className="text-ink2" />
  )
}

function TaskDialog({ incident, task: now, onClose }: { incident: string; task: TaskOf; onClose: () => void }) {
  const [task] = useState(now)
  const [title, setTitle] = useState(task.title)
  const [detail, setDetail] = useState(task.detail ?? '')
  const [assignee, setAssignee] = useState<string>(task.assignee?.id ?? '')
  const [due, setDue] = useState<string>(task.dueAt ?? '')
  const change = useDo('incidents.changeTask')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // Only what was changed here: it may be given to somebody else meanwhile.
    const changes = {
      ...(title !== task.title ? { title } : {}),
      ...(detail.trim() !== (task.detail ?? '') ? { detail: detail.trim() || null } : {}),
      ...(assignee !== (task.assignee?.id ?? '') ? { assignee: assignee || null } : {}),
      ...(due !== (task.dueAt ?? '') ? { dueAt: due || null } : {}),
    }
    change.mutate({ incident, taskId: task.id, ...changes }, { onSuccess: onClose })
  }
  return (
    <Dialog open onClose={onClose} title="Task" description="Whoever gets it is told. When it is due, they are told again." width="narrow">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput label="What" required maxLength={300} value={title} onChange={(event) => setTitle(event.target.value)} />
        <TextArea label="Details" optional rows={2} value={detail} onChange={(event) => setDetail(event.target.value)} />
        <PersonField label="Owner" nobody="Nobody yet" value={assignee} onChange={setAssignee} />
        <WhenInput label="Due" optional value={due} onChange={setDue} />
        {change.error && <ErrorNotice what={change.error.message} reference={change.error.reference} />}
        <div className="flex gap-2">
          <Button type="submit" look="solid" sending={change.isPending}>
            Save
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

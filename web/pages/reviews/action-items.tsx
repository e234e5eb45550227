// Action items: a row each, to tick, with its owner and date; and the form that adds one.
import { useState, type FormEvent } from 'react'
import { useAskAll, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Button, Checkbox, ErrorNotice, Person, Select, TextInput, TextLink } from '../../ui/index.ts'
import { dateWords, type ActionItem } from './review-words.ts'

/** `editable` shows owner and date as fields. */
export function ActionRows({
  items,
  withIncident = false,
  editable = false,
}: {
  items: ActionItem[]
  withIncident?: boolean
  editable?: boolean
}) {
  const may = useMay()
  const change = useDo('reviews.changeActionItem')
  const people = useAskAll('directory.listUsers', editable ? {} : undefined)
  const options = (people.data?.items ?? []).map(({ handle, name }) => ({ value: handle, label: name }))
  return (
    <>
      {change.error && <ErrorNotice what={change.error.message} />}
      <ul className="[&>li+li]:border-t [&>li]:border-line">
        {items.map((item) => (
          <li key={item.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
            <Checkbox
              className="min-w-48 flex-1"
              label={item.title}
              done={item.doneAt !== null}
              checked={item.doneAt !== null}
              disabled={!may('reviews.changeActionItem')}
              onChange={(event) => change.mutate({ actionItem: item.id, done: event.target.checked })}
            />
            {withIncident && (
              <TextLink quiet href={`/incidents/${item.incident.number}/review`}>
                INC-{item.incident.number}
              </TextLink>
            )}
            {editable ? (
              <span className="flex items-center gap-2" data-print="no">
                <Select
                  label={`Owner of ${item.title}`}
                  labelHidden
                  placeholder="Nobody"
                  value={item.owner?.handle ?? ''}
                  options={options}
                  className="w-40"
                  onChange={(event) => change.mutate({ actionItem: item.id, owner: event.target.value || null })}
                />
                <TextInput
                  label={`Due date of ${item.title}`}
                  labelHidden
                  type="date"
                  value={item.dueOn ?? ''}
                  className="w-36"
                  onChange={(event) => change.mutate({ actionItem: item.id, due: event.target.value || null })}
                />
              </span>
            ) : (
              item.owner && <Person person={item.owner} />
            )}
            <span className={`${editable ? 'hidden print:inline' : ''} ${item.overdue ? 'text-red' : 'text-ink3'}`}>
              {editable && (item.owner?.name ?? 'nobody')} {item.dueOn ? `due ${dateWords(item.dueOn)}` : 'no date'}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

export function AddAction({ incident }: { incident: string }) {
  const [title, setTitle] = useState('')
  const [owner, setOwner] = useState('')
  const [due, setDue] = useState('')
  const add = useDo('reviews.addActionItem')
  const people = useAskAll('directory.listUsers', {})
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate({ incident, title, owner: owner || null, due: due || null }, { onSuccess: () => setTitle('') })
  }
  return (
    <form onSubmit={submit} className="mt-2 flex flex-wrap items-end gap-2" data-print="no">
      <TextInput
        label="New action item"
        required
        maxLength={300}
        placeholder="What changes: the system, the detection, the runbook"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        className="min-w-60 flex-1"
      />
      <Select
        label="Owner"
        placeholder="Nobody yet"
        value={owner}
        onChange={(event) => setOwner(event.target.value)}
        options={(people.data?.items ?? []).map(({ handle, name }) => ({ value: handle, label: name }))}
        className="w-40"
      />
      <TextInput label="Due" type="date" value={due} onChange={(event) => setDue(event.target.value)} className="w-36" />
      <Button type="submit" sending={add.isPending} disabled={title.trim() === ''}>
        Add
      </Button>
      {add.error && (
        <div className="w-full">
          <ErrorNotice what={add.error.message} />
        </div>
      )}
    </form>
  )
}

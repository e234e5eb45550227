// Dialogs that change what the incident says: classification, words and fields, the strip, who takes part, erasing.
import { useState, type FormEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import { Button, Checkbox, ConfirmDialog, Dialog, ErrorNotice, Select, TextArea, TextInput, useToast, WhenInput } from '../../ui/index.ts'
import { FieldInput } from './field-input.tsx'
import type { ChangeOf, Option, Screen } from './incident-words.ts'
import { PersonField } from './person-field.tsx'

const optionsOf = (list: readonly Option[]) => list.map(({ id, name, means }) => ({ value: id, label: means ? `${name}: ${means}` : name }))

export function ClassifyDialog({ incident, onClose }: { incident: Screen; onClose: () => void }) {
  const { choices } = incident
  const [set, setSet] = useState({
    category: incident.category ?? '',
    subcategory: incident.subcategory ?? '',
    impact: incident.impact ?? '',
    urgency: incident.urgency ?? '',
    risk: incident.risk ?? '',
  })
  const classify = useDo('incidents.classify')
  const toast = useToast()
  const parts = choices.categories.find(({ id }) => id === set.category)?.subcategories ?? []
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const given = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== ''))
    classify.mutate(
      { incident: incident.key, ...given },
      { onSuccess: (after) => (toast({ text: after.priority ? `${after.priority}. ${after.priorityReason}` : 'Classified.' }), onClose()) },
    )
  }
  const field = (name: keyof typeof set, label: string, list: readonly Option[]) =>
    list.length > 0 && (
      <Select
        label={label}
        placeholder="Not set"
        value={set[name]}
        onChange={(event) => setSet({ ...set, [name]: event.target.value, ...(name === 'category' ? { subcategory: '' } : {}) })}
        options={optionsOf(list)}
      />
    )
  return (
    <Dialog open onClose={onClose} title="Classify" description="The priority follows from impact and urgency; a high risk raises it.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        {field('category', 'Category', choices.categories)}
        {field('subcategory', 'Part of it', parts)}
        {field('impact', 'Impact', choices.impacts)}
        {field('urgency', 'Urgency', choices.urgencies)}
        {field('risk', 'Risk', choices.risks)}
        {classify.error && <ErrorNotice what={classify.error.message} reference={classify.error.reference} />}
        <div className="flex gap-2">
          <Button type="submit" look="solid" sending={classify.isPending}>
            Classify
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

export function EditDialog({ incident: now, onClose }: { incident: Screen; onClose: () => void }) {
  // As it was when it was opened: what others change meanwhile is neither shown as changed here nor taken back.
  const [incident] = useState(now)
  const [title, setTitle] = useState(incident.title)
  const [description, setDescription] = useState(incident.description)
  const [errorCode, setErrorCode] = useState(incident.errorCode ?? '')
  const [occurred, setOccurred] = useState<string>(incident.occurredAt ?? '')
  const [about, setAbout] = useState(!incident.occurredExact)
  const [reporter, setReporter] = useState<string>(incident.reporter?.id ?? '')
  const [values, setValues] = useState<Record<string, string>>({})
  const change = useDo('incidents.change')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const changes: ChangeOf = {
      ...(title !== incident.title ? { title } : {}),
      ...(description !== incident.description ? { description } : {}),
      ...(errorCode !== (incident.errorCode ?? '') ? { errorCode } : {}),
      ...(occurred !== (incident.occurredAt ?? '') ? { occurredAt: occurred } : {}),
      ...(about === incident.occurredExact ? { approximate: about } : {}),
      ...(reporter && reporter !== incident.reporter?.id ? { reporter } : {}),
      ...(Object.keys(values).length > 0 ? { fields: values } : {}),
    }
    change.mutate({ incident: incident.key, ...changes }, { onSuccess: onClose })
  }
  return (
    <Dialog open onClose={onClose} title={`Change ${incident.key}`} description="What stood here before stays in the record." width="wide">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput label="Title" required maxLength={300} value={title} onChange={(event) => setTitle(event.target.value)} />
        <TextArea label="Description" optional rows={3} value={description} onChange={(event) => setDescription(event.target.value)} />
        <div className="grid gap-3 tablet:grid-cols-2">
          <WhenInput
            label="Occurred"
            {...(incident.occurredAt ? { required: true } : { optional: true })}
            value={occurred}
            onChange={setOccurred}
          />
          <TextInput label="Error code" optional mono value={errorCode} onChange={(event) => setErrorCode(event.target.value)} />
        </div>
        <Checkbox label="The time is about right, not exact" checked={about} onChange={(event) => setAbout(event.target.checked)} />
        <PersonField label="Reported by" nobody={incident.reporter ? null : 'Nobody'} value={reporter} onChange={setReporter} />
        {incident.fields.map((field) => (
          <FieldInput
            key={field.id}
            field={field}
            value={values[field.id] ?? field.value ?? ''}
            onChange={(value) => setValues({ ...values, [field.id]: value })}
          />
        ))}
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

export function SituationDialog({ incident: now, onClose }: { incident: Screen; onClose: () => void }) {
  const [incident] = useState(now)
  const [impactNow, setImpact] = useState(incident.impactNow ?? '')
  const [trying, setTrying] = useState(incident.trying ?? '')
  const change = useDo('incidents.change')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // Only what was changed here: somebody else may be writing the other line.
    const changes = {
      ...(impactNow !== (incident.impactNow ?? '') ? { impactNow } : {}),
      ...(trying !== (incident.trying ?? '') ? { trying } : {}),
    }
    change.mutate({ incident: incident.key, ...changes }, { onSuccess: onClose })
  }
  return (
    <Dialog open onClose={onClose} title="Where things stand" description="Everybody who opens the incident reads these two lines first.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="Impact"
          hint="Who is hit, how, and how many"
          maxLength={300}
          value={impactNow}
          onChange={(event) => setImpact(event.target.value)}
        />
        <TextInput
          label="Trying"
          hint="Empty: the newest decision, or the hypothesis under test"
          maxLength={300}
          value={trying}
          onChange={(event) => setTrying(event.target.value)}
        />
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

export function BringInDialog({ incident, onClose }: { incident: Screen; onClose: () => void }) {
  const [user, setUser] = useState('')
  const [note, setNote] = useState('')
  const [urgent, setUrgent] = useState(true)
  const bring = useDo('incidents.bringIn')
  const toast = useToast()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    bring.mutate(
      { incident: incident.key, user, urgent, ...(note.trim() ? { note } : {}) },
      { onSuccess: () => (toast({ text: urgent ? 'They are paged now.' : 'They are told now.' }), onClose()) },
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Bring somebody in"
      description="They see the incident from now on, also when it is private."
      width="narrow"
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <PersonField value={user} onChange={setUser} />
        <TextArea label="What you want from them" optional rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
        <Checkbox
          label="Page them"
          hint="goes on until they acknowledge"
          checked={urgent}
          onChange={(event) => setUrgent(event.target.checked)}
        />
        {bring.error && <ErrorNotice what={bring.error.message} reference={bring.error.reference} />}
        <div className="flex gap-2">
          <Button type="submit" look="solid" disabled={user === ''} sending={bring.isPending}>
            Bring in
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

export function EraseDialog({ incident, textId, onClose }: { incident: Screen; textId: string; onClose: () => void }) {
  const erase = useDo('incidents.eraseText')
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title="Erase what was written?"
      consequence="The words are gone from the incident and from what is kept of its pages and messages, and cannot be brought back. What was sent already stays where it arrived, and runbook runs and status updates keep what they say. That something was written here, by whom and when, stays in the record, which still verifies."
      verb="Erase for good"
      sending={erase.isPending}
      error={erase.error && <ErrorNotice what={erase.error.message} reference={erase.error.reference} />}
      onConfirm={() => erase.mutate({ incident: incident.key, textId: textId as `txt_${string}` }, { onSuccess: onClose })}
    />
  )
}

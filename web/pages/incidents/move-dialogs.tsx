// Dialogs that move the incident: another state with what it asks for, another severity, working on it again.
import { useState, type FormEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import { Button, ChoiceGroup, Dialog, ErrorNotice, Radio, Select, Severity, TextArea, useToast } from '../../ui/index.ts'
import { FieldInput } from './field-input.tsx'
import { levelOf, type Move, type Screen } from './incident-words.ts'
import { ToldByItself } from './told-by-itself.tsx'

export function StateDialog({
  incident,
  to,
  onClassify,
  onClose,
}: {
  incident: Screen
  to: string | undefined
  onClassify: () => void
  onClose: () => void
}) {
  const [chosen, setChosen] = useState(to ?? likeliest(incident)?.to)
  const [reason, setReason] = useState('')
  const [hold, setHold] = useState('')
  const [values, setValues] = useState<Record<string, string>>({})
  const change = useDo('incidents.changeState')
  const toast = useToast()
  const move = incident.moves.find((candidate) => candidate.to === chosen)
  const foreign = move?.missing.filter((field) => !field.own) ?? []
  const own = (move?.missing ?? []).filter((field) => field.own)
  const ready =
    move &&
    foreign.length === 0 &&
    own.every(({ id }) => values[id]?.trim()) &&
    (!move.asksHold || hold !== '') &&
    (move.allowed || own.length > 0)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!move) return
    const fields = Object.fromEntries(own.map(({ id }) => [id, values[id] ?? '']))
    change.mutate(
      { incident: incident.key, to: move.to, fields, ...(reason.trim() ? { reason } : {}), ...(move.asksHold ? { holdReason: hold } : {}) },
      { onSuccess: (after) => (toast({ text: `It is in ${after.state.name}.` }), onClose()) },
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Change the state"
      description={`It is in ${incident.state.name}. Runbooks and clocks of the process follow the state.`}
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ChoiceGroup legend="Where it goes" legendHidden>
          {incident.moves.map((candidate) => (
            <Radio
              key={candidate.to}
              name="to"
              checked={candidate.to === chosen}
              onChange={() => setChosen(candidate.to)}
              label={
                <>
                  <strong>{candidate.label}</strong> <span className="text-ink2">to {candidate.name}</span>
                </>
              }
              hint={hintOf(candidate)}
            />
          ))}
        </ChoiceGroup>
        {foreign.length > 0 && (
          <p className="text-amber">
            First set {foreign.map((field) => field.name.toLowerCase()).join(', ')}.{' '}
            <Button size="small" onClick={onClassify}>
              Classify…
            </Button>
          </p>
        )}
        {move?.asksHold && (
          <Select
            label="What it waits for"
            placeholder="Choose"
            value={hold}
            onChange={(event) => setHold(event.target.value)}
            options={incident.choices.holdReasons.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
        {own.map(({ id }) => {
          const field = incident.fields.find((candidate) => candidate.id === id)
          return (
            field && (
              <FieldInput key={id} field={field} value={values[id] ?? ''} onChange={(value) => setValues({ ...values, [id]: value })} />
            )
          )
        })}
        {move && (
          <TextArea label="Why" optional={!move.asksReason} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
        {move && <ToldByItself incident={incident.key} what={toldOf[move.kind]} />}
        {change.error && <ErrorNotice what={change.error.message} safe="Nothing was changed." reference={change.error.reference} />}
        <div className="flex gap-2">
          <Button type="submit" look="solid" disabled={!ready} sending={change.isPending}>
            {move?.label ?? 'Change'}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** By where it goes; what stays as it was tells nothing. */
const toldOf = { open: 'back', resolved: 'solved', closed: 'solved', cancelled: 'cancelled' } as const

/** The first move forward that is open, else any that is. */
function likeliest({ moves, path, state }: Screen): Move | undefined {
  const order = path.map((one) => one.id)
  const open = moves.filter((move) => move.allowed)
  return open.find((move) => order.indexOf(move.to) > order.indexOf(state.id)) ?? open[0] ?? moves[0]
}

const hintOf = (move: Move): string =>
  move.allowed
    ? move.asksReason
      ? 'asks why'
      : ''
    : move.missing.length > 0
      ? `asks for ${move.missing.map((field) => field.name.toLowerCase()).join(', ')}`
      : move.reason

export function SeverityDialog({ incident, onClose }: { incident: Screen; onClose: () => void }) {
  const [severity, setSeverity] = useState(incident.severity)
  const [reason, setReason] = useState('')
  const set = useDo('incidents.setSeverity')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    set.mutate({ incident: incident.key, severity, ...(reason.trim() ? { reason } : {}) }, { onSuccess: onClose })
  }
  return (
    <Dialog open onClose={onClose} title="Set the severity" description="Targets and the rhythm of updates follow it.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ChoiceGroup legend="Severity" legendHidden>
          {incident.choices.severities.map((option) => (
            <Radio
              key={option.id}
              name="severity"
              checked={severity === option.id}
              onChange={() => setSeverity(option.id as typeof severity)}
              label={
                <span className="inline-flex items-center gap-2">
                  <Severity level={levelOf(option.id)} label={option.id} /> {option.name}
                </span>
              }
              hint={option.means}
            />
          ))}
        </ChoiceGroup>
        <TextArea label="Why" optional rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        {set.error && <ErrorNotice what={set.error.message} reference={set.error.reference} />}
        <div className="flex gap-2">
          <Button type="submit" look="solid" disabled={severity === incident.severity} sending={set.isPending}>
            Set {severity}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

export function ReopenDialog({ incident, onClose }: { incident: Screen; onClose: () => void }) {
  const [reason, setReason] = useState('')
  const reopen = useDo('incidents.reopen')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    reopen.mutate({ incident: incident.key, reason }, { onSuccess: onClose })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Work on it again"
      description="It is open again, its target goes on, and its roles stay."
      width="narrow"
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextArea label="Why" required rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        <ToldByItself incident={incident.key} what="back" />
        {reopen.error && <ErrorNotice what={reopen.error.message} reference={reopen.error.reference} />}
        <div className="flex gap-2">
          <Button type="submit" look="solid" disabled={reason.trim() === ''} sending={reopen.isPending}>
            Reopen
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

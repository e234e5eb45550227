// Starts a runbook: its inputs as a form, the consequence first.
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import type { Output } from '../../api/client.ts'
import { Button, Checkbox, Dialog, ErrorNotice, Select, Skeleton, TextInput } from '../../ui/index.ts'
import { count } from './run-words.ts'

type Definition = Output<'runbooks.getRunbook'>['definition']

/** With `incident`, the run is about it; the page stays where it is. */
export function StartRun({ runbook, incident, onClose }: { runbook: string; incident?: string; onClose: () => void }) {
  const { data, error } = useAsk('runbooks.getRunbook', { runbook })
  return (
    <Dialog
      open
      onClose={onClose}
      title={data ? `Start ‘${data.name}’` : 'Start a runbook'}
      description={data && consequence(data.outline)}
    >
      {error && <ErrorNotice what={error.message} />}
      {data ? (
        <Form runbook={runbook} incident={incident} inputs={data.definition.inputs} onClose={onClose} />
      ) : (
        <Skeleton rows={2} label="Inputs" />
      )}
    </Dialog>
  )
}

function consequence(outline: Output<'runbooks.getRunbook'>['outline']): string {
  const asks = outline.filter(({ kind }) => kind === 'ask' || kind === 'approve').length
  const changes = outline.filter(({ danger }) => danger !== 'reads').length
  return `${count(outline.length, 'step')}. It asks people ${asks === 0 ? 'nothing' : count(asks, 'time')}, and ${changes === 0 ? 'changes nothing outside' : `${count(changes, 'step')} may change something outside, as approved`}.`
}

/** A default may be a template over the incident: its reader is told where it comes from, not how that is written. */
const defaultWords = (text: string | number | boolean): string => (/\{[{%]/.test(String(text)) ? 'taken from the incident' : String(text))

function Form({
  runbook,
  incident,
  inputs,
  onClose,
}: {
  runbook: string
  incident: string | undefined
  inputs: Definition['inputs']
  onClose: () => void
}) {
  const start = useDo('runbooks.start')
  const navigate = useNavigate()
  const [values, setValues] = useState<Record<string, string | boolean>>({})
  const open = useAsk('incidents.list', incident === undefined ? { open: true, limit: 100 } : undefined)
  const [about, setAbout] = useState(incident ?? '')
  const set = (name: string, value: string | boolean) => setValues((before) => ({ ...before, [name]: value }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    start.mutate(
      { runbook, inputs: values, ...(about === '' ? {} : { incident: about }) },
      { onSuccess: ({ number }) => (onClose(), incident === undefined && void navigate({ to: `/runs/${number}` })) },
    )
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {incident === undefined && (
        <Select
          label="Incident"
          optional
          placeholder="None"
          value={about}
          onChange={(event) => setAbout(event.target.value)}
          options={(open.data?.items ?? []).map(({ number, key, title }) => ({ value: String(number), label: `${key} ${title}` }))}
        />
      )}
      {inputs.map((input) => {
        const value = values[input.name]
        const common = {
          label: input.label,
          optional: !input.required || input.default !== undefined,
          hint: input.default === undefined ? undefined : `When empty: ${defaultWords(input.default)}`,
        }
        if (input.type === 'boolean')
          return (
            <Checkbox
              key={input.name}
              label={input.label}
              checked={value === true}
              onChange={(event) => set(input.name, event.target.checked)}
            />
          )
        if (input.type === 'choice')
          return (
            <Select
              key={input.name}
              {...common}
              placeholder="Choose"
              value={String(value ?? '')}
              onChange={(event) => set(input.name, event.target.value)}
              options={input.options.map((option) => ({ value: option, label: option }))}
            />
          )
        return (
          <TextInput
            key={input.name}
            {...common}
            inputMode={input.type === 'number' ? 'decimal' : undefined}
            value={String(value ?? '')}
            onChange={(event) => set(input.name, event.target.value)}
          />
        )
      })}
      {start.error && <ErrorNotice what={start.error.message} reference={start.error.reference} />}
      <div className="flex gap-2">
        <Button look="solid" type="submit" sending={start.isPending}>
          Start
        </Button>
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

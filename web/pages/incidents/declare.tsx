// Declaring or logging an incident in under a minute: two fields, and what matches them while somebody types. The rest is one click away.
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState, type FormEvent } from 'react'
import type { Input } from '../../api/client.ts'
import { useAsk, useAskAll, useDo } from '../../api/hooks.ts'
import { useSession } from '../../session.ts'
import {
  Button,
  Checkbox,
  ChoiceGroup,
  Dialog,
  ErrorNotice,
  Radio,
  SegmentedControl,
  Select,
  Severity,
  State,
  TextArea,
  TextInput,
  TextLink,
  WhenInput,
} from '../../ui/index.ts'
import { glyphOf, isOver, levelOf } from './incident-words.ts'
import { PersonField } from './person-field.tsx'

type Declaration = Input<'incidents.declare'>

export function DeclareDialog({ onClose }: { onClose: () => void }) {
  const processes = useAsk('incidents.listProcesses', {})
  const services = useAskAll('directory.listServices', {})
  const [type, setType] = useState(() => localStorage.getItem('tocsin-process') ?? 'sre')
  const [title, setTitle] = useState('')
  const [service, setService] = useState('')
  const [severity, setSeverity] = useState<string>()
  const [more, setMore] = useState(false)
  const [rest, setRest] = useState<Rest>(nothing)
  const declare = useDo('incidents.declare')
  // Whoever may only report is given no role in it.
  const responds = useSession()?.may.includes('incidents:respond') ?? false
  const navigate = useNavigate()
  const items = processes.data?.items ?? []
  const process = items.find(({ slug }) => slug === type) ?? items[0]
  const chosen = severity ?? process?.definition.defaults.severity
  const prioritises = (process?.definition.priorities.length ?? 0) > 0

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!process || title.trim() === '') return
    localStorage.setItem('tocsin-process', process.slug)
    declare.mutate(
      {
        type: process.slug,
        title,
        services: service ? [service] : [],
        ...(severity ? { severity: severity as 'SEV1' } : {}),
        ...given(rest),
      },
      { onSuccess: (incident) => void navigate({ to: `/incidents/${incident.number}` }) },
    )
  }
  return (
    <Dialog open onClose={onClose} title="Declare an incident" description={consequence(process?.definition, responds)}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        {items.length > 1 && items.length < 5 && (
          <SegmentedControl
            label="Process"
            value={process?.slug ?? ''}
            onChange={setType}
            options={items.map(({ slug, name }) => ({ value: slug, label: name }))}
            className="self-start"
          />
        )}
        {items.length >= 5 && (
          <Select
            label="Process"
            value={process?.slug ?? ''}
            onChange={(event) => setType(event.target.value)}
            options={items.map(({ slug, name }) => ({ value: slug, label: name }))}
          />
        )}
        <TextInput
          label="What does not work"
          required
          maxLength={300}
          autoComplete="off"
          placeholder="Card payments fail at checkout in the EU"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <Select
          label="Which service"
          placeholder="Not known yet"
          value={service}
          onChange={(event) => setService(event.target.value)}
          options={(services.data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name }))}
        />
        <Matches text={title} service={service} />
        {process && !prioritises && (
          <ChoiceGroup legend="How bad">
            {process.definition.severities.map((option) => (
              <Radio
                key={option.id}
                name="severity"
                checked={chosen === option.id}
                onChange={() => setSeverity(option.id)}
                label={
                  <span className="inline-flex items-center gap-2">
                    <Severity level={levelOf(option.id)} label={option.id} small /> {option.name}
                  </span>
                }
                hint={option.means}
              />
            ))}
          </ChoiceGroup>
        )}
        {process && prioritises && (
          <div className="grid gap-3 tablet:grid-cols-2">
            <Select
              label="Impact"
              placeholder="Later"
              value={rest.impact}
              onChange={(event) => setRest({ ...rest, impact: event.target.value })}
              options={process.definition.impacts.map(({ id, name, means }) => ({ value: id, label: means ? `${name}: ${means}` : name }))}
            />
            <Select
              label="Urgency"
              placeholder="Later"
              value={rest.urgency}
              onChange={(event) => setRest({ ...rest, urgency: event.target.value })}
              options={process.definition.urgencies.map(({ id, name, means }) => ({
                value: id,
                label: means ? `${name}: ${means}` : name,
              }))}
            />
          </div>
        )}
        {more ? (
          <More rest={rest} onChange={setRest} />
        ) : (
          <Button look="quiet" className="self-start" onClick={() => setMore(true)}>
            More: description, error code, when, who reported it
          </Button>
        )}
        {declare.error && (
          <ErrorNotice what={declare.error.message} safe="What you typed is still here." reference={declare.error.reference} />
        )}
        <div className="flex gap-2">
          <Button type="submit" look="solid" disabled={title.trim() === '' || !process} sending={declare.isPending}>
            Declare
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

type Rest = {
  description: string
  errorCode: string
  /** An instant, or ''. */
  occurred: string
  approximate: boolean
  reporter: string
  hidden: boolean
  impact: string
  urgency: string
}
const nothing: Rest = {
  description: '',
  errorCode: '',
  occurred: '',
  approximate: false,
  reporter: '',
  hidden: false,
  impact: '',
  urgency: '',
}

const given = (rest: Rest): Partial<Declaration> => ({
  ...(rest.description.trim() ? { description: rest.description } : {}),
  ...(rest.errorCode.trim() ? { errorCode: rest.errorCode } : {}),
  ...(rest.occurred ? { occurredAt: rest.occurred, approximate: rest.approximate } : {}),
  ...(rest.reporter ? { reporter: rest.reporter } : {}),
  ...(rest.hidden ? { private: true } : {}),
  ...(rest.impact ? { impact: rest.impact } : {}),
  ...(rest.urgency ? { urgency: rest.urgency } : {}),
})

function More({ rest, onChange }: { rest: Rest; onChange: (rest: Rest) => void }) {
  const set = (change: Partial<Rest>) => onChange({ ...rest, ...change })
  return (
    <>
      <TextArea
        label="Description"
        optional
        rows={3}
        maxLength={20_000}
        value={rest.description}
        onChange={(event) => set({ description: event.target.value })}
      />
      <div className="grid gap-3 tablet:grid-cols-2">
        <TextInput
          label="Error code"
          optional
          mono
          maxLength={200}
          value={rest.errorCode}
          onChange={(event) => set({ errorCode: event.target.value })}
        />
        <WhenInput label="When it occurred" optional value={rest.occurred} onChange={(occurred) => set({ occurred })} />
      </div>
      {rest.occurred && (
        <Checkbox
          label="The time is about right, not exact"
          checked={rest.approximate}
          onChange={(event) => set({ approximate: event.target.checked })}
        />
      )}
      <PersonField label="Reported by" optional nobody="Me" value={rest.reporter} onChange={(reporter) => set({ reporter })} />
      <Checkbox
        label="Private"
        hint="only its team and those who take part see it"
        checked={rest.hidden}
        onChange={(event) => set({ hidden: event.target.checked })}
      />
    </>
  )
}

/** Is this known? Open incidents that read like it, and solved ones that left a workaround. */
function Matches({ text, service }: { text: string; service: string }) {
  const settled = useSettled(text.trim(), 250)
  const matches = useAsk('incidents.match', settled.length >= 4 ? { text: settled, ...(service ? { service } : {}) } : undefined)
  const items = settled.length >= 4 ? (matches.data?.items ?? []) : []
  return (
    <div role="status" aria-live="polite">
      {items.length > 0 && (
        <>
          <p className="text-meta text-ink2">
            {items.some((item) => !isOver(item)) ? 'This may be open already:' : 'This was seen before:'}
          </p>
          <ul className="border-t border-line">
            {items.map((item) => (
              <li key={item.id} className="border-b border-line py-1">
                <span className="flex items-start gap-2">
                  <State kind={glyphOf(item.state.glyph)} word={item.state.name} glyphOnly />
                  <TextLink quiet href={`/incidents/${item.number}`} className="min-w-0 flex-1 wrap-break-word">
                    {item.title}
                  </TextLink>
                  <span className="shrink-0 text-ink3">
                    {item.state.name} · {item.key}
                  </span>
                </span>
                {(item.workaround ?? item.resolution) && (
                  <p className="pl-5 text-meta wrap-break-word text-ink2">
                    {item.workaround ? `Workaround: ${item.workaround}` : `What helped: ${item.resolution}`}
                  </p>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

/** The value once nothing was typed for a moment. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** What follows, before the click. */
function consequence(
  process:
    | { name: string; runbooks: { runbook: string; on: unknown }[]; lead: string; roles: { id: string; name: string; takenBy: string }[] }
    | undefined,
  responds: boolean,
): string {
  if (!process) return ''
  const lead = process.roles.find(({ id }) => id === process.lead)
  const who =
    lead?.takenBy === 'opener' && responds
      ? `You become ${lead.name.toLowerCase()}.`
      : `Nobody is ${lead?.name.toLowerCase() ?? process.lead} until somebody takes it.`
  const runs = process.runbooks.filter(({ on }) => on === 'opened').map(({ runbook }) => runbook)
  return `${who}${runs.length > 0 ? ` The process starts ${runs.join(', ')}.` : ''} ${responds ? 'You can change everything afterwards.' : 'You see what becomes of it, and are asked whether it works again.'}`
}

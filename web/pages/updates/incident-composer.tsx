// The Update box of an incident's page: state, components, text, what is asked, and to whom it will go, before it goes.
import { Megaphone } from 'lucide-react'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import {
  Box,
  Button,
  ClockDigits,
  Dialog,
  ErrorNotice,
  Icon,
  Kbd,
  Markdown,
  nowMs,
  Select,
  TextArea,
  TextInput,
  useDraft,
  useKeys,
  useToast,
} from '../../ui/index.ts'
import { addressWords, statusOptions, type ComponentStatus } from './update-words.ts'

const everyMinutes = ['15', '30', '60', '120', '240']
const answers = [
  { key: 'whoIsHit', label: 'Who is hit' },
  { key: 'whatWeDo', label: 'What we do' },
  { key: 'whenItEnds', label: 'When it ends' },
  { key: 'whatToSay', label: 'What to say' },
] as const
type Answers = Partial<Record<(typeof answers)[number]['key'], string>>

export default function IncidentComposer({ incident, over }: { incident: string; over: boolean }) {
  const [text, setText] = useDraft(`${incident} update`, '')
  const [state, setState] = useDraft(`${incident} update state`, '')
  const [said, setSaid] = useDraft<Answers>(`${incident} update answers`, {})
  const [set, setSet] = useDraft<Record<string, ComponentStatus>>(`${incident} update components`, {})
  const [minutes, setMinutes] = useState(over ? '' : '30')
  const [looking, setLooking] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const settled = useSettled(text, 400)
  const components = useAsk('status.listComponents', {})
  const told = useAsk('status.listUpdates', { incident })
  const named = Object.entries(set).map(([component, status]) => ({ component, status }))
  const preview = useAsk('status.previewUpdate', {
    incident,
    text: settled,
    ...(state ? { state } : {}),
    ...(named.length > 0 ? { components: named } : {}),
  })
  const publish = useDo('status.publishUpdate', () => {
    setText('')
    setSet({})
    setSaid({})
  })
  const toast = useToast()
  const due = told.data?.items[0]?.nextUpdateAt

  const send = () => {
    if (text.trim() === '' || publish.isPending) return
    const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value?.trim())) as Answers
    const nextUpdateAt = minutes ? new Date(nowMs() + Number(minutes) * 60_000).toISOString() : undefined
    publish.mutate(
      {
        incident,
        text,
        ...(state ? { state } : {}),
        ...given,
        ...(named.length > 0 ? { components: named } : {}),
        ...(nextUpdateAt ? { nextUpdateAt } : {}),
      },
      {
        onSuccess: (update) => (toast({ text: `Update ${update.number} is out. ${addressWords(update.subscribers)}` }), setLooking(false)),
      },
    )
  }
  useKeys({ 'Shift+U': () => field.current?.focus() })
  return (
    <Box label="Update">
      <div className="mb-2 flex items-center gap-2">
        <Icon of={Megaphone} className="text-ink2" />
        <h3 className="font-semibold">Update {preview.data?.number ?? ''}</h3>
        {due && (
          <span className="ml-auto">
            <ClockDigits label="Update" face={{ kind: 'due', due }} />
          </span>
        )}
      </div>
      <form onSubmit={(event: FormEvent) => (event.preventDefault(), send())} className="flex flex-col gap-2">
        <div className="flex gap-2">
          <TextInput
            label="State"
            labelHidden
            placeholder={preview.data?.state ?? 'State'}
            value={state}
            maxLength={40}
            onChange={(event) => setState(event.target.value)}
            className="flex-1"
          />
          <ComponentPicker
            components={components.data?.items ?? []}
            set={set}
            onSet={(slug, status) => setSet({ ...set, [slug]: status })}
          />
        </div>
        <TextArea
          ref={field}
          label="What stakeholders read"
          labelHidden
          rows={4}
          maxLength={4000}
          placeholder="What fails, for whom, what still works, what you do about it. No internal names."
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Chosen
          set={set}
          names={components.data?.items ?? []}
          onDrop={(slug) => setSet(Object.fromEntries(Object.entries(set).filter(([one]) => one !== slug)))}
        />
        <details>
          <summary className="text-ink2">Four answers for the dashboard</summary>
          <div className="mt-2 flex flex-col gap-2">
            {answers.map(({ key, label }) => (
              <TextInput
                key={key}
                label={label}
                maxLength={500}
                value={said[key] ?? ''}
                onChange={(event) => setSaid({ ...said, [key]: event.target.value })}
              />
            ))}
          </div>
        </details>
        <Select
          label="Next update"
          value={minutes}
          onChange={(event) => setMinutes(event.target.value)}
          placeholder="None promised"
          options={everyMinutes.map((value) => ({ value, label: Number(value) < 60 ? `in ${value} min` : `in ${Number(value) / 60} h` }))}
        />
        {publish.error && (
          <ErrorNotice what={publish.error.message} safe="Your text is kept. Nobody was told." reference={publish.error.reference} />
        )}
        <div className="flex flex-wrap items-center gap-2 border-t border-line pt-2">
          <span className="w-full text-meta text-ink2">
            {preview.data
              ? `${placeWords(preview.data.places.length)}, ${preview.data.subscribers} ${preview.data.subscribers === 1 ? 'subscriber' : 'subscribers'}`
              : ''}
          </span>
          <Button className="ml-auto" onClick={() => setLooking(true)} disabled={text.trim() === ''}>
            Preview
          </Button>
          <Button type="submit" disabled={text.trim() === ''} sending={publish.isPending}>
            Publish <Kbd>Shift U</Kbd>
          </Button>
        </div>
      </form>
      <Dialog
        open={looking}
        onClose={() => setLooking(false)}
        title={`${preview.data?.state ?? ''}: ${preview.data?.headline ?? ''}`}
        description={preview.data?.reason}
        footer={
          <>
            <Button look="solid" sending={publish.isPending} onClick={send}>
              Publish
            </Button>
            <Button look="quiet" onClick={() => setLooking(false)}>
              Write on
            </Button>
          </>
        }
      >
        <Markdown html={preview.data?.html ?? ''} />
      </Dialog>
    </Box>
  )
}

type Named = { slug: string; name: string }

function ComponentPicker({
  components,
  set,
  onSet,
}: {
  components: Named[]
  set: Record<string, ComponentStatus>
  onSet: (slug: string, status: ComponentStatus) => void
}) {
  const options = components.flatMap(({ slug, name }) =>
    statusOptions.map(({ value, label }) => ({
      value: `${slug} ${value}`,
      label: `${name}: ${label.toLowerCase()}`,
      disabled: set[slug] === value,
    })),
  )
  return (
    <Select
      label="Component"
      labelHidden
      placeholder="Component…"
      value=""
      options={options}
      className="flex-1"
      onChange={(event) => {
        const [slug, status] = event.target.value.split(' ') as [string, ComponentStatus]
        if (slug) onSet(slug, status)
      }}
    />
  )
}

function Chosen({ set, names, onDrop }: { set: Record<string, ComponentStatus>; names: Named[]; onDrop: (slug: string) => void }) {
  const entries = Object.entries(set)
  if (entries.length === 0) return null
  return (
    <ul className="flex flex-col">
      {entries.map(([slug, status]) => (
        <li key={slug} className="flex min-h-7 items-center gap-2">
          <span className="min-w-0 flex-1">
            {names.find((one) => one.slug === slug)?.name ?? slug}:{' '}
            {statusOptions.find(({ value }) => value === status)?.label.toLowerCase()}
          </span>
          <Button look="quiet" size="small" onClick={() => onDrop(slug)}>
            Leave out
          </Button>
        </li>
      ))}
    </ul>
  )
}

const placeWords = (places: number) =>
  places === 0 ? 'To the dashboard only' : `To the dashboard and ${places} ${places === 1 ? 'page' : 'pages'}`

/** The value once it has not changed for that long. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

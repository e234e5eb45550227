// Who is on call instead, from when to when, and why: the twin of every drag. Says what follows before it is done.
import { useState, type FormEvent } from 'react'
import { useAskAll, useDo } from '../../api/hooks.ts'
import { Button, Dialog, ErrorNotice, instantOfField, Select, TextInput, useNow, useToast, wallText } from '../../ui/index.ts'
import { named, spanWords, zoneWords, type Shift, type Span } from './schedule-words.ts'

type Kind = 'takeover' | 'replace' | 'add' | 'remove'
const kinds: { value: Kind; label: string }[] = [
  { value: 'takeover', label: 'is on call alone' },
  { value: 'replace', label: 'is on call in place of …' },
  { value: 'add', label: 'is on call beside the others' },
  { value: 'remove', label: 'is not on call' },
]
const hourMs = 3_600_000

/** `span` is where it starts: from a drag, a gap, a shift, or the next hours. `insteadOf`: somebody covers for this person. `shifts` tells who
 * would be on call otherwise. */
export function OverrideForm({
  schedule,
  span,
  insteadOf,
  zone,
  shifts,
  me,
  onClose,
}: {
  schedule: { slug: string; name: string }
  span: Span
  insteadOf?: string
  zone: string
  shifts: readonly Shift[]
  me: string | undefined
  onClose: () => void
}) {
  const people = useAskAll('directory.listUsers', {})
  const add = useDo('oncall.addOverride')
  const toast = useToast()
  const now = useNow(60)
  const inside = shifts.filter((shift) => shift.from < span.to && shift.to > span.from)
  const [form, setForm] = useState({
    kind: (insteadOf === undefined ? 'takeover' : 'replace') as Kind,
    who: insteadOf === undefined ? (me ?? '') : '',
    instead: insteadOf ?? inside[0]?.person.handle ?? '',
    why: '',
    from: wallText(Date.parse(span.from), zone),
    to: wallText(Date.parse(span.to), zone),
  })
  const filled = form.from !== '' && form.to !== ''
  const wanted = filled
    ? {
        from: instantOfField(form.from, zone, span.from),
        to: instantOfField(form.to, zone, span.to),
      }
    : undefined
  const others = wanted
    ? [
        ...new Map(
          shifts.filter((shift) => shift.from < wanted.to && shift.to > wanted.from).map((shift) => [shift.person.handle, shift.person]),
        ).values(),
      ]
    : []
  const options = (people.data?.items ?? []).map((person) => ({ value: person.handle, label: person.name }))
  const nameOf = (handle: string) => options.find((option) => option.value === handle)?.label ?? handle
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!wanted) return
    add.mutate(
      {
        schedule: schedule.slug,
        kind: form.kind,
        ...wanted,
        why: form.why,
        ...(form.kind === 'remove' ? { remove: form.who } : { add: form.who }),
        ...(form.kind === 'replace' ? { remove: form.instead } : {}),
      },
      {
        onSuccess: () => {
          toast({ text: 'The override stands. The layers count again when it ends.' })
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Override ${schedule.name}`}
      description="For this time it counts above the layers. Whoever is on call at other times by it is told, and is not woken."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <div className="grid gap-3 tablet:grid-cols-2">
          <Select
            label="Who"
            required
            placeholder="Choose…"
            options={options}
            value={form.who}
            onChange={(event) => setForm({ ...form, who: event.target.value })}
          />
          <Select
            label="Then"
            options={kinds}
            value={form.kind}
            onChange={(event) => setForm({ ...form, kind: event.target.value as Kind })}
          />
          {form.kind === 'replace' && (
            <Select
              label="In place of"
              required
              placeholder="Choose…"
              options={options.filter((option) => option.value !== form.who)}
              value={form.instead}
              onChange={(event) => setForm({ ...form, instead: event.target.value })}
              className="tablet:col-span-2"
            />
          )}
          <TextInput
            label="From"
            type="datetime-local"
            required
            value={form.from}
            onChange={(event) => setForm({ ...form, from: event.target.value })}
          />
          <TextInput
            label="To"
            type="datetime-local"
            required
            min={form.from}
            value={form.to}
            onChange={(event) => setForm({ ...form, to: event.target.value })}
          />
        </div>
        <p className="-mt-1 text-meta text-ink3">Times in {zoneWords(zone, wanted ? Date.parse(wanted.from) : now)}</p>
        <TextInput
          label="Why"
          optional
          maxLength={500}
          placeholder="agreed with Tunde"
          value={form.why}
          onChange={(event) => setForm({ ...form, why: event.target.value })}
        />
        {wanted && wanted.from < wanted.to && form.who !== '' && (
          <p aria-live="polite">
            {consequence(form.kind, nameOf(form.who), nameOf(form.instead), named(others), spanWords(wanted, zone, now))}
          </p>
        )}
        {add.error && <ErrorNotice what={add.error.message} safe="Nothing was changed." reference={add.error.reference} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending}>
            Add override
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function consequence(kind: Kind, who: string, instead: string, others: string, when: string): string {
  if (kind === 'takeover') return `${who} is on call alone, ${when}. Without it: ${others}.`
  if (kind === 'replace') return `Where ${instead || 'nobody'} is on call, ${who} is instead, ${when}.`
  return kind === 'add'
    ? `${who} is on call too, ${when}, beside ${others}.`
    : `${who} is not on call, ${when}. Whoever is left: see the month, gaps are hatched.`
}

/** The next whole hour and four hours on. */
export function nextHours(nowMs: number): Span {
  const from = Math.ceil(nowMs / hourMs) * hourMs
  return { from: new Date(from).toISOString(), to: new Date(from + 4 * hourMs).toISOString() }
}

// Offering a shift of one's own, or a part of it, to one person.
import { useState, type FormEvent } from 'react'
import { useAskAll, useDo } from '../../api/hooks.ts'
import { Button, Dialog, ErrorNotice, instantOfField, Select, TextInput, useToast, wallText } from '../../ui/index.ts'
import { zoneWords, type Range, type Span } from './schedule-words.ts'

export function OfferForm({
  schedule,
  span,
  zone,
  me,
  onClose,
  onDone,
}: {
  schedule: Range['schedule']
  span: Span
  zone: string
  me: string | undefined
  onClose: () => void
  onDone: () => void
}) {
  const people = useAskAll('directory.listUsers', {})
  const offer = useDo('oncall.offerShift')
  const toast = useToast()
  const [form, setForm] = useState({
    person: '',
    why: '',
    from: wallText(Date.parse(span.from), zone),
    to: wallText(Date.parse(span.to), zone),
  })
  const taking = new Set(schedule.layers.flatMap((layer) => layer.rotation.participants))
  const options = (people.data?.items ?? [])
    .filter((person) => person.handle !== me)
    .toSorted((a, b) => Number(taking.has(b.handle)) - Number(taking.has(a.handle)) || a.name.localeCompare(b.name))
    .map((person) => ({ value: person.handle, label: taking.has(person.handle) ? `${person.name}, takes turns here` : person.name }))
  const name = people.data?.items.find((person) => person.handle === form.person)?.name
  const submit = (event: FormEvent) => {
    event.preventDefault()
    offer.mutate(
      {
        schedule: schedule.slug,
        person: form.person,
        why: form.why,
        from: instantOfField(form.from, zone, span.from),
        to: instantOfField(form.to, zone, span.to),
      },
      {
        onSuccess: () => {
          toast({ text: `Offered to ${name ?? form.person}. It stays yours until they take it.` })
          onClose()
          onDone()
        },
      },
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Offer a shift of ${schedule.name}`}
      description="They are told now, and answer. Until they take it you are on call."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Select
          label="To whom"
          required
          placeholder="Choose…"
          options={options}
          value={form.person}
          onChange={(event) => setForm({ ...form, person: event.target.value })}
        />
        <div className="grid gap-3 tablet:grid-cols-2">
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
        <p className="-mt-1 text-meta text-ink3">Times in {zoneWords(zone, Date.parse(span.from))}</p>
        <TextInput
          label="Why"
          optional
          maxLength={500}
          placeholder="a wedding; I take yours of next week"
          value={form.why}
          onChange={(event) => setForm({ ...form, why: event.target.value })}
        />
        {offer.error && <ErrorNotice what={offer.error.message} safe="Nobody was told." reference={offer.error.reference} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={offer.isPending}>
            Offer shift
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

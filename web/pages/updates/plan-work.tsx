// Announcing planned work: what customers read, when, and which components it touches.
import { useState, type FormEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import { Button, Checkbox, ChoiceGroup, Dialog, ErrorNotice, TextArea, TextInput, useToast, WhenInput } from '../../ui/index.ts'
import type { Component } from './update-words.ts'

export function PlanWork({ components, onClose }: { components: Component[]; onClose: () => void }) {
  const [title, setTitle] = useState('')
  const [text, setText] = useState('')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [chosen, setChosen] = useState<string[]>([])
  const plan = useDo('status.planMaintenance')
  const toast = useToast()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    plan.mutate(
      { title, text, startsAt: from, endsAt: to, components: chosen },
      { onSuccess: ({ reason }) => (toast({ text: `Announced. ${reason}` }), onClose()) },
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Plan work"
      description="Announced at once to those who follow a page that shows these components. On time they are set to maintenance, and back."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="What"
          required
          maxLength={120}
          placeholder="Planned work on orders"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <TextArea
          label="What customers read"
          required
          maxLength={4000}
          placeholder="Orders can be read, not placed."
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="flex flex-wrap gap-3">
          <WhenInput label="From" required value={from} onChange={setFrom} className="min-w-48 flex-1" />
          <WhenInput label="To" required value={to} onChange={setTo} className="min-w-48 flex-1" />
        </div>
        <ChoiceGroup legend="Components">
          {components.map(({ slug, name }) => (
            <Checkbox
              key={slug}
              label={name}
              checked={chosen.includes(slug)}
              onChange={(event) => setChosen(event.target.checked ? [...chosen, slug] : chosen.filter((one) => one !== slug))}
            />
          ))}
        </ChoiceGroup>
        {plan.error && <ErrorNotice what={plan.error.message} safe="Nothing was announced." />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" disabled={chosen.length === 0} sending={plan.isPending}>
            Announce
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

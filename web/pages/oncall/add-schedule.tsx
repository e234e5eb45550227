// A first schedule: one layer in which people take turns. More layers and hours come through configuration as files.
import { useState, type FormEvent } from 'react'
import { useNavigate } from '@tanstack/react-router'
import { useAskAll, useDo } from '../../api/hooks.ts'
import {
  Button,
  Checkbox,
  ChoiceGroup,
  Dialog,
  ErrorNotice,
  NameFields,
  Select,
  TextInput,
  useNamed,
  useNow,
  useReader,
  wallText,
} from '../../ui/index.ts'
import { OwnerTeam } from '../services/owner-team.tsx'

type Unit = 'day' | 'week'

export function AddSchedule({ onClose }: { onClose: () => void }) {
  const reader = useReader()
  const nowMs = useNow(60)
  const people = useAskAll('directory.listUsers', {})
  const add = useDo('oncall.addSchedule')
  const navigate = useNavigate()
  const [form, setForm] = useState({
    team: '',
    zone: reader.zone,
    unit: 'week' as Unit,
    anchor: `${wallText(nowMs, reader.zone).slice(0, 10)}T09:00`,
  })
  const named = useNamed()
  const [turns, setTurns] = useState<readonly string[]>([])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(
      {
        slug: named.slug,
        name: named.name,
        team: form.team || null,
        zone: form.zone,
        layers: [
          {
            name: form.unit === 'week' ? 'Weekly' : 'Daily',
            rotation: { unit: form.unit, length: 1, anchor: form.anchor, participants: [...turns] },
          },
        ],
      },
      { onSuccess: (schedule) => void navigate({ to: `/oncall/schedules/${schedule.slug}` }) },
    )
  }
  return (
    <Dialog open onClose={onClose} title="Add a schedule" description="It pages nobody by itself: an escalation policy names it.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <NameFields named={named} placeholder="Payments" />
        <div className="grid gap-3 tablet:grid-cols-2">
          <OwnerTeam nobody="No team" adds="oncall.addSchedule" value={form.team} onChange={(team) => setForm({ ...form, team })} />
          <TextInput
            label="Zone"
            required
            value={form.zone}
            onChange={(event) => setForm({ ...form, zone: event.target.value })}
            hint="Such as Europe/Berlin"
          />
          <Select
            label="Handed over"
            options={[
              { value: 'week', label: 'Every week' },
              { value: 'day', label: 'Every day' },
            ]}
            value={form.unit}
            onChange={(event) => setForm({ ...form, unit: event.target.value as Unit })}
          />
          <TextInput
            label="First turn begins"
            type="datetime-local"
            required
            value={form.anchor}
            onChange={(event) => setForm({ ...form, anchor: event.target.value })}
          />
        </div>
        <ChoiceGroup
          legend={
            turns.length === 0
              ? 'Who takes turns, in the order in which you choose them'
              : `Turns: ${turns.map((handle) => people.data?.items.find((person) => person.handle === handle)?.name ?? handle).join(', then ')}`
          }
        >
          <div className="grid max-h-48 gap-x-4 overflow-y-auto tablet:grid-cols-2">
            {(people.data?.items ?? []).map((person) => (
              <Checkbox
                key={person.id}
                label={person.name}
                checked={turns.includes(person.handle)}
                onChange={(event) =>
                  setTurns(event.target.checked ? [...turns, person.handle] : turns.filter((one) => one !== person.handle))
                }
              />
            ))}
          </div>
        </ChoiceGroup>
        {add.error && <ErrorNotice what={add.error.message} safe="Nothing was added." reference={add.error.reference} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" disabled={turns.length === 0} sending={add.isPending}>
            Add schedule
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

// A new escalation policy: whom each level tells, and how long it has to answer.
import { X } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { useNavigate } from '@tanstack/react-router'
import { useAsk, useAskAll, useDo } from '../../api/hooks.ts'
import { Button, Dialog, durationWords, ErrorNotice, IconButton, NameFields, Select, useNamed } from '../../ui/index.ts'
import { OwnerTeam } from '../services/owner-team.tsx'

interface LevelForm {
  /** `schedule payments`, `user mara` or `team search`. */
  target: string
  delaySeconds: number
}
const delays = [60, 120, 300, 600, 900, 1800].map((delay) => ({ value: String(delay), label: `${durationWords(delay)} to answer` }))

export function AddPolicy({ onClose }: { onClose: () => void }) {
  const schedules = useAsk('oncall.listSchedules', {})
  const people = useAskAll('directory.listUsers', {})
  const teams = useAskAll('directory.listTeams', {})
  const add = useDo('oncall.addPolicy')
  const navigate = useNavigate()
  const [form, setForm] = useState({ team: '', repeat: 1 })
  const named = useNamed()
  const [levels, setLevels] = useState<readonly LevelForm[]>([{ target: '', delaySeconds: 300 }])
  const targets = [
    ...(schedules.data?.items ?? []).map(({ slug, name }) => ({ value: `schedule ${slug}`, label: `On call for ${name}` })),
    ...(people.data?.items ?? []).map(({ handle, name }) => ({ value: `user ${handle}`, label: name })),
    ...(teams.data?.items ?? []).map(({ slug, name }) => ({ value: `team ${slug}`, label: `Everybody of ${name}` })),
  ]
  const change = (index: number, part: Partial<LevelForm>) =>
    setLevels(levels.map((level, at) => (at === index ? { ...level, ...part } : level)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(
      {
        slug: named.slug,
        name: named.name,
        team: form.team || null,
        repeat: form.repeat,
        levels: levels.map(({ target, delaySeconds }) => ({ targets: [targetOf(target)], delaySeconds })),
      },
      { onSuccess: (policy) => void navigate({ to: `/oncall/policies/${policy.slug}` }) },
    )
  }
  return (
    <Dialog open onClose={onClose} title="Add an escalation policy" description="It pages nobody until a service or a route names it.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <div className="grid gap-3 tablet:grid-cols-2">
          <NameFields named={named} placeholder="Payments" />
          <OwnerTeam nobody="No team" adds="oncall.addPolicy" value={form.team} onChange={(team) => setForm({ ...form, team })} />
        </div>
        <ol className="flex flex-col gap-2">
          {levels.map((level, index) => (
            <li key={index} className="flex flex-wrap items-end gap-2">
              <Select
                label={`Level ${index + 1} tells`}
                required
                placeholder="Choose…"
                className="min-w-48 flex-1"
                options={targets}
                value={level.target}
                onChange={(event) => change(index, { target: event.target.value })}
              />
              <Select
                label={`Level ${index + 1} has`}
                labelHidden
                className="w-40"
                options={delays}
                value={String(level.delaySeconds)}
                onChange={(event) => change(index, { delaySeconds: Number(event.target.value) })}
              />
              {levels.length > 1 && (
                <IconButton label={`Remove level ${index + 1}`} of={X} onClick={() => setLevels(levels.filter((_, at) => at !== index))} />
              )}
            </li>
          ))}
        </ol>
        <div>
          <Button size="small" onClick={() => setLevels([...levels, { target: '', delaySeconds: 300 }])}>
            Add level
          </Button>
        </div>
        <Select
          label="If nobody answers"
          value={String(form.repeat)}
          onChange={(event) => setForm({ ...form, repeat: Number(event.target.value) })}
          options={[
            { value: '0', label: 'tell the owners' },
            { value: '1', label: 'one more round, then tell the owners' },
            { value: '3', label: 'three more rounds, then tell the owners' },
          ]}
        />
        {add.error && <ErrorNotice what={add.error.message} safe="Nothing was added." reference={add.error.reference} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending}>
            Add policy
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function targetOf(text: string): { schedule: string } | { user: string } | { team: string } {
  const [kind, name = ''] = text.split(' ')
  return kind === 'schedule' ? { schedule: name } : kind === 'team' ? { team: name } : { user: name }
}

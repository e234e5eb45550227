// Adding a person: they are invited to set a password of their own, or one is told to them.
import { useState, type FormEvent } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import type { Input } from '../../api/client.ts'
import { browserZone, Button, ChoiceGroup, Dialog, ErrorNotice, Radio, Select, TextInput, useToast } from '../../ui/index.ts'
import { HandOver } from './password-link.tsx'

export type Role = NonNullable<Input<'directory.addUser'>['role']>
export const roles: { value: Role; label: string }[] = [
  { value: 'administrator', label: 'Administrator' },
  { value: 'manager', label: 'Process owner' },
  { value: 'responder', label: 'Responder' },
  { value: 'agent', label: 'Service desk' },
  { value: 'reporter', label: 'Reporter' },
  { value: 'stakeholder', label: 'Stakeholder' },
]

/** How they get in. */
type Way = 'invite' | 'password' | 'later'
const empty = { name: '', email: '', handle: '', password: '', role: 'responder' as Role, way: undefined as Way | undefined }

export function AddPerson({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [form, setForm] = useState(empty)
  const mails = useAsk('directory.setupState', {}).data?.mails
  const add = useDo('directory.addUser')
  const toast = useToast()
  const way = form.way ?? (mails ? 'invite' : 'password')
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change })
  const faults = new Map(add.error?.faults.map((fault) => [fault.path.slice(1), fault.message]))
  const made =
    add.data?.invitation?.link === undefined ? undefined : { name: add.data.name, ...add.data.invitation, link: add.data.invitation.link }
  const leave = () => {
    setForm(empty)
    add.reset()
    onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { password, way: _, ...rest } = form
    const byWay = way === 'password' ? { password } : way === 'invite' ? { invite: true } : {}
    add.mutate(
      { ...rest, zone: browserZone(), ...byWay },
      {
        onSuccess: ({ name, signIn, invitation }) => {
          if (invitation?.link !== undefined) return
          toast({ text: `${name} is added. ${signIn}` })
          leave()
        },
      },
    )
  }
  if (made)
    return (
      <Dialog open={open} onClose={leave} title={`${made.name} is added`} footer={<Button onClick={leave}>Done</Button>}>
        <HandOver {...made} />
      </Dialog>
    )
  return (
    <Dialog open={open} onClose={onClose} title="Add a person">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="Name"
          required
          value={form.name}
          error={faults.get('name')}
          onChange={(event) =>
            set({
              name: event.target.value,
              handle:
                event.target.value
                  .toLowerCase()
                  .normalize('NFKD')
                  .replace(/[^a-z0-9 ]/g, '')
                  .trim()
                  .split(/ +/)[0] ?? '',
            })
          }
        />
        <TextInput
          label="Handle"
          mono
          required
          value={form.handle}
          error={faults.get('handle')}
          hint="How configuration and mentions name them."
          onChange={(event) => set({ handle: event.target.value })}
        />
        <TextInput
          label="E-mail"
          type="email"
          required
          value={form.email}
          error={faults.get('email')}
          onChange={(event) => set({ email: event.target.value })}
        />
        <Select label="Role" options={roles} value={form.role} onChange={(event) => set({ role: event.target.value as Role })} />
        <ChoiceGroup legend="How they get in">
          <Radio
            name="way"
            label={mails === false ? 'Make an invitation' : 'Send an invitation'}
            hint={mails === false ? 'you hand over its link' : 'they set their own password'}
            checked={way === 'invite'}
            onChange={() => set({ way: 'invite' })}
          />
          <Radio
            name="way"
            label="Give them a password"
            hint="you tell them, and they change it"
            checked={way === 'password'}
            onChange={() => set({ way: 'password' })}
          />
          <Radio
            name="way"
            label="Later"
            hint={mails === false ? 'you make them a link' : 'they ask for a link, or you send one'}
            checked={way === 'later'}
            onChange={() => set({ way: 'later' })}
          />
        </ChoiceGroup>
        {way === 'password' && (
          <TextInput
            label="Password"
            type="password"
            autoComplete="new-password"
            minLength={12}
            required
            value={form.password}
            error={faults.get('password')}
            hint="At least 12 characters."
            onChange={(event) => set({ password: event.target.value })}
          />
        )}
        {add.error && faults.size === 0 && <ErrorNotice what={add.error.message} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending}>
            {way === 'invite' && mails !== false ? 'Add and invite' : 'Add person'}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

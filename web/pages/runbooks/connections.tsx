// Connections: where runs send credentials, who uses them, and how old they are. What is in them is never shown.
import { Ellipsis } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import type { Output } from '../../api/client.ts'
import { useMay } from '../../may.ts'
import {
  Button,
  ConfirmDialog,
  Dialog,
  Empty,
  ErrorNotice,
  IconButton,
  Menu,
  Select,
  Table,
  TextInput,
  TimeText,
  usePhone,
} from '../../ui/index.ts'
import { OwnerTeam } from '../services/owner-team.tsx'
import { SettingsPage } from '../settings/settings-frame.tsx'

type Connection = Output<'runbooks.listConnections'>['items'][number]

export default function ConnectionsPage() {
  const connections = useAsk('runbooks.listConnections', {})
  const remove = useDo('runbooks.removeConnection')
  const [adding, setAdding] = useState(false)
  const may = useMay()
  const phone = usePhone()
  const [rotating, setRotating] = useState<Connection>()
  const [removing, setRemoving] = useState<Connection>()
  const items = connections.data?.items ?? []
  return (
    <SettingsPage
      section="connections"
      actions={
        may('runbooks.addConnection') && (
          <Button look={items.length > 0 ? 'solid' : 'outline'} onClick={() => setAdding(true)}>
            Add connection
          </Button>
        )
      }
    >
      <p className="mb-3 text-ink2">
        Credentials that steps of runbooks send, each only below its own address. They are stored encrypted, taken out of every output, and
        never shown again.
      </p>
      {connections.error && <ErrorNotice what={connections.error.message} />}
      {connections.data && items.length === 0 && (
        <Empty
          title="No connection yet"
          act={
            may('runbooks.addConnection') && (
              <Button look="solid" onClick={() => setAdding(true)}>
                Add a connection
              </Button>
            )
          }
        >
          A runbook names a connection by its slug; its steps then call that address with the credentials in it.
        </Empty>
      )}
      {items.length > 0 && (
        <Table
          caption="Connections"
          rows={items}
          rowId={({ id }) => id}
          columns={[
            {
              id: 'name',
              head: 'Connection',
              cell: (one) => (
                <>
                  <span className="font-medium">{one.name}</span> <span className="font-mono text-meta text-ink3">{one.slug}</span>
                </>
              ),
            },
            {
              id: 'address',
              head: 'Address',
              cell: (one) => (
                <>
                  <span className="wrap-break-word max-tablet:wrap-anywhere">{one.address}</span>
                  <div className="text-ink3">
                    {one.scheme}
                    {one.team && `, only team ${one.team}`}
                  </div>
                </>
              ),
            },
            {
              id: 'used',
              head: 'Used by',
              deskOnly: true,
              cell: (one) => (one.usedBy.length === 0 ? 'no runbook' : one.usedBy.map(({ name }) => name).join(', ')),
            },
            { id: 'age', head: 'Changed', deskOnly: true, cell: (one) => <TimeText at={one.rotatedAt} form="relative" /> },
            {
              id: 'acts',
              head: 'Acts',
              headHidden: true,
              cell: (one) =>
                may('runbooks.rotateConnection', one.team) &&
                (phone ? (
                  <span className="flex justify-end">
                    <Menu
                      align="end"
                      trigger={<IconButton label={`Replace the credentials of ${one.name}, or remove it`} of={Ellipsis} />}
                      groups={[
                        {
                          acts: [
                            { label: 'New credentials…', run: () => setRotating(one) },
                            { label: 'Remove…', danger: true, run: () => setRemoving(one) },
                          ],
                        },
                      ]}
                    />
                  </span>
                ) : (
                  <span className="flex flex-wrap justify-end gap-1">
                    <Button size="small" onClick={() => setRotating(one)}>
                      New credentials…
                    </Button>
                    <Button size="small" look="danger" onClick={() => setRemoving(one)}>
                      Remove…
                    </Button>
                  </span>
                )),
            },
          ]}
        />
      )}
      {adding && <AddConnection onClose={() => setAdding(false)} />}
      {rotating && <Rotate connection={rotating} onClose={() => setRotating(undefined)} />}
      {removing && (
        <ConfirmDialog
          open
          onClose={() => setRemoving(undefined)}
          title={`Remove ${removing.name}`}
          verb="Remove"
          sending={remove.isPending}
          error={remove.error && <ErrorNotice what={remove.error.message} />}
          consequence={
            removing.usedBy.length === 0
              ? 'No runbook uses it. Its credentials are deleted.'
              : `${removing.usedBy.map(({ name }) => name).join(', ')} use it: their steps will stand and ask a person. Its credentials are deleted.`
          }
          onConfirm={() => remove.mutate({ connection: removing.id }, { onSuccess: () => setRemoving(undefined) })}
        />
      )}
    </SettingsPage>
  )
}

const schemes = [
  { value: 'bearer', label: 'Bearer token' },
  { value: 'basic', label: 'User and password' },
  { value: 'header', label: 'A header of its own' },
]

function AddConnection({ onClose }: { onClose: () => void }) {
  const add = useDo('runbooks.addConnection')
  const [form, setForm] = useState({ name: '', slug: '', address: '', team: '', scheme: 'bearer', detail: '', secret: '' })
  const field = (name: keyof typeof form) => ({
    value: form[name],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const scheme =
      form.scheme === 'basic'
        ? { type: 'basic' as const, username: form.detail }
        : form.scheme === 'header'
          ? { type: 'header' as const, name: form.detail }
          : { type: 'bearer' as const }
    add.mutate(
      { name: form.name, slug: form.slug, address: form.address, team: form.team === '' ? null : form.team, scheme, secret: form.secret },
      { onSuccess: onClose },
    )
  }
  return (
    <Dialog open onClose={onClose} title="Add a connection" description="Its credentials go only to this address and below it.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput label="Name" required placeholder="Argo CD" {...field('name')} />
        <TextInput label="Name in runbooks" required placeholder="argo" {...field('slug')} />
        <TextInput label="Address" required type="url" placeholder="https://argo.example.com/api" {...field('address')} />
        <OwnerTeam
          label="Runbooks that may use it"
          nobody="All of them"
          adds="runbooks.addConnection"
          value={form.team}
          onChange={(team) => setForm({ ...form, team })}
        />
        <Select label="How it signs in" value={form.scheme} onChange={field('scheme').onChange} options={schemes} />
        {form.scheme !== 'bearer' && <TextInput label={form.scheme === 'basic' ? 'User' : 'Header'} required {...field('detail')} />}
        <TextInput
          label={form.scheme === 'basic' ? 'Password' : 'Secret'}
          required
          type="password"
          autoComplete="off"
          {...field('secret')}
        />
        {add.error && (
          <ErrorNotice
            what={add.error.message}
            todo={add.error.faults.map(({ path, message }) => `${path} ${message}`).join('; ') || undefined}
          />
        )}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending}>
            Add connection
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Rotate({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const rotate = useDo('runbooks.rotateConnection')
  const [secret, setSecret] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rotate.mutate({ connection: connection.id, secret }, { onSuccess: onClose })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`New credentials for ${connection.name}`}
      description="From the next call on, runs send these. The old ones are deleted."
      width="narrow"
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="New secret"
          required
          type="password"
          autoComplete="off"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
        {rotate.error && <ErrorNotice what={rotate.error.message} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" disabled={secret === ''} sending={rotate.isPending}>
            Replace
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

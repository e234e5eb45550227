// Silences: what keeps alerts from paging for a while.
import { useState, type FormEvent } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Button, Dialog, Empty, ErrorNotice, nowMs, Select, State, Table, TextInput, TimeText } from '../../ui/index.ts'
import { SettingsPage } from './settings-frame.tsx'

const lengths = [
  { value: '30', label: '30 min' },
  { value: '60', label: '1 h' },
  { value: '240', label: '4 h' },
  { value: '1440', label: '1 day' },
  { value: '10080', label: '7 days' },
]

export default function SilencesPage() {
  const silences = useAsk('silences.list', {})
  const end = useDo('silences.end')
  const [adding, setAdding] = useState(false)
  const may = useMay()('silences.add', null)
  const items = silences.data?.items ?? []
  return (
    <SettingsPage
      section="silences"
      actions={
        may && (
          <Button look={items.length > 0 ? 'solid' : 'outline'} onClick={() => setAdding(true)}>
            Add silence
          </Button>
        )
      }
    >
      {(silences.error ?? end.error) && <ErrorNotice what={(silences.error ?? end.error)!.message} />}
      {silences.data && items.length === 0 && (
        <Empty
          title="Nothing is silenced"
          act={
            may && (
              <Button look="solid" onClick={() => setAdding(true)}>
                Add a silence
              </Button>
            )
          }
        >
          Silenced alerts are kept and shown with the reason; they page nobody.
        </Empty>
      )}
      {items.length > 0 && (
        <Table
          caption="Silences"
          rows={items}
          rowId={(one) => one.id}
          columns={[
            {
              id: 'state',
              head: 'State',
              width: '80px',
              cell: (one) => (
                <State kind={one.state === 'active' ? 'held' : 'paused'} word={one.state === 'active' ? 'Active' : 'To come'} />
              ),
            },
            {
              id: 'name',
              head: 'For',
              cell: (one) => (
                <>
                  {one.name}
                  <code className="block text-meta wrap-anywhere text-ink2 tablet:hidden">{one.matchers}</code>
                </>
              ),
            },
            {
              id: 'matchers',
              head: 'Alerts with',
              deskOnly: true,
              cell: (one) => <code className="text-meta break-all">{one.matchers}</code>,
            },
            { id: 'ends', head: 'Until', cell: (one) => <TimeText at={one.endsAt} form="absolute" /> },
            { id: 'by', head: 'By', deskOnly: true, cell: (one) => one.createdByName ?? '' },
            {
              id: 'end',
              head: 'End',
              headHidden: true,
              width: '80px',
              cell: (one) =>
                may && (
                  <Button size="small" onClick={() => end.mutate({ silenceId: one.id })}>
                    End now
                  </Button>
                ),
            },
          ]}
        />
      )}
      <AddSilence open={adding} onClose={() => setAdding(false)} />
    </SettingsPage>
  )
}

function AddSilence({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [form, setForm] = useState({ name: '', matchers: '', minutes: '60' })
  const add = useDo('silences.add')
  const faults = new Map(add.error?.faults.map((fault) => [fault.path.slice(1), fault.message]))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const endsAt = new Date(nowMs() + Number(form.minutes) * 60_000).toISOString()
    add.mutate({ name: form.name, matchers: form.matchers, endsAt }, { onSuccess: onClose })
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Add a silence"
      description="New alerts that match page nobody until it ends; what is still open then pages. What pages already goes on until somebody takes it."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="What for"
          required
          value={form.name}
          error={faults.get('name')}
          onChange={(event) => setForm({ ...form, name: event.target.value })}
          placeholder="deploy window"
        />
        <TextInput
          label="Alerts with"
          mono
          required
          value={form.matchers}
          error={faults.get('matchers')}
          hint={'Such as service=payments-gateway, severity!=critical'}
          onChange={(event) => setForm({ ...form, matchers: event.target.value })}
        />
        <Select
          label="For"
          options={lengths}
          value={form.minutes}
          onChange={(event) => setForm({ ...form, minutes: event.target.value })}
        />
        {add.error && faults.size === 0 && <ErrorNotice what={add.error.message} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={add.isPending}>
            Add silence
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

// What was changed by hand: nobody else reports it.
import { useState, type FormEvent } from 'react'
import { useAskAll, useDo } from '../../api/hooks.ts'
import { Button, Dialog, ErrorNotice, Select, TextInput, useToast } from '../../ui/index.ts'

export function RecordChange({ open, onClose }: { open: boolean; onClose: () => void }) {
  const services = useAskAll('directory.listServices', open ? {} : undefined).data?.items ?? []
  const [summary, setSummary] = useState('')
  const [service, setService] = useState('')
  const record = useDo('changes.record')
  const toast = useToast()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    record.mutate(
      { summary, ...(service ? { service } : {}) },
      {
        onSuccess: () => {
          toast({ text: 'Recorded. It is shown beside what breaks after it.' })
          setSummary('')
          onClose()
        },
      },
    )
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Record a change"
      description="What you do by hand and no pipeline reports: a flag, a record in the name service, a migration."
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="What was changed"
          required
          maxLength={1024}
          placeholder="Flag new-checkout is on for 50 %"
          value={summary}
          onChange={(event) => setSummary(event.target.value)}
        />
        <Select
          label="Service"
          optional
          placeholder="None in particular"
          value={service}
          onChange={(event) => setService(event.target.value)}
          options={services.map(({ slug, name }) => ({ value: slug, label: name }))}
        />
        {record.error && <ErrorNotice what={record.error.message} reference={record.error.reference} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={record.isPending}>
            Record it
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

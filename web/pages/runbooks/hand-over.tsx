// Gives a question to somebody else: they are asked too, at once.
import { useState, type FormEvent } from 'react'
import { useAskAll, useDo } from '../../api/hooks.ts'
import { Button, Dialog, ErrorNotice, Select, useToast } from '../../ui/index.ts'
import type { Pending } from './run-words.ts'

export function HandOver({ pending, onClose }: { pending: Pending; onClose: () => void }) {
  const users = useAskAll('directory.listUsers', {})
  const hand = useDo('runbooks.handOver')
  const toast = useToast()
  const [user, setUser] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    hand.mutate({ run: pending.run.id, step: pending.step, user }, { onSuccess: () => (toast({ text: 'They are asked now.' }), onClose()) })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Hand to somebody"
      description="They are told by their own rules and may answer from then on. Who is asked already stays asked."
      width="narrow"
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Select
          label="Who"
          placeholder="Choose a person"
          value={user}
          onChange={(event) => setUser(event.target.value)}
          options={(users.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
        {hand.error && <ErrorNotice what={hand.error.message} />}
        <div className="flex gap-2">
          <Button look="solid" type="submit" disabled={user === ''} sending={hand.isPending}>
            Ask them
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

// The reporter is asked whether it works again; everybody else sees that they are, and when it closes by itself.
import { useState } from 'react'
import { useDo } from '../../api/hooks.ts'
import { Box, Button, ErrorNotice, TextArea, TimeText, useToast } from '../../ui/index.ts'
import type { Screen } from './incident-words.ts'
import { ToldByItself } from './told-by-itself.tsx'

export function Confirmation({ incident }: { incident: Screen }) {
  const { state, mine, closesAt } = incident.confirmation
  const [note, setNote] = useState('')
  const confirm = useDo('incidents.confirm')
  const toast = useToast()
  const give = (works: boolean) =>
    confirm.mutate(
      { incident: incident.key, works, ...(note.trim() ? { note } : {}) },
      { onSuccess: () => toast({ text: works ? 'Confirmed. It is closed.' : 'It is worked on again.' }) },
    )
  if (state !== 'asked') return null
  const closes = closesAt && (
    <>
      Without an answer it closes <TimeText at={closesAt} form="both" />.
    </>
  )
  if (!mine)
    return (
      <p className="border-b border-line px-4 py-2 text-ink2">
        {incident.reporter?.name ?? 'The reporter'} is asked whether it works again. {closes}
      </p>
    )
  return (
    <div className="border-b border-line p-4">
      <Box ground="waiting" label="Does it work again?">
        <p className="font-semibold">Does it work again?</p>
        <p className="mt-0.5 text-ink2">Yes closes it. No opens it again, and you are asked again. {closes}</p>
        <div className="mt-2">
          <ToldByItself incident={incident.key} what="back" when="If you say no: " />
        </div>
        <TextArea
          className="mt-2"
          label="If not, what does not work?"
          optional
          rows={2}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        {confirm.error && <ErrorNotice what={confirm.error.message} reference={confirm.error.reference} />}
        <div className="mt-2 flex flex-wrap gap-2">
          <Button look="solid" sending={confirm.isPending} onClick={() => give(true)}>
            Yes, it works again
          </Button>
          <Button disabled={note.trim() === ''} sending={confirm.isPending} onClick={() => give(false)}>
            No, it does not work
          </Button>
        </div>
      </Box>
    </div>
  )
}

// What can be done with a run that stands or goes: try a failed step again, skip a step, stop the run. Each asks why where others read it.
import { useState, type FormEvent } from 'react'
import { useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Box, Button, Dialog, ErrorNotice, StateGlyph, TextArea, useToast } from '../../ui/index.ts'
import type { Run } from './run-words.ts'

/** The failed step with its reason and the two ways on. */
export function StuckStep({ run }: { run: Run }) {
  const may = useMay()('runbooks.retryStep')
  const retry = useDo('runbooks.retryStep')
  const [skipping, setSkipping] = useState(false)
  if (!run.stuck) return null
  const { step, name, reason } = run.stuck
  return (
    <Box ground="urgent" label={`${name} failed`}>
      <div className="flex items-start gap-2">
        <StateGlyph kind="failed" className="mt-0.5" />
        <p className="min-w-0 flex-1">
          <span className="font-semibold">{name} failed:</span> <span className="wrap-break-word">{reason}</span>
        </p>
      </div>
      <p className="mt-1 text-ink2">{run.ifNothing}</p>
      {may && (
        <div className="mt-2 flex flex-wrap gap-2">
          <Button look="solid" sending={retry.isPending} onClick={() => retry.mutate({ run: run.id, step })}>
            Try again
          </Button>
          <Button onClick={() => setSkipping(true)}>Skip it…</Button>
        </div>
      )}
      {retry.error && (
        <div className="mt-2">
          <ErrorNotice what={retry.error.message} />
        </div>
      )}
      {skipping && <SkipDialog run={run} step={step} name={name} onClose={() => setSkipping(false)} />}
    </Box>
  )
}

function SkipDialog({ run, step, name, onClose }: { run: Run; step: string; name: string; onClose: () => void }) {
  const skip = useDo('runbooks.skipStep')
  return (
    <WhyDialog
      title={`Skip ‘${name}’`}
      consequence="The run goes on without it. Later steps that need its values will say so."
      verb="Skip it"
      sending={skip.isPending}
      error={skip.error?.message}
      onClose={onClose}
      onWhy={(reason) => skip.mutate({ run: run.id, step, reason }, { onSuccess: onClose })}
    />
  )
}

/** The button that stops a run, with its dialog. */
export function StopRun({ run }: { run: Run }) {
  const stop = useDo('runbooks.cancel')
  const toast = useToast()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>Stop…</Button>
      {open && (
        <WhyDialog
          title="Stop this run"
          consequence="Nothing more is sent. A call that is under way now is waited for, because it can no longer be taken back."
          verb="Stop the run"
          sending={stop.isPending}
          error={stop.error?.message}
          onClose={() => setOpen(false)}
          onWhy={(reason) => stop.mutate({ run: run.id, reason }, { onSuccess: () => (toast({ text: 'Stopped.' }), setOpen(false)) })}
        />
      )}
    </>
  )
}

function WhyDialog({
  title,
  consequence,
  verb,
  sending,
  error,
  onClose,
  onWhy,
}: {
  title: string
  consequence: string
  verb: string
  sending: boolean
  error: string | undefined
  onClose: () => void
  onWhy: (reason: string) => void
}) {
  const [why, setWhy] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (why.trim().length >= 3) onWhy(why.trim())
  }
  return (
    <Dialog open onClose={onClose} title={title} description={consequence} width="narrow">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextArea label="Why" hint="Everybody in the run reads it." rows={2} value={why} onChange={(event) => setWhy(event.target.value)} />
        {error && <ErrorNotice what={error} />}
        <div className="flex gap-2">
          <Button look="danger" type="submit" disabled={why.trim().length < 3} sending={sending}>
            {verb}
          </Button>
          <Button look="quiet" onClick={onClose}>
            Back
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

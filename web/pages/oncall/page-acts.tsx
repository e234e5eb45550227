// What can be done with a page: acknowledge, page the next level, give back, resolve. At the thumb on a phone.
import { useState, type FormEvent } from 'react'
import { useAsk, useDo } from '../../api/hooks.ts'
import { Button, cx, Dialog, ErrorNotice, TextInput, useKeys, useToast } from '../../ui/index.ts'
import type { LivePage } from './page-words.ts'

export function PageActs({ page, thumb = false }: { page: LivePage; thumb?: boolean }) {
  const toast = useToast()
  const acknowledge = useDo('oncall.acknowledge')
  const giveBack = useDo('oncall.giveBack')
  const escalate = useDo('oncall.escalateNow')
  const resolve = useDo('alerts.resolveGroup')
  const group = useAsk('alerts.getGroup', page.groupId ? { groupId: page.groupId } : undefined)
  const [ending, setEnding] = useState(false)
  const of = { pageId: page.id }
  const open = page.state === 'paging' || page.state === 'exhausted'
  const has = page.state === 'acknowledged'
  const act = {
    acknowledge: () =>
      acknowledge.mutate(of, { onSuccess: () => toast({ text: 'You have it. Nobody else is paged.', undo: () => giveBack.mutate(of) }) }),
    escalate: () => escalate.mutate(of, { onSuccess: () => toast({ text: 'The next level is paged.' }) }),
    resolve: () => page.groupId && resolve.mutate({ groupId: page.groupId }, { onSuccess: () => toast({ text: 'Resolved.' }) }),
  }
  const resolvable = page.groupId !== null && group.data !== undefined && group.data.state !== 'resolved'
  useKeys(
    thumb || page.state === 'ended'
      ? {}
      : {
          ...(open ? { a: act.acknowledge } : {}),
          ...(page.state === 'exhausted' ? {} : { e: act.escalate }),
          ...(resolvable ? { r: act.resolve } : {}),
        },
  )
  if (page.state === 'ended') return null
  const failure = acknowledge.error ?? giveBack.error ?? escalate.error ?? resolve.error
  const size = thumb ? 'touch' : 'normal'
  return (
    <>
      {failure && (
        <div className="mb-2">
          <ErrorNotice what={failure.message} reference={failure.reference} />
        </div>
      )}
      <div className={cx('flex flex-wrap gap-2', thumb && '[&>*]:flex-1')}>
        {open && (
          <Button
            look="solid"
            size={thumb ? 'page' : 'normal'}
            className={thumb ? 'min-w-full' : undefined}
            {...(thumb ? {} : { keys: 'A' })}
            sending={acknowledge.isPending}
            onClick={act.acknowledge}
          >
            Acknowledge
          </Button>
        )}
        {page.state !== 'exhausted' && (
          <Button
            size={size}
            {...(thumb ? {} : { keys: 'E' })}
            sending={escalate.isPending}
            onClick={act.escalate}
            title="Pages the next level now"
          >
            Escalate
          </Button>
        )}
        {has && (
          <Button size={size} sending={giveBack.isPending} onClick={() => giveBack.mutate(of)} title="Pages again from the first level">
            Give back
          </Button>
        )}
        {resolvable && (
          <Button
            size={size}
            look={has && !thumb ? 'solid' : 'outline'}
            {...(thumb ? {} : { keys: 'R' })}
            sending={resolve.isPending}
            onClick={act.resolve}
          >
            Resolve
          </Button>
        )}
        {page.groupId === null && (
          <Button size={size} onClick={() => setEnding(true)}>
            End…
          </Button>
        )}
      </div>
      {!thumb && <p className="mt-2 text-meta text-ink3">{consequence(page)}</p>}
      {ending && <EndPage page={page} onClose={() => setEnding(false)} />}
    </>
  )
}

function consequence({ state, next }: LivePage): string {
  if (state === 'acknowledged') return 'Escalate asks the next level for help, and you keep it. Give back pages again from the first level.'
  if (state === 'exhausted') return 'Every level was paged. Acknowledge tells everybody that you have it.'
  return next ? `Acknowledge stops it: nobody else is paged. Escalate pages ${next} now.` : 'Acknowledge stops it: nobody else is paged.'
}

function EndPage({ page, onClose }: { page: LivePage; onClose: () => void }) {
  const [reason, setReason] = useState('')
  const end = useDo('oncall.endPage')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    end.mutate({ pageId: page.id, ...(reason.trim() === '' ? {} : { reason }) }, { onSuccess: onClose })
  }
  return (
    <Dialog open onClose={onClose} title="End this page" description="Nobody else is paged. Whom it told keeps the message.">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextInput
          label="Why"
          optional
          maxLength={200}
          value={reason}
          error={end.error?.message}
          onChange={(event) => setReason(event.target.value)}
        />
        <div className="flex gap-2">
          <Button look="solid" type="submit" sending={end.isPending}>
            End page
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

// An approval: danger in words, the exact preview, the quorum, what silence does. Never given by Enter alone; a refusal says why.
import { ShieldCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { TextArea } from './field.tsx'
import { Icon } from './icon.tsx'
import { Box } from './panel.tsx'

export interface ApprovalProps {
  title: string
  /** "changes production": in orange words. */
  danger?: string
  /** "This is exactly what will run, with Tunde's connection ‘prod-eu’:" */
  about: ReactNode
  /** A `Diff`, a command, a message as it will be sent. */
  preview: ReactNode
  /** Quorum and silence: "1 of 1 approvals from Payments leads. Without an answer by 14:45 it asks the duty manager." */
  rule: ReactNode
  approveVerb?: string
  sending?: boolean
  error?: ReactNode
  onApprove: () => void
  onRefuse: (why: string) => void
  onAsk?: () => void
  /** Why this reader may not decide; takes the buttons' place. */
  barred?: ReactNode
}

export function Approval({
  title,
  danger,
  about,
  preview,
  rule,
  approveVerb = 'Approve and run',
  sending = false,
  error,
  onApprove,
  onRefuse,
  onAsk,
  barred,
}: ApprovalProps) {
  const [refusing, setRefusing] = useState(false)
  const [why, setWhy] = useState('')
  return (
    <Box label={title}>
      <div className="flex items-start gap-2">
        <Icon of={ShieldCheck} className="mt-0.5" />
        <p className="min-w-0 flex-1 font-semibold">{title}</p>
        {danger && <span className="shrink-0 text-meta leading-[18px] font-medium text-orange">{danger}</span>}
      </div>
      <div className="mt-1 text-ink2">{about}</div>
      <div className="mt-1.5">{preview}</div>
      <div className="mt-2 text-ink2">{rule}</div>
      {barred !== undefined && <p className="mt-2 text-ink2">{barred}</p>}
      {barred === undefined && !refusing && (
        <div className="mt-2.5 flex flex-wrap items-center gap-2">
          {/* Enter on a focused button would approve by one key: only a press or Space does. */}
          <Button look="solid" sending={sending} onClick={onApprove} onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}>
            {approveVerb}
          </Button>
          <Button onClick={() => setRefusing(true)}>Refuse…</Button>
          {onAsk && (
            <Button look="quiet" onClick={onAsk}>
              Ask a question
            </Button>
          )}
        </div>
      )}
      {barred === undefined && refusing && (
        <form
          className="mt-2.5"
          onSubmit={(event) => {
            event.preventDefault()
            if (why.trim()) onRefuse(why.trim())
          }}
        >
          <TextArea
            label="Why not"
            hint="Everyone in the run reads it."
            rows={2}
            autoFocus
            value={why}
            onChange={(event) => setWhy(event.target.value)}
          />
          <div className="mt-2 flex gap-2">
            <Button type="submit" look="danger" disabled={!why.trim()} sending={sending}>
              Refuse
            </Button>
            <Button look="quiet" onClick={() => setRefusing(false)}>
              Back
            </Button>
          </div>
        </form>
      )}
      {error !== undefined && (
        <p role="alert" className="mt-2 text-red">
          {error}
        </p>
      )}
    </Box>
  )
}

// What runs ask the reader, for every page that lists what needs them.
import { useAsk } from '../../api/hooks.ts'
import { useSession } from '../../session.ts'
import type { Pending } from './run-words.ts'

export type PendingAsk = {
  id: string
  /** "INC-2417 waits for you: has the failure rate come down?" */
  title: string
  note: string
  since: string
  href: string
  /** The verb on the button. */
  act: string
  question: string
  incident: string | undefined
}

/** The oldest first. `settled` once it was asked; `error` says why nobody knows. */
export function usePendingAsks(): { asks: PendingAsk[]; settled: boolean; error: { message: string } | null } {
  const session = useSession()
  const mayRead = session?.may.includes('runbooks:read') ?? false
  const pending = useAsk('runbooks.myPending', mayRead ? {} : undefined, { refetchSeconds: 30 })
  return {
    asks: (pending.data?.items ?? []).map(askOf),
    error: pending.error,
    settled: session !== undefined && (!mayRead || pending.data !== undefined || pending.error !== null),
  }
}

function askOf(pending: Pending): PendingAsk {
  const { run, incident, kind } = pending
  const where = incident ? `INC-${incident.number}` : `Run ${run.number}`
  return {
    id: `${run.id}/${pending.seq}`,
    title: `${where} waits for you: ${pending.question}`,
    note: `${run.name}${incident ? `, ${incident.title}` : ''}. ${pending.ifNothing}`,
    since: pending.askedAt,
    href: `/runs/${run.number}`,
    act: kind === 'approval' ? 'Look and approve' : 'Answer',
    question: pending.question,
    incident: incident?.id,
  }
}

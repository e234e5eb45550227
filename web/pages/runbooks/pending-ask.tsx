// The box of what a run waits for: a question with what follows each answer, an approval with its exact preview, or a doubt.
import { useState } from 'react'
import { useDo } from '../../api/hooks.ts'
import { useMay } from '../../may.ts'
import { Approval, DescriptionList, Diff, Duration, Question, TimeText, useToast } from '../../ui/index.ts'
import { HandOver } from './hand-over.tsx'
import type { Pending } from './run-words.ts'

/** `compact` leaves out what helps to answer: the incident's panel is narrow and shows it elsewhere. */
export function PendingAsk({ pending, compact = false }: { pending: Pending; compact?: boolean }) {
  const [handing, setHanding] = useState(false)
  return (
    <>
      {pending.kind === 'approval' ? (
        <Approve pending={pending} />
      ) : (
        <Answer pending={pending} compact={compact} onHandOver={() => setHanding(true)} />
      )}
      {handing && <HandOver pending={pending} onClose={() => setHanding(false)} />}
    </>
  )
}

function Answer({ pending, compact, onHandOver }: { pending: Pending; compact: boolean; onHandOver: () => void }) {
  const may = useMay()
  const answer = useDo('runbooks.answer')
  const toast = useToast()
  return (
    <>
      <Question
        question={pending.question}
        asked={
          <>
            {pending.isMine ? 'you' : pending.who} · waiting <Duration since={pending.askedAt} exact />
          </>
        }
        answers={pending.answers.map(({ id, text, consequence, changes }) => ({
          id,
          label: text,
          then: consequence,
          changesProduction: changes,
        }))}
        silence={
          pending.also ? (
            <>
              asks {pending.also.who} too at <TimeText at={pending.also.at} form="clock" />
            </>
          ) : undefined
        }
        withNote={!compact}
        sending={answer.isPending}
        error={answer.error?.message}
        readOnly={!pending.isMine}
        {...(may('runbooks.handOver') ? { onHandOver } : {})}
        onAnswer={(id, note) =>
          answer.mutate(
            { run: pending.run.id, step: pending.step, answer: id, ...(note.trim() === '' ? {} : { note: note.trim() }) },
            { onSuccess: () => toast({ text: 'Answered. The run goes on.' }) },
          )
        }
      />
      {!compact && pending.shown.length > 0 && (
        <section aria-label="What helps you answer" className="mt-3">
          <h3 className="text-ui font-semibold">What helps you answer</h3>
          <DescriptionList ruled termWidth={190} items={pending.shown.map(({ label, value }) => ({ term: label, value }))} />
        </section>
      )}
    </>
  )
}

function Approve({ pending }: { pending: Pending }) {
  const approve = useDo('runbooks.approve')
  const refuse = useDo('runbooks.refuse')
  const toast = useToast()
  const { preview, hash } = pending
  if (preview === null || hash === null) return null
  const [first = '', ...rest] = preview.split('\n')
  return (
    <Approval
      title={pending.name}
      danger="changes production"
      about={
        <>
          <p className="font-medium text-orange">{pending.danger}</p>
          <p className="mt-1">This is exactly what will be sent. If it changes before it runs, you are asked again.</p>
        </>
      }
      preview={<Diff object={first} lines={rest.map((text) => ({ sign: ' ' as const, text }))} />}
      rule={
        <>
          {pending.approvals.length} of {pending.quorum} approvals
          {pending.approvals.length > 0 && `, by ${pending.approvals.map(({ name }) => name).join(', ')}`}. Asked of {pending.who}
          {pending.also && (
            <>
              ; {pending.also.who} too at <TimeText at={pending.also.at} form="clock" />
            </>
          )}
          . {pending.ifNothing}
        </>
      }
      sending={approve.isPending || refuse.isPending}
      error={(approve.error ?? refuse.error)?.message}
      barred={pending.isMine ? undefined : `This waits for ${pending.who}.`}
      onApprove={() =>
        approve.mutate(
          { run: pending.run.id, step: pending.step, hash },
          {
            onSuccess: () =>
              toast({ text: pending.approvals.length + 1 < pending.quorum ? 'Approved. One more has to.' : 'Approved. It runs now.' }),
          },
        )
      }
      onRefuse={(reason) =>
        refuse.mutate(
          { run: pending.run.id, step: pending.step, reason },
          { onSuccess: () => toast({ text: 'Refused. Nothing was sent.' }) },
        )
      }
    />
  )
}

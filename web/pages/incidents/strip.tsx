// The strip: Impact, Trying, Next for you. What the commander asks in three seconds.
import { ClockDigits, cx, PlainLink, TimeText } from '../../ui/index.ts'
import { usePendingAsks } from '../runbooks/pending.tsx'
import type { Screen } from './incident-words.ts'

/** `onNext` does what is next; `onEdit` changes the words of impact and trying. */
export function Strip({ incident, onNext, onEdit }: { incident: Screen; onNext: () => void; onEdit: () => void }) {
  const { strip, impactNow } = incident
  const edit = incident.may.respond ? onEdit : undefined
  // A run that waits for this reader comes before everything else that is due.
  const ask = usePendingAsks().asks.find((one) => one.incident === incident.id)
  return (
    <dl className="flex shrink-0 flex-col gap-x-8 gap-y-1 border-b border-line bg-canvas px-4 py-2 tablet:flex-row tablet:flex-wrap tablet:items-baseline">
      <Part term="Impact">
        <Words text={impactNow} empty="Nobody has said yet who is hit" onEdit={edit} />
      </Part>
      <Part term="Trying">
        <Words text={strip.trying} empty="Nothing yet" onEdit={edit} />
        {strip.trying && strip.tryingSince && (
          <span className="ml-1 text-ink3">
            since <TimeText at={strip.tryingSince} form="clock" />
          </span>
        )}
      </Part>
      {ask && (
        <Part term="Next for you" last>
          <PlainLink href={ask.href} className="rounded-chip text-left font-semibold text-amber hover:underline pointer-coarse:min-h-11">
            {ask.act}: {ask.question}
          </PlainLink>
        </Part>
      )}
      {!ask && strip.next && (
        <Part term="Next for you" last>
          <button
            type="button"
            onClick={onNext}
            className="rounded-chip text-left font-semibold text-amber hover:underline pointer-coarse:min-h-11"
          >
            {strip.next.sentence}
          </button>
          {strip.next.at && (
            <span className="ml-1.5">
              <ClockDigits label="Due" face={{ kind: 'due', due: strip.next.at }} />
            </span>
          )}
        </Part>
      )}
    </dl>
  )
}

function Part({ term, last = false, children }: { term: string; last?: boolean; children: React.ReactNode }) {
  return (
    <div className={cx('flex min-w-0 items-baseline gap-2', last && 'tablet:ml-auto')}>
      <dt className="w-22 shrink-0 text-ink3 tablet:w-auto">{term}</dt>
      <dd className="min-w-0 wrap-break-word">{children}</dd>
    </div>
  )
}

function Words({ text, empty, onEdit }: { text: string | null; empty: string; onEdit: (() => void) | undefined }) {
  const words = text === null ? <span className="text-ink3">{empty}</span> : <span className="font-medium">{text}</span>
  if (!onEdit) return words
  return (
    <button type="button" onClick={onEdit} className="rounded-chip text-left hover:underline decoration-line2 underline-offset-3">
      {words}
      <span className="sr-only">, change</span>
    </button>
  )
}

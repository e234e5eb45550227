// A runbook's question to a person: who is asked and for how long, each answer with what follows, and what silence does.
import { useId, useState, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { Radio } from './choice.tsx'
import { StateGlyph } from './state-glyph.tsx'
import { Box } from './panel.tsx'
import { TextArea } from './field.tsx'

export interface Answer {
  id: string
  label: string
  /** What follows: "then fail over to the second acquirer". */
  then: string
  /** Runs against production: nothing is chosen beforehand while any answer does. */
  changesProduction?: boolean
}

export interface QuestionProps {
  question: string
  /** "you · waiting 1:08": who is asked, for how long. */
  asked: ReactNode
  answers: Answer[]
  /** Chosen beforehand; ignored when an answer changes production. */
  preselected?: string
  /** What happens if nobody answers: "asks Priya too at 14:44". */
  silence?: ReactNode
  /** Asks for a note with the answer. */
  withNote?: boolean
  sending?: boolean
  /** Why it could not be sent; the choice stays. */
  error?: ReactNode
  onAnswer: (answerId: string, note: string) => void
  onHandOver?: () => void
  /** It is not this reader's to answer: shown, not open. */
  readOnly?: boolean
}

export function Question({
  question,
  asked,
  answers,
  preselected,
  silence,
  withNote = false,
  sending = false,
  error,
  onAnswer,
  onHandOver,
  readOnly = false,
}: QuestionProps) {
  const name = useId()
  const dangerous = answers.some((answer) => answer.changesProduction)
  const [chosen, setChosen] = useState(dangerous ? undefined : preselected)
  const [note, setNote] = useState('')
  return (
    <Box ground="waiting" label={question}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (chosen !== undefined) onAnswer(chosen, note)
        }}
      >
        <div className="flex items-start gap-2">
          <StateGlyph kind="waiting" className="mt-0.5" />
          <div className="flex min-w-0 flex-1 flex-wrap items-baseline justify-between gap-x-3">
            <p className="max-w-full font-semibold wrap-break-word">{question}</p>
            <span className="text-meta leading-[18px] text-amber tabular-nums">{asked}</span>
          </div>
        </div>
        <div role="radiogroup" aria-label={question} className="mt-1">
          {answers.map((answer) => (
            <Radio
              key={answer.id}
              name={name}
              value={answer.id}
              checked={chosen === answer.id}
              onChange={() => setChosen(answer.id)}
              disabled={readOnly}
              label={answer.label}
              hint={<span className={answer.changesProduction ? 'text-orange' : 'text-ink2'}>{answer.then}</span>}
            />
          ))}
        </div>
        {withNote && !readOnly && (
          <TextArea className="mt-1.5" label="Note" optional rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
        )}
        <div className="mt-2 flex flex-wrap items-center gap-2">
          {!readOnly && (
            <Button type="submit" look="solid" disabled={chosen === undefined} sending={sending}>
              Answer
            </Button>
          )}
          {onHandOver && (
            <Button look="quiet" onClick={onHandOver}>
              Hand to…
            </Button>
          )}
          {silence !== undefined && <span className="ml-auto text-meta text-ink2">{silence}</span>}
        </div>
        {error !== undefined && (
          <p role="alert" className="mt-1.5 text-red">
            {error}
          </p>
        )}
      </form>
    </Box>
  )
}

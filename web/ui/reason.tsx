// Why something is as it is: one sentence where its result stands, and the trace of every rule tried, also those that did not apply.
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'
import { StateGlyph, type GlyphKind } from './state-glyph.tsx'
import { TextLink } from './text-link.tsx'

/** A part of a sentence: plain, or a noun that links. */
export type SentencePart = string | { text: string; href?: string; strong?: boolean; mono?: boolean }

/** *result: cause, until when (who)*. Never cut short; nouns link. `quiet` when nothing came of it. */
export function Reason({ parts, quiet = false, className }: { parts: SentencePart | SentencePart[]; quiet?: boolean; className?: string }) {
  return (
    <span className={cx('wrap-break-word', quiet ? 'text-ink3' : 'text-ink2', className)}>
      <Sentence parts={parts} />
    </span>
  )
}

/** The parts of a sentence in a row, without a look of their own. */
function Sentence({ parts }: { parts: SentencePart | SentencePart[] }) {
  return [parts].flat().map((part, index) => {
    if (typeof part === 'string') return part
    const text = part.mono ? <code className="text-meta">{part.text}</code> : part.text
    if (part.href !== undefined) {
      return (
        <TextLink key={index} quiet href={part.href}>
          {text}
        </TextLink>
      )
    }
    return part.strong ? (
      <strong key={index} className="text-ink">
        {text}
      </strong>
    ) : (
      <span key={index}>{text}</span>
    )
  })
}

export interface TraceStep {
  id: string
  /** `applied` did something, `passed` was tried and did not apply, `stopped` ended the way here, `acted` is what came of it. */
  outcome: 'applied' | 'passed' | 'stopped' | 'acted'
  /** What the rule is: "Not held". */
  title: ReactNode
  /** Why: "SEV2 and above page at once." */
  reason?: ReactNode
  /** Time of the record: "14:40:02". */
  time?: ReactNode
}

const kinds: Record<TraceStep['outcome'], GlyphKind> = { applied: 'done', passed: 'none', stopped: 'suppressed', acted: 'new' }
const words: Record<TraceStep['outcome'], string> = {
  applied: 'applied',
  passed: 'did not apply',
  stopped: 'stopped here',
  acted: 'result',
}

/** All rules in the order they were tried. */
export function ReasonTrace({ steps, label = 'Every rule that was tried' }: { steps: TraceStep[]; label?: string }) {
  return (
    <ol aria-label={label}>
      {steps.map((step, index) => (
        <li key={step.id} className="relative flex gap-2.5 pb-3">
          {index < steps.length - 1 && <span aria-hidden className="absolute top-5 bottom-0.5 left-[7.5px] w-px bg-line" />}
          <span className="flex h-[18px] w-4 shrink-0 items-center justify-center">
            <StateGlyph kind={kinds[step.outcome]} />
          </span>
          <div className="min-w-0 flex-1">
            <p className={cx('font-medium', step.outcome === 'passed' && 'text-ink2')}>
              {step.title}
              <span className="sr-only">, {words[step.outcome]}</span>
            </p>
            {step.reason !== undefined && <p className="text-ink2">{step.reason}</p>}
          </div>
          {step.time !== undefined && <span className="font-mono text-meta leading-[18px] text-ink3">{step.time}</span>}
        </li>
      ))}
    </ol>
  )
}

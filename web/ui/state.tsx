// A state: its glyph by kind and the process's own word. Never by colour alone.
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'
import { glyphTone, StateGlyph, type GlyphKind, type StateKind } from './state-glyph.tsx'

/** Glyph and word. `chip` gives the ground of the current state in a path; `note` follows in the same colour ("19 min"). */
export function State({
  kind,
  word,
  chip = false,
  note,
  glyphOnly = false,
}: {
  kind: StateKind
  word: string
  chip?: boolean
  note?: ReactNode
  glyphOnly?: boolean
}) {
  if (glyphOnly) {
    return (
      <span className="flex items-center">
        <StateGlyph kind={kind} />
        <span className="sr-only">{word}</span>
      </span>
    )
  }
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1.5 font-medium whitespace-nowrap',
        glyphTone[kind],
        chip && 'h-5 rounded-control px-1.5',
        chip && chipGround[kind],
      )}
    >
      <StateGlyph kind={kind} />
      {word}
      {note !== undefined && <span className="font-normal tabular-nums">{note}</span>}
    </span>
  )
}

/** One stage of a process as a path shows it. */
export interface PathStage {
  id: string
  word: string
  kind: StateKind
  /** `past` stages have been left, `now` is the state, `ahead` may come. */
  place: 'past' | 'now' | 'ahead'
  /** How long it lasted or lasts, as words ("3 min"). */
  lasted?: string
}

/** The way of an incident through its process: what was, what is, what may come. */
export function StatePath({ stages, label = 'State' }: { stages: PathStage[]; label?: string }) {
  return (
    <ol aria-label={label} className="flex flex-wrap items-center gap-y-1 text-meta">
      {stages.map((stage, index) => (
        <li key={stage.id} className="flex items-center" aria-current={stage.place === 'now' ? 'step' : undefined}>
          {index > 0 && <span aria-hidden className={cx('mx-1.5 h-px w-4', stage.place === 'ahead' ? 'bg-line' : 'bg-line2')} />}
          {stage.place === 'now' ? (
            <State kind={stage.kind} word={stage.word} chip note={stage.lasted} />
          ) : (
            <span className="inline-flex items-center gap-1.5 text-ink3">
              <StateGlyph kind={(stage.place === 'past' ? 'done' : 'upcoming') satisfies GlyphKind} size={12} />
              <span className={stage.place === 'past' ? 'font-medium text-ink2' : ''}>{stage.word}</span>
              {stage.lasted && <span className="tabular-nums">{stage.lasted}</span>}
            </span>
          )}
        </li>
      ))}
    </ol>
  )
}

const chipGround: Record<StateKind, string> = {
  new: 'bg-red-bg',
  acknowledged: 'bg-accent-bg',
  worked: 'bg-accent-bg',
  held: 'bg-violet-bg',
  paused: 'bg-violet-bg',
  resolved: 'bg-teal-bg',
  closed: 'bg-sunken',
  suppressed: 'bg-sunken',
}

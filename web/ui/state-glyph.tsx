// The glyphs of states and of steps. Each kind differs by shape, not only by colour.
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

/** What a state means to the machine, whatever word the process has for it. */
export type StateKind = 'new' | 'acknowledged' | 'worked' | 'held' | 'paused' | 'resolved' | 'closed' | 'suppressed'
/** What a step or a check is doing: a run's path uses these beside the kinds of states. */
type StepKind = 'upcoming' | 'running' | 'waiting' | 'failed' | 'skipped' | 'done' | 'none'
export type GlyphKind = StateKind | StepKind

/** The text colour that belongs to a kind. */
export const glyphTone: Record<GlyphKind, string> = {
  new: 'text-red',
  acknowledged: 'text-accent',
  worked: 'text-accent',
  held: 'text-violet',
  paused: 'text-violet',
  resolved: 'text-teal',
  closed: 'text-ink3',
  suppressed: 'text-ink3',
  upcoming: 'text-line2',
  running: 'text-accent',
  waiting: 'text-amber',
  failed: 'text-red',
  skipped: 'text-ink3',
  done: 'text-ink2',
  none: 'text-line2',
}

/** The glyph alone, 14 px. Decoration: the word stands beside it. */
export function StateGlyph({ kind, size = 14, className }: { kind: GlyphKind; size?: number; className?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      className={cx('shrink-0', glyphTone[kind], kind === 'running' && 'spin-slow', className)}
    >
      {shapes[kind]}
    </svg>
  )
}

const ring = <circle cx="8" cy="8" r="6.5" />
const check = <path d="m5.2 8.2 2 2 3.6-4" />

const shapes: Record<GlyphKind, ReactNode> = {
  new: (
    <>
      {ring}
      <circle cx="8" cy="8" r="3.2" fill="currentColor" stroke="none" />
    </>
  ),
  acknowledged: (
    <>
      {ring}
      <path d="M8 4.2a3.8 3.8 0 0 1 0 7.6Z" fill="currentColor" stroke="none" />
    </>
  ),
  worked: (
    <>
      {ring}
      <path d="M8 8V4a4 4 0 1 1-4 4Z" fill="currentColor" stroke="none" />
    </>
  ),
  held: (
    <>
      <circle cx="8" cy="8" r="6.5" strokeDasharray="2 2.08" strokeLinecap="butt" />
      <path d="M8 5.2V8.2l1.6 1.2" />
    </>
  ),
  paused: (
    <>
      {ring}
      <path d="M6.6 6v4M9.4 6v4" />
    </>
  ),
  resolved: (
    <>
      <circle cx="8" cy="8" r="7.2" fill="currentColor" stroke="none" />
      <path d="m5.2 8.2 2 2 3.6-4" stroke="var(--surface)" />
    </>
  ),
  closed: (
    <>
      {ring}
      {check}
    </>
  ),
  suppressed: (
    <>
      {ring}
      <path d="m12.4 3.6-8.8 8.8" />
    </>
  ),
  upcoming: <circle cx="8" cy="8" r="6.5" strokeWidth="1.4" strokeDasharray="2 2.08" strokeLinecap="butt" />,
  running: <path d="M8 1.5A6.5 6.5 0 1 0 14.5 8" />,
  waiting: (
    <>
      {ring}
      <path d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.8.6-.8 1.1" />
      <path d="M8 11.4v.01" />
    </>
  ),
  failed: (
    <>
      {ring}
      <path d="m6 6 4 4M10 6l-4 4" />
    </>
  ),
  skipped: (
    <>
      {ring}
      <path d="M5.2 8h5.6" />
    </>
  ),
  done: (
    <>
      {ring}
      {check}
    </>
  ),
  none: ring,
}

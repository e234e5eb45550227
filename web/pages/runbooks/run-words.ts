// The words, glyphs and tones of runs and their steps.
import type { Output } from '../../api/client.ts'
import type { GlyphKind } from '../../ui/index.ts'

export type Run = Output<'runbooks.getRun'>
export type RunLine = Output<'runbooks.listRuns'>['items'][number]
export type Step = Run['sections'][number]['steps'][number]
export type Pending = Output<'runbooks.myPending'>['items'][number]

const phases: Record<string, { word: string; glyph: GlyphKind }> = {
  'not-begun': { word: 'Starting', glyph: 'upcoming' },
  moving: { word: 'Running', glyph: 'running' },
  calling: { word: 'Running', glyph: 'running' },
  stopping: { word: 'Stopping', glyph: 'running' },
  waiting: { word: 'Waiting for a time', glyph: 'paused' },
  asking: { word: 'Waiting for an answer', glyph: 'waiting' },
  approving: { word: 'Waiting for an approval', glyph: 'waiting' },
  doubt: { word: 'In doubt: a person has to say', glyph: 'waiting' },
  stuck: { word: 'Stands at a failed step', glyph: 'failed' },
  done: { word: 'Done', glyph: 'done' },
  cancelled: { word: 'Stopped', glyph: 'skipped' },
  failed: { word: 'Failed', glyph: 'failed' },
}

/** How a run's phase is said and drawn. */
export const phaseOf = (phase: string): { word: string; glyph: GlyphKind } => phases[phase] ?? { word: phase, glyph: 'none' }

const stepGlyphs: Record<Step['state'], { word: string; glyph: GlyphKind }> = {
  upcoming: { word: 'to come', glyph: 'upcoming' },
  running: { word: 'running', glyph: 'running' },
  waiting: { word: 'waiting', glyph: 'waiting' },
  done: { word: 'done', glyph: 'done' },
  failed: { word: 'failed', glyph: 'failed' },
  skipped: { word: 'skipped', glyph: 'skipped' },
  unknown: { word: 'not known', glyph: 'held' },
}
/** How a step's state is said and drawn; a wait that runs is paused, not a question. */
export const stepState = ({ state, kind }: Pick<Step, 'state' | 'kind'>) =>
  kind === 'wait' && state === 'waiting' ? { word: 'waiting for the time', glyph: 'paused' as const } : stepGlyphs[state]

/** A reason as it stands alone: a capital at the front, one mark at the end. */
export const asSentence = (text: string): string =>
  text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]\W?$/.test(text) ? '' : '.'}`

/** Whether a run is over. */
export const isOver = (phase: string): boolean => phase === 'done' || phase === 'cancelled' || phase === 'failed'

/** "1 step", "3 steps". */
export const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

// What happened in a run, by the clock: operations, what nodes did unasked, and every fault from its beginning to its end. The checks read it, and
// on a failure a person does. Times are epoch milliseconds of this machine, which is every party's.
import type { FaultKind, Place } from './fault-kinds.ts'

type Line = { at: number; node: string; what: string; why: string }
/** `node` is empty when it is no node's. `to` is infinite while it lasts. */
export type Span = { kind: FaultKind | 'starting' | 'too little processor'; place: Place; node: string; from: number; to: number }

/** What must never happen, and did. */
export type Wrong = { invariant: string; sentence: string }

export type Diary = {
  readonly lines: readonly Line[]
  readonly spans: Span[]
  /** What was seen to be wrong while the run was going on. */
  readonly wrong: Wrong[]
  say(node: string, what: string, why?: string): void
  /** Answers the function that ends it. */
  begin(span: Omit<Span, 'from' | 'to'>): () => void
}

export function openDiary(): Diary {
  const lines: Line[] = []
  const spans: Span[] = []
  const say = (node: string, what: string, why = '') => void lines.push({ at: Date.now(), node, what, why })
  return {
    lines,
    spans,
    wrong: [],
    say,
    begin(about) {
      const span: Span = { ...about, from: Date.now(), to: Infinity }
      spans.push(span)
      say(span.node, span.kind, 'begins')
      return () => {
        span.to = Date.now()
        say(span.node, span.kind, `is over after ${((span.to - span.from) / 1000).toFixed(1)} s`)
      }
    },
  }
}

const isInside = ({ place }: Span): boolean => ['node', 'way to the database', 'database'].includes(place)

/** So long after the end of a fault whatever it touched may still be coming back. */
const settlesMs = 3000

/** Whether nothing touched this node, its way to the database, and the database, from shortly before `from` until `to`. */
export const isWell = ({ spans }: Diary, node: string, from: number, to = from): boolean =>
  !spans.some(
    (span) => span.from <= to && from <= span.to + settlesMs && (span.place === 'database' || (isInside(span) && span.node === node)),
  )

/** In how many seconds between two moments some node was well. `except`: one that does not count. */
export function healthySeconds(diary: Diary, nodes: readonly string[], from: number, to: number, except = ''): number {
  const stepMs = 100
  let steps = 0
  for (let at = from; at < to; at += stepMs) if (nodes.some((node) => node !== except && isWell(diary, node, at))) steps++
  return Math.min((steps * stepMs) / 1000, Math.max(0, (to - from) / 1000))
}

/** The latest moment at which a node can have looked at the database before it did something at `at`: it may have stood still since. */
export function lookedAt({ spans }: Diary, node: string, at: number): number {
  const allowanceMs = 2000
  const stalls = spans.filter((span) => isInside(span) && (span.node === node || span.node === '')).sort((a, b) => b.to - a.to)
  let looked = at - allowanceMs
  for (const { from, to } of stalls) if (to >= looked && from <= at) looked = Math.min(looked, from - allowanceMs)
  return looked
}

/** When a node, or its way to somebody, stood still or may have. */
export const stalls = ({ spans }: Diary, node: string): { from: number; to: number }[] =>
  spans
    .filter((span) => (isInside(span) || span.place === 'way to the mail server') && (span.node === node || span.node === ''))
    .map(({ from, to }) => ({ from, to: Math.min(to, Date.now()) + settlesMs }))

/** The end of the last fault that touched a node, or the database, while something was under way there; `ended` when none did. */
export function overAt({ spans }: Diary, node: string, began: number, ended: number): number {
  const touching = spans.filter(
    (span) => isInside(span) && (span.node === node || span.node === '') && span.from <= ended && span.to >= began,
  )
  return Math.max(ended, ...touching.map(({ to }) => to))
}

// The lanes of one schedule: final, overrides, then its layers, the last one (which counts most) first.
import { durationWords } from '../../ui/index.ts'
import type { GridLane } from './schedule-lane.tsx'
import { isOffHours, type Range, type Span } from './schedule-words.ts'

/** Of a range that was cut to what is shown. Hours in which nobody is meant to be on call are no gaps. */
export function lanesOf(range: Range, onSpan?: (span: Span) => void): GridLane[] {
  const { schedule, final, layers, overrides } = range
  const gaps = faultsOf(range)
  const covered = overrides.flatMap((one) =>
    one.add ? [{ person: one.add, from: one.from, to: one.to, override: true, reason: one.why }] : [],
  )
  return [
    {
      id: 'final',
      shifts: final.map((shift) => ({ ...shift, override: shift.override !== null, final: true })),
      gaps,
      ...(onSpan ? { onDrag: onSpan, onGap: onSpan } : {}),
      head: (
        <>
          <span className="font-semibold">Final schedule</span>
          {gaps.length > 0 ? (
            <span className="text-meta text-red">{gapWords(gaps)}</span>
          ) : (
            <span className="text-meta text-ink3">
              {layers.length} {layers.length === 1 ? 'layer' : 'layers'}
              {schedule.combine === 'union' ? ', all on call at once' : ''}
            </span>
          )}
        </>
      ),
    },
    ...(covered.length > 0 ? [{ id: 'overrides', under: true, shifts: covered, head: 'Overrides' }] : []),
    ...layers
      .map((layer, index) => ({
        id: `layer ${layer.layer}`,
        under: true,
        shifts: layer.shifts,
        head: `Layer ${index + 1}: ${layer.layer}`,
      }))
      .reverse(),
  ]
}

/** Gaps that are not meant. */
export const faultsOf = (range: Range): Span[] => range.gaps.filter((gap) => !isOffHours(range.schedule, gap, range.overrides))

/** "Nobody for 10 h", "2 gaps, nobody for 14 h in all" */
function gapWords(gaps: readonly Span[]): string {
  const seconds = gaps.reduce((sum, gap) => sum + (Date.parse(gap.to) - Date.parse(gap.from)) / 1000, 0)
  return gaps.length === 1 ? `Nobody for ${durationWords(seconds)}` : `${gaps.length} gaps, nobody for ${durationWords(seconds)} in all`
}

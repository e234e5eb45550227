// One figure with its change and its n. A change is good or bad only where that is beyond doubt; under n = 5 there is none.
import { cx, durationWords } from '../../ui/index.ts'

export type FigureData = { value: number | null; n: number; change: { difference: number; share: number | null } | null }

/** `lessIsBetter` colours the change; without it a change is only told. `duration` reads seconds. */
export function Figure({
  label,
  figure,
  note,
  duration = false,
  lessIsBetter,
  digits = 0,
}: {
  label: string
  figure: FigureData
  note?: string
  duration?: boolean
  lessIsBetter?: boolean
  digits?: number
}) {
  const { value, n, change } = figure
  const words = (amount: number) =>
    duration ? durationWords(Math.round(amount), true) : amount.toLocaleString('en-GB', { maximumFractionDigits: digits })
  const rounded = change && (duration ? Math.round(change.difference) : Number(change.difference.toFixed(digits)))
  const tone = !rounded || lessIsBetter === undefined ? 'text-ink2' : rounded < 0 === lessIsBetter ? 'text-teal' : 'text-orange'
  return (
    <div className="min-w-40 flex-1 border-line py-1 pr-5 tablet:min-w-32 tablet:flex-none tablet:not-first:border-l tablet:not-first:pl-5">
      <dt className="text-ink2">{label}</dt>
      <dd className="text-lead font-semibold tabular-nums">{value === null ? '–' : words(value)}</dd>
      <dd className="text-meta text-ink2">
        {rounded === null ? (
          'too few to compare'
        ) : rounded === 0 ? (
          'as before'
        ) : (
          <span className={cx('font-medium', tone)}>
            {words(Math.abs(rounded))} {rounded < 0 ? 'less' : 'more'}
          </span>
        )}
        {duration && <span className="ml-1.5">n = {n}</span>}
        {note && <span className="ml-1.5">{note}</span>}
      </dd>
    </div>
  )
}

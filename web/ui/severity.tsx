// Severity: bars and a number, so it reads without colour. The fill goes once the thing is over.
import { cx } from './class-names.ts'

/** The five slots of the scale; an organisation's own levels take these, worst first. */
export type SeverityLevel = 1 | 2 | 3 | 4 | 5

const fills: Record<SeverityLevel, string> = {
  1: 'bg-sev1 text-sev1-on border-sev1',
  2: 'bg-sev2 text-sev2-on border-sev2',
  3: 'bg-sev3 text-sev3-on border-sev3',
  4: 'bg-sev4 text-sev4-on border-sev4',
  5: 'bg-surface text-ink2 border-line',
}

/**
 * A severity's badge. `level` is its slot (1 worst), `label` the process's own word (default `SEV1`); `over` when what it belongs to is
 * resolved, suppressed or closed.
 */
export function Severity({
  level,
  label,
  over = false,
  small = false,
}: {
  level: SeverityLevel
  label?: string
  over?: boolean
  small?: boolean
}) {
  return (
    <span
      className={cx(
        'inline-flex shrink-0 items-center gap-1 rounded-chip border font-semibold whitespace-nowrap tabular-nums',
        small ? 'h-[18px] px-1 text-[11px]/none' : 'h-5 px-1.5 text-meta leading-none',
        over ? 'border-line bg-surface text-ink3' : fills[level],
      )}
    >
      <SeverityBars level={level} />
      {label ?? `SEV${level}`}
    </span>
  )
}

/** Five rising bars; as many as 6 − `level` are full, the others thin. Takes the colour of the text. */
function SeverityBars({ level }: { level: SeverityLevel }) {
  return (
    <svg width="12" height="10" viewBox="0 0 12 10" aria-hidden className="shrink-0">
      {[1, 2, 3, 4, 5].map((bar) => (
        <rect
          key={bar}
          x={(bar - 1) * 2.5}
          y={10 - bar * 2}
          width="1.6"
          height={bar * 2}
          fill="currentColor"
          fillOpacity={bar <= 6 - level ? 1 : 0.32}
        />
      ))}
    </svg>
  )
}

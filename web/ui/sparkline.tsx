// A small curve: what the signal did, where the threshold is, what changed before.

export interface SparklineProps {
  /** Values at even steps, oldest first. */
  values: readonly number[]
  /** What a reader without eyes gets: "Card payments failing: 5.1 % now, peak 8.2 %, alert at 1 %". */
  label: string
  threshold?: { value: number; label: string }
  /** A change, at a share of the width from 0 to 1. */
  mark?: { at: number; label: string }
  height?: number
  /** Draws the end in red: still rising. */
  alarming?: boolean
}

const width = 320

/** From zero; the newest value has a dot. */
export function Sparkline({ values, label, threshold, mark, height = 56, alarming = false }: SparklineProps) {
  const top = Math.max(...values, threshold?.value ?? 0, Number.MIN_VALUE)
  const x = (index: number) => (values.length < 2 ? 0 : (index / (values.length - 1)) * (width - 6))
  const y = (value: number) => height - 3 - (value / top) * (height - 8)
  const path = values.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join('')
  const share = (part: number, whole: number) => `${((part / whole) * 100).toFixed(2)}%`
  const markX = mark && mark.at * (width - 6)
  return (
    <div role="img" aria-label={label} className="relative text-[11px]/4" style={{ height }}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        aria-hidden
        className="absolute inset-0 size-full overflow-visible"
        fill="none"
      >
        {threshold && (
          <path d={`M0 ${y(threshold.value)}H${width}`} className="stroke-line2" strokeDasharray="4 3" vectorEffect="non-scaling-stroke" />
        )}
        {markX !== undefined && <path d={`M${markX} 0V${height}`} className="stroke-violet" vectorEffect="non-scaling-stroke" />}
        <path d={path} className="stroke-ink" strokeWidth="1.75" strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
      </svg>
      {values.length > 0 && (
        <span
          aria-hidden
          className={`absolute size-1.5 -translate-1/2 rounded-full ${alarming ? 'bg-red' : 'bg-ink'}`}
          style={{ left: share(x(values.length - 1), width), top: share(y(values.at(-1) ?? 0), height) }}
        />
      )}
      {threshold && (
        <span
          aria-hidden
          className="absolute right-0 -translate-y-full bg-surface pl-1 text-ink2"
          style={{ top: share(y(threshold.value), height) }}
        >
          {threshold.label}
        </span>
      )}
      {mark && markX !== undefined && (
        <span
          aria-hidden
          className={`absolute top-0 px-1 whitespace-nowrap text-violet ${mark.at > 0.25 ? '-translate-x-full' : ''}`}
          style={{ left: share(markX, width) }}
        >
          {mark.label}
        </span>
      )}
    </div>
  )
}

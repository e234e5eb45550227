// What a plot takes; apart, so that its canvas can load later.

export interface PlotSeries {
  label: string
  /** One value per time; null is a gap. */
  values: (number | null)[]
  /** `ink` the median, `dashed` the 9 of 10, `accent` a third. */
  look: 'ink' | 'dashed' | 'accent'
}

export interface PlotProps {
  title: string
  /** Unit and step: "per week, minutes". */
  unit: string
  /** Epoch seconds, ascending. */
  times: number[]
  /** At most three. */
  series: PlotSeries[]
  /** Changes: "push before SMS". Epoch seconds. */
  marks?: { at: number; label: string }[]
  height?: number
  /** IANA zone of the axis. */
  zone?: string
  /** How a value is written in the table. */
  format?: (value: number) => string
}

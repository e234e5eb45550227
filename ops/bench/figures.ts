// What the subjects of the bench share: medians, percentiles, ratios, and the table that they are printed in.

/** Rounds of every figure, and seconds of every round of load. */
export const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3)
export const seconds = Number(process.env['BENCH_SECONDS'] ?? 4)

export const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** NaN of none. */
export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN
export const median = (values: readonly number[]): number => percentile(values, 0.5)

export const perSecond = (value: number): string =>
  Number.isNaN(value) ? '–' : value >= 1000 ? `${(value / 1000).toFixed(1)} k` : value.toFixed(0)
export const milliseconds = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(value < 10 ? 1 : 0))
export const ratio = (a: number, b: number): string => (Number.isNaN(a / b) ? '–' : (a / b).toFixed(2))

/** The first line is the head. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  print(['', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'))
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

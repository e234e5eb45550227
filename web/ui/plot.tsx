// Time series with uPlot, loaded when the first plot is shown. Median in ink, 9 of 10 dashed grey; labels at the line's end; a table below.
import { lazy, Suspense, useId, useState } from 'react'
import { Button } from './button.tsx'
import { Block } from './skeleton.tsx'
import type { PlotProps } from './plot-props.ts'

const PlotCanvas = lazy(() => import('./plot-canvas.tsx'))

/** The plot with its title; "Table" shows the same figures, "CSV" saves them. */
export function Plot(props: PlotProps) {
  const { title, unit, height = 160 } = props
  const id = useId()
  const [table, setTable] = useState(false)
  return (
    <figure aria-labelledby={id} className="min-w-0">
      <figcaption id={id} className="flex min-h-7 items-center gap-2">
        <span className="font-semibold">{title}</span>
        <span className="text-ink3">{unit}</span>
        <span className="ml-auto flex" data-print="no">
          <Button look="quiet" size="small" aria-pressed={table} onClick={() => setTable(!table)}>
            Table
          </Button>
          <Button look="quiet" size="small" onClick={() => saveCsv(props)}>
            CSV
          </Button>
        </span>
      </figcaption>
      {table ? (
        <PlotTable {...props} />
      ) : (
        <Suspense fallback={<Block className="w-full" />}>
          <div style={{ height }}>
            <PlotCanvas {...props} height={height} />
          </div>
        </Suspense>
      )}
    </figure>
  )
}

function PlotTable({ title, times, series, zone, height = 160, format = String }: PlotProps) {
  return (
    <div className="overflow-auto" style={{ maxHeight: height }} tabIndex={0} role="group" aria-label={`${title}, table`}>
      <table className="w-full text-right tabular-nums">
        <thead>
          <tr className="text-meta text-ink2">
            <th scope="col" className="text-left font-normal">
              From
            </th>
            {series.map((one) => (
              <th key={one.label} scope="col" className="font-normal">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time, index) => (
            <tr key={time} className="border-t border-line">
              <th scope="row" className="text-left font-normal">
                {new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: zone }).format(time * 1000)}
              </th>
              {series.map((one) => (
                <td key={one.label}>{one.values[index] == null ? '–' : format(one.values[index])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function saveCsv({ title, times, series }: PlotProps): void {
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
  const lines = [
    ['time', ...series.map((one) => one.label)].map(cell).join(','),
    ...times.map((time, index) => [new Date(time * 1000).toISOString(), ...series.map((one) => one.values[index] ?? '')].join(',')),
  ]
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([lines.join('\r\n')], { type: 'text/csv' }))
  link.download = `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.csv`
  link.click()
  URL.revokeObjectURL(link.href)
}

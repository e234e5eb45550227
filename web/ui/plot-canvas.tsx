// The plot's own chunk: uPlot, themed by the tokens and rebuilt when the theme changes. Only plot.tsx loads it.
import { useEffect, useRef, useState } from 'react'
import UPlot from 'uplot'
import { labelPlaces } from './label-places.ts'
import './plot.css'
import type { PlotProps, PlotSeries } from './plot-props.ts'

const font = '11px "Inter Variable", system-ui, sans-serif'

export default function PlotCanvas({ title, times, series, marks = [], height = 160, zone }: PlotProps) {
  const box = useRef<HTMLDivElement>(null)
  const theme = useThemeCount()
  useEffect(() => {
    const element = box.current
    if (!element) return
    let plot: UPlot | undefined
    let gone = false
    // Without this the canvas is drawn in a serif face.
    void document.fonts.load(font).then(() => {
      if (gone) return
      plot = new UPlot(optionsOf({ element, series, marks, height, zone }), [times, ...series.map((one) => one.values)], element)
    })
    const resize = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height }))
    resize.observe(element)
    return () => {
      gone = true
      resize.disconnect()
      plot?.destroy()
    }
  }, [times, series, marks, height, zone, theme])
  return <div ref={box} role="img" aria-label={summary(title, series)} />
}

interface Given {
  element: HTMLElement
  series: PlotSeries[]
  marks: { at: number; label: string }[]
  height: number
  zone: string | undefined
}

function optionsOf({ element, series, marks, height, zone }: Given): UPlot.Options {
  const colour = coloursOf(element)
  const axis = { stroke: colour.ink2, font, ticks: { show: false }, gap: 6 }
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: zone })
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [14, 56, 0, 0],
    scales: { y: { range: (_plot, _least, most) => [0, niceHalf(most || 1) * 2] } },
    axes: [
      { ...axis, grid: { show: false }, space: 80, size: 22, values: (_plot, splits) => splits.map((at) => day.format(at * 1000)) },
      {
        ...axis,
        grid: { stroke: colour.line, width: 1 },
        size: 30,
        splits: (_plot, _axis, _least, most) => [0, most / 2, most],
      },
    ],
    series: [
      {},
      ...series.map((one) => ({
        label: one.label,
        stroke: one.look === 'ink' ? colour.ink : one.look === 'accent' ? colour.accent : colour.ink3,
        width: one.look === 'dashed' ? 1.25 : 1.75,
        dash: one.look === 'dashed' ? [4, 3] : undefined,
        points: { show: false },
      })),
    ],
    hooks: { draw: [(plot) => drawWords(plot, series, marks, colour)] },
  }
}

/** Labels at the ends of the lines and the marks of changes. Canvas pixels are device pixels. */
function drawWords(plot: UPlot, series: PlotSeries[], marks: Given['marks'], colour: Colours): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  ctx.save()
  ctx.font = `${11 * ratio}px "Inter Variable", system-ui, sans-serif`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  const ends = series.flatMap((one, index) => {
    const last = one.values.findLastIndex((value) => value !== null)
    const time = plot.data[0][last]
    const value = one.values[last]
    if (time === undefined || value == null) return []
    return [{ one, x: plot.valToPos(time, 'x', true), y: plot.valToPos(value, plot.series[index + 1]?.scale ?? 'y', true) }]
  })
  const places = labelPlaces(
    ends.map(({ y }) => y),
    12 * ratio,
  )
  for (const [index, { one, x }] of ends.entries()) {
    ctx.fillStyle = one.look === 'dashed' ? colour.ink2 : colour.ink
    ctx.fillText(one.label, x + 6 * ratio, places[index]!)
  }
  for (const mark of marks) {
    const x = plot.valToPos(mark.at, 'x', true)
    ctx.strokeStyle = colour.ink2
    ctx.lineWidth = ratio
    ctx.setLineDash([4 * ratio, 3 * ratio])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top - 10 * ratio)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.setLineDash([])
    ctx.fillStyle = colour.ink
    ctx.fillText(mark.label, x + 4 * ratio, bbox.top - 6 * ratio)
  }
  ctx.restore()
}

type Colours = Record<'ink' | 'ink2' | 'ink3' | 'line' | 'accent', string>

/** The tokens as the theme around `element` resolves them; a custom property alone would answer `light-dark(…)`. */
function coloursOf(element: HTMLElement): Colours {
  const probe = element.appendChild(document.createElement('span'))
  const read = (token: string) => {
    probe.style.color = `var(--${token})`
    return getComputedStyle(probe).color
  }
  const colours = {
    ink: read('ink'),
    ink2: read('ink2'),
    ink3: read('ink3'),
    line: read('line'),
    accent: read('accent'),
  }
  probe.remove()
  return colours
}

/** Half of the axis' top: the least round number that keeps `most` below its double. 7.4 → 4, 170 → 90. */
function niceHalf(most: number): number {
  const half = most / 2
  const power = 10 ** Math.floor(Math.log10(half))
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 9].find((one) => one * power >= half - 1e-9) ?? 10) * power
}

const summary = (title: string, series: PlotSeries[]) =>
  `${title}: ${series.map((one) => `${one.label} ended at ${one.values.findLast((value) => value !== null) ?? 'nothing'}`).join(', ')}`

/** Counts changes of the theme, chosen or the system's. */
function useThemeCount(): number {
  const [count, setCount] = useState(0)
  useEffect(() => {
    const changed = () => setCount((before) => before + 1)
    const system = matchMedia('(prefers-color-scheme: dark)')
    system.addEventListener('change', changed)
    window.addEventListener('themechange', changed)
    return () => {
      system.removeEventListener('change', changed)
      window.removeEventListener('themechange', changed)
    }
  }, [])
  return count
}

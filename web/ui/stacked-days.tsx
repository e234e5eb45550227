// Ninety days as bars: the colour's height is the affected share of the day. Days by keyboard; the same as a table below.
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { healthFill, healthWord, type Health } from './component-health.tsx'
import { cx } from './class-names.ts'

export interface Day {
  /** `2026-11-23`. */
  date: string
  /** The worst of the day. */
  health: Health
  /** Affected share of the day, 0 to 1. */
  share: number
  /** What happened: "Some card payments failed, 39 min". */
  note?: string
}

/** At least this much of a bar is coloured, so that a short failure is seen. */
const leastShare = 0.4

export function StackedDays({ label, days, height = 20 }: { label: string; days: Day[]; height?: number }) {
  const id = useId()
  const bars = useRef<HTMLDivElement>(null)
  const [shown, setShown] = useState<number>()
  const day = shown === undefined ? undefined : days[shown]
  const onKeyDown = (event: KeyboardEvent) => {
    const at = shown ?? days.length - 1
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: days.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    setShown(Math.min(days.length - 1, Math.max(0, to)))
  }
  return (
    <div className="relative">
      <div
        ref={bars}
        role="slider"
        tabIndex={0}
        aria-label={`${label}, day by day`}
        aria-valuemin={1}
        aria-valuemax={days.length}
        aria-valuenow={(shown ?? days.length - 1) + 1}
        aria-valuetext={dayWords(day ?? days.at(-1))}
        onKeyDown={onKeyDown}
        onFocus={() => setShown(shown ?? days.length - 1)}
        onBlur={() => setShown(undefined)}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect()
          setShown(Math.min(days.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * days.length))))
        }}
        onPointerLeave={() => setShown(undefined)}
        className="flex gap-[1.5px]"
        style={{ height }}
      >
        {days.map((one, index) => (
          <span
            key={one.date}
            className={cx(
              'relative min-w-px flex-1 overflow-hidden rounded-[1.5px]',
              one.health === 'works' ? 'bg-teal-fill' : 'bg-sunken',
              index === shown && 'outline-1 outline-ink',
            )}
          >
            {one.health !== 'works' && (
              <span
                className="absolute inset-x-0 bottom-0"
                style={{ height: `${Math.max(leastShare, Math.min(1, one.share)) * 100}%`, background: healthFill[one.health] }}
              />
            )}
          </span>
        ))}
      </div>
      {day && (
        <div
          aria-hidden
          className="pointer-events-none absolute top-full z-10 mt-1 max-w-60 rounded-control border border-line bg-surface px-2 py-1 text-meta shadow-float"
          style={
            shown! > days.length / 2
              ? { right: `${(1 - (shown! + 1) / days.length) * 100}%` }
              : { left: `${(shown! / days.length) * 100}%` }
          }
        >
          {dayWords(day)}
        </div>
      )}
      {/* A table takes the width that its words need, also where it is not seen: what is clipped is around it. */}
      <div className="sr-only">
        <table id={id}>
          <caption>{label}: days with a disturbance</caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">State</th>
              <th scope="col">Note</th>
            </tr>
          </thead>
          <tbody>
            {days
              .filter((one) => one.health !== 'works')
              .map((one) => (
                <tr key={one.date}>
                  <td>{one.date}</td>
                  <td>{healthWord[one.health]}</td>
                  <td>{one.note}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function dayWords(day: Day | undefined): string {
  if (!day) return ''
  const date = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
    .format(Date.parse(day.date))
    .replace(',', '')
  return `${date}: ${day.note ?? healthWord[day.health]}`
}

// Ninety days as one small picture: a bar a day, the colour's height the affected share of it. Paths and classes only: no style attribute.
import { html, raw } from 'hono/html'
import type { Day } from './days.ts'

/** Height of the colour, 0 to 1: the affected share of the day, and at least 40 % so that it is seen. */
const fillOf = (day: Day): number => (day.affected === 0 ? 0 : Math.max(0.4, Math.min(1, day.affected)))

const height = 32
const step = 10
const width = 8

/** The bars that every component of a page shares: once in the page, then used by reference. */
export const sharedBars = (count: number) =>
  html`<svg class="defs" aria-hidden="true" width="0" height="0"><defs><path id="days" d="${path(Array.from({ length: count }, (_, index) => [index, 0] as const))}"/></defs></svg>`

/** One component's days. `label` says in words what a reader would see. */
export function barsOf(days: readonly Day[], label: string) {
  const known = days.findIndex(({ worst }) => worst !== 'unknown')
  const before = known < 0 ? days.length : known
  const unknown = days.flatMap((day, index) => (index >= before && day.worst === 'unknown' ? [[index, 0] as const] : []))
  const troubled = days.flatMap((day, index) => (day.affected > 0 ? [{ index, day }] : []))
  const statuses = [...new Set(troubled.map(({ day }) => day.worst))]
  const marks = [
    ...(unknown.length > 0 ? [html`<path class="unknown" d="${path(unknown)}"/>`] : []),
    ...(troubled.length > 0 ? [html`<path class="rest" d="${path(troubled.map(({ index }) => [index, 0] as const))}"/>`] : []),
    ...statuses.map((status) => {
      const own = troubled.filter(({ day }) => day.worst === status)
      return html`<path class="${status}" d="${path(own.map(({ index, day }) => [index, Math.round(height * (1 - fillOf(day)))] as const))}"/>`
    }),
  ]
  const part = (from: number, to: number, name: string) =>
    from < to
      ? html`<svg x="${from * step}" width="${(to - from) * step}" height="${height}"><use class="${name}" href="#days"/></svg>`
      : ''
  return html`<svg class="bars" role="img" aria-label="${label}" viewBox="0 0 ${days.length * step - 2} ${height}" preserveAspectRatio="none">${part(0, before, 'unknown')}${part(before, days.length, 'known')}${marks}</svg>`
}

/** Bars at these places, each from its top to the bottom, as strokes of one path. */
const path = (places: readonly (readonly [index: number, top: number])[]) =>
  raw(places.map(([index, top]) => `M${index * step + width / 2} ${top}V${height}`).join(''))

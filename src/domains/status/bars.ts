// Ninety days as one small picture: a bar a day, the colour's height the affected share of it. Paths and classes only: no style attribute.
import { html, raw } from 'hono/html'
import { statusWord } from './component-status.ts'
import { spokenShare, type Day } from './days.ts'

/** Height of the colour, 0 to 1: the affected share of the day, and at least 40 % so that it is seen. */
export const fillOf = (day: Day): number => (day.affected === 0 ? 0 : Math.max(0.4, Math.min(1, day.affected)))

const height = 32
const step = 10
const width = 8

/** The bars that every component of a page shares: once in the page, then used by reference. */
export const sharedBars = (count: number) =>
  html`<svg class="defs" aria-hidden="true" width="0" height="0"><defs><path id="days" d="${path(Array.from({ length: count }, (_, index) => index), 0)}"/></defs></svg>`

/** One component's days. `label` says in words what a reader would see. */
export function barsOf(days: readonly Day[], label: string) {
  const unknown = days.flatMap((day, index) => (day.worst === 'unknown' ? [index] : []))
  const marks = days.flatMap((day, index) => {
    if (day.affected === 0) return []
    const top = Math.round(height * (1 - fillOf(day)))
    return [html`<g><title>${dayWords(day)}</title><path class="rest" d="${path([index], 0)}"/><path class="${day.worst}" d="${path([index], top)}"/></g>`]
  })
  return html`<svg class="bars" role="img" aria-label="${label}" viewBox="0 0 ${days.length * step - 2} ${height}" preserveAspectRatio="none"><use href="#days"/>${
    unknown.length > 0 ? html`<path class="unknown" d="${path(unknown, 0)}"/>` : ''
  }${marks}</svg>`
}

/** "2026-11-13: down, 1.80 % of the day affected". */
export function dayWords(day: Day): string {
  const worst = day.worst === 'unknown' ? 'nothing known' : statusWord[day.worst].toLowerCase()
  return `${day.date}: ${worst}, ${spokenShare(day.affected)} of the day affected`
}

/** Rectangles from `top` to the bottom at these places, as one path. */
const path = (places: number[], top: number) => raw(places.map((index) => `M${index * step} ${top}h${width}V${height}h-${width}z`).join(''))

// A component's history as calendar days of a zone: how much of each day it was how. Days have 23, 24 or 25 hours, as the zone says.
import { kept } from '#kernel/kept.ts'
import { epochMs, inZone, Temporal, type Instant } from '#kernel/time.ts'
import { componentStatuses, worstOf, type ComponentStatus } from './component-status.ts'

/** From `at` on, the component is `status`. */
export type StatusChange = { at: Instant; status: ComponentStatus }

export type Day = {
  /** `2026-11-23` in the zone. */
  date: string
  /** Share of the calendar day, 0 to 1, that it was in each status. Sums to less than 1 today and before the first change. */
  share: Record<ComponentStatus, number>
  /** The worst status of the day; `unknown` when nothing is known of it. */
  worst: ComponentStatus | 'unknown'
  /** Share of the day that it did not simply work, 0 to 1. */
  affected: number
}

/**
 * The last `count` days up to and with the day of `now`, oldest first. `changes` are oldest first and begin with the one that held when
 * the window opened; of two at the same moment the later in the list holds.
 */
export function daysOf(changes: readonly StatusChange[], { zone, now, count }: { zone: string; now: Instant; count: number }): Day[] {
  const spans = changes.map(({ at, status }, index) => ({ from: epochMs(at), to: epochMs(changes[index + 1]?.at ?? now), status }))
  return calendar(`${inZone(now, zone).toPlainDate().toString()} ${zone} ${count}`).map((day) => dayOf(day, spans))
}

/** `2026-11-23 Europe/Berlin 90`: the last so many days up to and with that one, which all components of a page share. */
const calendar = kept((text) => {
  const [last, zone, count] = text.split(' ') as [string, string, string]
  const first = Temporal.PlainDate.from(last).subtract({ days: Number(count) - 1 })
  const dates = Array.from({ length: Number(count) + 1 }, (_, index) => first.add({ days: index }))
  const starts = dates.map((date) => startOf(date, zone))
  return dates.slice(0, -1).map((date, index) => ({ date: date.toString(), from: starts[index]!, to: starts[index + 1]! }))
})

/** The start of the first of `count` days. */
export const windowStart = (now: Instant, zone: string, count: number): number =>
  startOf(
    inZone(now, zone)
      .toPlainDate()
      .subtract({ days: count - 1 }),
    zone,
  )

/** Share of the known time, 0 to 1, in which it was neither down nor partly down. Undefined when nothing is known. */
export function availabilityOf(days: readonly Day[]): number | undefined {
  const known = days.reduce((sum, { share }) => sum + componentStatuses.reduce((part, status) => part + share[status], 0), 0)
  const broken = days.reduce((sum, { share }) => sum + share.down + share['partly-down'], 0)
  return known > 0 ? 1 - broken / known : undefined
}

/** "99.91 %", and never "100.00 %" when something was broken. */
export function spokenShare(share: number): string {
  if (share >= 1) return '100 %'
  return `${Math.min(99.99, Math.floor(share * 10_000) / 100).toFixed(2)} %`
}

type Span = { from: number; to: number; status: ComponentStatus }

function dayOf({ date, from, to }: { date: string; from: number; to: number }, spans: readonly Span[]): Day {
  const share = Object.fromEntries(componentStatuses.map((status) => [status, 0])) as Record<ComponentStatus, number>
  const seen: ComponentStatus[] = []
  for (const span of spans) {
    const length = Math.min(span.to, to) - Math.max(span.from, from)
    if (length <= 0) continue
    share[span.status] += length / (to - from)
    seen.push(span.status)
  }
  const affected = componentStatuses.reduce((sum, status) => (status === 'works' ? sum : sum + share[status]), 0)
  return { date, share, worst: seen.length === 0 ? 'unknown' : worstOf(seen), affected }
}

const startOf = (date: Temporal.PlainDate, zone: string) => date.toZonedDateTime(zone).epochMilliseconds

// A component's history as calendar days of a zone: how much of each day it was how. Days have 23, 24 or 25 hours, as the zone says.
import { epochMs, inZone, type Instant, type Temporal } from '#kernel/time.ts'
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
  const today = inZone(now, zone).toPlainDate()
  return Array.from({ length: count }, (_, index) => {
    const date = today.subtract({ days: count - 1 - index })
    return dayOf(date, startOf(date, zone), startOf(date.add({ days: 1 }), zone), spans)
  })
}

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

function dayOf(date: Temporal.PlainDate, from: number, to: number, spans: readonly Span[]): Day {
  const share = Object.fromEntries(componentStatuses.map((status) => [status, 0])) as Record<ComponentStatus, number>
  const seen: ComponentStatus[] = []
  for (const span of spans) {
    const length = Math.min(span.to, to) - Math.max(span.from, from)
    if (length <= 0) continue
    share[span.status] += length / (to - from)
    seen.push(span.status)
  }
  const affected = componentStatuses.reduce((sum, status) => (status === 'works' ? sum : sum + share[status]), 0)
  return { date: date.toString(), share, worst: seen.length === 0 ? 'unknown' : worstOf(seen), affected }
}

const startOf = (date: Temporal.PlainDate, zone: string) => date.toZonedDateTime(zone).epochMilliseconds

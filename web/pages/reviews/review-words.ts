// The types and words of reviews on screen.
import type { Output } from '../../api/client.ts'
import { clockTime, dayWords, zoneName, type SeverityLevel } from '../../ui/index.ts'

export type Review = Output<'reviews.get'>
export type Section = Review['sections'][number]
export type ActionItem = Review['actions'][number]

/** `SEV2` → its slot. */
export const severityOf = (severity: string): { level: SeverityLevel; label: string } => ({
  level: Math.min(5, Math.max(1, Number(severity.slice(3)) || 5)) as SeverityLevel,
  label: severity,
})

/** `2026-11-30` → "Mon 30 Nov". */
export const dateWords = (date: string): string =>
  new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })
    .format(Date.parse(date))
    .replace(',', '')

/** "Fri 13 Nov, 09:01 CET": with its day whatever day it is, for a review is read and printed later. */
export const momentWords = (at: string, zone: string): string => {
  const ms = Date.parse(at)
  return `${dayWords(ms, { zone, nowMs: ms })}, ${clockTime(ms, zone)} ${zoneName(ms, zone)}`
}

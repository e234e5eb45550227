// The types and words of reviews on screen.
import type { Output } from '../../api/client.ts'
import type { SeverityLevel } from '../../ui/index.ts'

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

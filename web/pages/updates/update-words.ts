// The words and slots of updates on screen.
import type { Output } from '../../api/client.ts'
import type { Day, Health, SeverityLevel, StateKind } from '../../ui/index.ts'

export type Dashboard = Output<'status.dashboard'>
export type Trouble = Dashboard['troubles'][number]
export type Component = Output<'status.listComponents'>['items'][number]
export type ComponentStatus = Component['status']
export type StatusPage = Output<'status.listPages'>['items'][number]

/** A component's status as the shared pieces call it. */
export const healthOf = (status: ComponentStatus): Health => (status === 'partly-down' ? 'partly' : status)

export const statusOptions: { value: ComponentStatus; label: string }[] = [
  { value: 'works', label: 'Works' },
  { value: 'slow', label: 'Slow' },
  { value: 'partly-down', label: 'Partly down' },
  { value: 'down', label: 'Down' },
  { value: 'maintenance', label: 'Maintenance' },
]

export const statusWords = Object.fromEntries(statusOptions.map(({ value, label }) => [value, label])) as Record<ComponentStatus, string>

export const addressWords = (count: number): string =>
  count === 0 ? 'Nobody is told by mail.' : `${count} ${count === 1 ? 'address is' : 'addresses are'} told by mail.`

/** `SEV2` → its slot. */
export const severityOf = (severity: string): { level: SeverityLevel; label: string } => ({
  level: Math.min(5, Math.max(1, Number(severity.slice(3)) || 5)) as SeverityLevel,
  label: severity,
})

export const glyphOf = (glyph: string): StateKind => glyph as StateKind

/** Days for the bars; those before anything was known are left out. */
export function daysOf(days: Dashboard['components'][number]['days']): Day[] {
  const first = days.findIndex(({ worst }) => worst !== 'unknown')
  return first < 0
    ? []
    : days
        .slice(first)
        .map(({ date, worst, affected }) => ({ date, health: worst === 'unknown' ? 'works' : healthOf(worst), share: affected }))
}

/** "99.91 %"; nothing when nothing is known. */
export const shareWords = (share: number | null): string =>
  share === null ? '' : share >= 1 ? '100 %' : `${Math.min(99.99, Math.floor(share * 10_000) / 100).toFixed(2)} %`

/** The tabs of everything about updates. */
export const tabs = [
  { id: 'now', label: 'Now', href: '/updates' },
  { id: 'history', label: 'History', href: '/updates/history' },
  { id: 'pages', label: 'Status pages', href: '/status-pages' },
]

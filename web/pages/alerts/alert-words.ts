// How an alert's severity and state are shown.
import type { Output } from '../../api/client.ts'
import type { SeverityLevel, StateKind } from '../../ui/index.ts'

export type Alert = Output<'alerts.list'>['items'][number]

const levels: Record<Alert['severity'], SeverityLevel> = { critical: 1, error: 2, warning: 3, info: 5 }
const labels: Record<Alert['severity'], string> = { critical: 'Critical', error: 'Error', warning: 'Warning', info: 'Info' }
const states: Record<Alert['state'], { kind: StateKind; word: string }> = {
  triggered: { kind: 'new', word: 'Triggered' },
  acknowledged: { kind: 'acknowledged', word: 'Acknowledged' },
  resolved: { kind: 'resolved', word: 'Resolved' },
  suppressed: { kind: 'suppressed', word: 'Held back' },
}

/** The worst first. */
export const severities = Object.keys(levels) as Alert['severity'][]
export const severityOf = (severity: Alert['severity']) => ({ level: levels[severity], label: labels[severity] })
export const stateOf = (state: Alert['state']) => states[state]
/** As `stateOf`, and that it is snoozed. */
export const standingOf = ({ state, snoozedUntil }: Pick<Alert, 'state' | 'snoozedUntil'>): { kind: StateKind; word: string } =>
  snoozedUntil === null ? states[state] : { kind: 'paused', word: 'Snoozed' }
export const isOver = (state: Alert['state']): boolean => state === 'resolved' || state === 'suppressed'

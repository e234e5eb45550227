// How a page's state and its steps are shown.
import type { Output } from '../../api/client.ts'
import type { SeverityLevel, StateKind, TraceStep } from '../../ui/index.ts'

export type LivePage = Output<'oncall.getPage'>

const states: Record<LivePage['state'], { kind: StateKind; word: string }> = {
  paging: { kind: 'new', word: 'Paging' },
  acknowledged: { kind: 'acknowledged', word: 'Acknowledged' },
  exhausted: { kind: 'new', word: 'Nobody answered' },
  ended: { kind: 'closed', word: 'Over' },
}
const severities: Record<string, { level: SeverityLevel; label: string }> = {
  critical: { level: 1, label: 'Critical' },
  error: { level: 2, label: 'Error' },
  warning: { level: 3, label: 'Warning' },
  info: { level: 5, label: 'Info' },
}
const steps: Record<string, { outcome: TraceStep['outcome']; title: string }> = {
  paged: { outcome: 'acted', title: 'Paged' },
  skipped: { outcome: 'passed', title: 'Skipped' },
  acknowledged: { outcome: 'applied', title: 'Acknowledged' },
  'given-back': { outcome: 'acted', title: 'Given back' },
  exhausted: { outcome: 'acted', title: 'Nobody answered' },
  ended: { outcome: 'stopped', title: 'Over' },
}

export const pageStateOf = (state: LivePage['state']) => states[state]
/** Undefined for a page that somebody began by hand without one. */
export const pageSeverityOf = (severity: string | null) => (severity === null ? undefined : severities[severity])
export const isPageOver = (state: LivePage['state']): boolean => state === 'ended'

/** "Paged level 2, round 2". */
export function stepWords({ kind, level, round }: LivePage['steps'][number]): { outcome: TraceStep['outcome']; title: string } {
  const known = steps[kind] ?? { outcome: 'applied' as const, title: kind }
  const where = kind === 'paged' || kind === 'skipped' ? ` level ${level}${round > 1 ? `, round ${round}` : ''}` : ''
  return { ...known, title: `${known.title}${where}` }
}

/** A sentence begins with a capital letter and ends with a full stop. */
export const asSentence = (text: string): string =>
  text === '' ? '' : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

/** What the page is about without the severity that stands beside it: "Critical: Card payments fail" → "Card payments fail". */
export const titleOf = ({ title, severity }: Pick<LivePage, 'title' | 'severity'>): string => {
  const label = pageSeverityOf(severity)?.label
  return label !== undefined && title.startsWith(`${label}: `) ? title.slice(label.length + 2) : title
}

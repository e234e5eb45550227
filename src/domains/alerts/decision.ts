// What becomes of a new alert: every rule that was tried, in order, each with its reason, and what follows.
import { createHash } from 'node:crypto'
import type { AlertSeverity } from '#kernel/signal.ts'
import { addSeconds, secondsBetween, spokenDuration, type Instant } from '#kernel/time.ts'
import { inhibition, type Inhibitor } from './inhibition.ts'
import { muting } from './muting.ts'
import { route, type RuleTried } from './routing.ts'
import type { Rules, Target } from './rules.ts'
import { silencing, type CompiledSilence } from './silencing.ts'
import type { TraceStep } from './store.ts'

const mostOthersKept = 100

export type Subject = {
  id: string
  title: string
  body: string
  severity: AlertSeverity
  source: string
  labels: Record<string, string>
  service: string | null
  integration: string
  integrationId: string
  dedupKey: string
  firstAt: Instant
}
export type Surroundings = { rules: Rules; silences: readonly CompiledSilence[]; inhibitors: readonly Inhibitor[]; zone: string }

export type AlertDecision =
  | { does: 'suppress'; cause: 'silence' | 'inhibition' | 'mute' | 'hold'; reason: string; trace: TraceStep[]; lookAgainAt: Instant | null }
  | { does: 'group'; groupKey: string; target: Target; reason: string; trace: TraceStep[]; groupLabels: Record<string, string> }

/** What rules ask of an alert: its labels, and severity, service and integration as if they were. */
export const labelsOf = ({ labels, severity, integration, service }: Pick<Subject, 'labels' | 'severity' | 'integration' | 'service'>) => ({
  ...labels,
  severity: labels['severity'] ?? severity,
  integration,
  ...(service ? { service } : {}),
})

/** Pure. Rules in order: silence, inhibition, route, mute times, hold, grouping. */
export function decideAlert(alert: Subject, around: Surroundings, now: Instant): AlertDecision {
  const trace: TraceStep[] = []
  const step = (rule: string, applied: boolean, reason: string) => void trace.push({ rule, applied, reason, at: now })
  const labels = labelsOf(alert)
  const suppress = (
    cause: Extract<AlertDecision, { does: 'suppress' }>['cause'],
    reason: string,
    lookAgainAt: Instant | null,
  ): AlertDecision => ({ does: 'suppress', cause, reason: `Not paged: ${reason}.`, trace, lookAgainAt })

  step('New alert', true, `no open alert has the key ${alert.dedupKey}`)
  const silence = silencing(around.silences, labels, now, around.zone)
  step('Silences', silence.silenced, silence.reason)
  if (silence.silenced) return suppress('silence', silence.reason, silence.until)

  const inhibited = inhibition(around.rules.inhibitions, labels, around.inhibitors, now)
  step('Inhibition', inhibited.inhibited, inhibited.reason)
  if (inhibited.inhibited) return suppress('inhibition', inhibited.reason, null)

  const values = {
    title: alert.title,
    body: alert.body,
    severity: alert.severity,
    source: alert.source,
    service: alert.service ?? '',
    labels: alert.labels,
  }
  const routed = route(around.rules.root, labels, values)
  const tried = worthKeeping(routed.trace)
  for (const { rule, outcome, reason } of tried) step(`Route '${rule}'`, outcome === 'applies', reason)
  const leftOut = routed.trace.length - tried.length
  if (leftOut > 0) step('Other routes', false, `${leftOut} more were tried or passed over, and none of them applies`)
  const matched = routed.matched[0]!
  const { options: target } = matched

  const muted = muting(matched.times, around.rules.intervals, now)
  if (muted.muted) {
    step('Mute times', true, muted.reason)
    return suppress('mute', muted.reason, null)
  }
  const heldUntil = addSeconds(alert.firstAt, target.holdSeconds)
  if (target.holdSeconds > 0 && heldUntil > now) {
    const reason = `transient: pages in ${spokenDuration(secondsBetween(now, heldUntil))} unless it clears`
    step('Hold', true, reason)
    return suppress('hold', reason, heldUntil)
  }
  const byEach = target.groupBy.includes('...')
  const groupLabels: Record<string, string> = byEach
    ? labels
    : Object.fromEntries(target.groupBy.map((name) => [name, (labels as Record<string, string>)[name] ?? '']))
  const ungrouped = Object.values(groupLabels).every((value) => value === '')
  const groupKey = groupKeyOf(
    target.slug,
    alert.service ?? target.service,
    ungrouped ? `${alert.integrationId} ${alert.dedupKey}` : Object.entries(groupLabels).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  step(
    'Grouped',
    true,
    ungrouped
      ? 'it has none of the labels that group: a group of its own'
      : `alerts that share ${byEach ? 'all labels' : target.groupBy.join(', ')} go together`,
  )
  return {
    does: 'group',
    groupKey,
    target,
    reason: target.slug === null ? 'No route matched; the default takes it.' : `Route '${target.name}' takes it.`,
    trace,
    groupLabels: ungrouped ? {} : groupLabels,
  }
}

// A row of an index of PostgreSQL has at most 2,704 bytes.
const longestGroupKey = 2000

/** Labels are as long as whoever sends them likes: a key that no index could hold says of them only that they are the same. */
function groupKeyOf(route: string | null, service: string | null, shared: unknown): string {
  const key = JSON.stringify([route, service, shared])
  if (Buffer.byteLength(key) <= longestGroupKey) return key
  return JSON.stringify([route, service, createHash('sha256').update(key).digest('base64url')])
}

/** All that matched, and of the others the first: an installation may have thousands, and every alert would carry them. */
function worthKeeping(all: readonly RuleTried[]): RuleTried[] {
  let others = 0
  return all.filter(({ outcome }) => outcome === 'applies' || outcome === 'matched' || others++ < mostOthersKept)
}

/** Orders severities: the worst first. */
export const worst = (a: AlertSeverity, b: AlertSeverity): AlertSeverity =>
  ['critical', 'error', 'warning', 'info'].indexOf(a) <= ['critical', 'error', 'warning', 'info'].indexOf(b) ? a : b

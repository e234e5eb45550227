// Inhibition: while a source alert is open, the target alerts with equal labels do not page. What must stay true: an alert that matches both
// sides of a rule is not held back by another one that does so too, so that two of a kind never silence each other.
import type { Fault } from '#kernel/errors.ts'
import type { AlertSeverity, Labels } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import { compileMatchers, labelOf, matchesAll, type CompiledMatcher, type Matcher } from './matcher.ts'

export type InhibitionRule = {
  name: string
  source: Matcher[]
  target: Matcher[]
  /** Labels that must be equal on both; missing counts as empty. */
  equal: string[]
}
export type CompiledInhibitionRule = Omit<InhibitionRule, 'source' | 'target'> & { source: CompiledMatcher[]; target: CompiledMatcher[] }

/** An alert as far as it can hold back another: `endsAt` in the past means that it is resolved. */
export type Inhibitor = { id: string; title?: string; labels: Labels; endsAt?: Instant | null }

export type InhibitionVerdict = { inhibited: true; by: string[]; rule: string; reason: string } | { inhibited: false; reason: string }

/** Gives `{ faults }` when a pattern is not right. */
export function compileInhibitionRule(rule: InhibitionRule): CompiledInhibitionRule | { faults: Fault[] } {
  const source = compileMatchers(rule.source)
  const target = compileMatchers(rule.target)
  if ('faults' in source) return source
  if ('faults' in target) return target
  return { ...rule, source, target }
}

// What a service or an integration is called may change while an alert is open.
const mayChange = new Set(['service', 'integration'])

/** Whether an alert may be the source of one of these rules, by what of it stays. */
export function mayInhibit(rules: readonly CompiledInhibitionRule[], alert: { labels: Labels; severity: AlertSeverity }): boolean {
  const labels = { ...alert.labels, severity: alert.labels['severity'] ?? alert.severity }
  return rules.some(({ source }) =>
    matchesAll(
      source.filter(({ name }) => !mayChange.has(name)),
      labels,
    ),
  )
}

/** Whether an alert with these labels is held back, by the first rule that does, and by which open alerts. Acknowledged and silenced ones count. */
export function inhibition(
  rules: readonly CompiledInhibitionRule[],
  labels: Labels,
  alerts: readonly Inhibitor[],
  at: Instant,
): InhibitionVerdict {
  for (const rule of rules) {
    if (!matchesAll(rule.target, labels)) continue
    const sources = alerts.filter((alert) => matchesAll(rule.source, alert.labels))
    const by = equalSources(rule, labels, sources, at, { twoSidedCount: !matchesAll(rule.source, labels) })
    if (by.length > 0) {
      const named = by[0]!.title ?? by[0]!.id
      const others = by.length > 1 ? ` and ${by.length - 1} more` : ''
      return {
        inhibited: true,
        by: by.map(({ id }) => id),
        rule: rule.name,
        reason: `inhibited by '${named}'${others} (rule '${rule.name}')`,
      }
    }
  }
  return { inhibited: false, reason: rules.length === 0 ? 'there is no inhibition rule' : 'no open alert inhibits it' }
}

/** Of alerts that are known to match the rule's source: those that are open and have equal labels. `twoSidedCount`: also those that match its target. */
export function equalSources(
  rule: Pick<CompiledInhibitionRule, 'target' | 'equal'>,
  labels: Labels,
  sources: readonly Inhibitor[],
  at: Instant,
  { twoSidedCount }: { twoSidedCount: boolean },
): Inhibitor[] {
  return sources.filter(
    (source) =>
      !(source.endsAt != null && source.endsAt <= at) &&
      rule.equal.every((name) => labelOf(source.labels, name) === labelOf(labels, name)) &&
      (twoSidedCount || !matchesAll(rule.target, source.labels)),
  )
}

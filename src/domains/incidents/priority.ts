// Priority from impact × urgency, moved by risk and held up by severity. Pure; the reason names every rule that took part.
import type { Process, SeverityId } from './process-definition.ts'

export type Classified = { impact: string | null; urgency: string | null; risk: string | null }

/**
 * The priority and why. Null while impact or urgency is not known, or when the process has no matrix. `severity` is given only when somebody
 * chose it: then its floor counts.
 */
export function priorityOf(
  process: Process,
  { impact, urgency, risk }: Classified,
  severity?: SeverityId,
): { priority: string | null; reason: string } {
  if (process.priorities.length === 0) return { priority: null, reason: `${process.name} sets no priorities.` }
  const floor = process.severities.find((candidate) => candidate.id === severity)?.atLeast ?? null
  const base = impact !== null && urgency !== null ? (process.matrix[impact]?.[urgency] ?? null) : null
  if (base === null) {
    return floor === null
      ? { priority: null, reason: 'Impact and urgency are not set yet.' }
      : { priority: floor, reason: `${severity} is at least ${floor}; impact and urgency are not set yet.` }
  }
  const nameIn = (list: readonly { id: string; name: string }[], id: string | null) => list.find((entry) => entry.id === id)?.name ?? id
  const reasons = [`impact ${nameIn(process.impacts, impact)} × urgency ${nameIn(process.urgencies, urgency)} is ${base}`]
  const order = process.priorities.map((priority) => priority.id)
  let at = order.indexOf(base)
  const raises = process.risks.find((candidate) => candidate.id === risk)?.raises ?? 0
  const raised = Math.min(order.length - 1, Math.max(0, at - raises))
  if (raised !== at) {
    reasons.push(`risk ${nameIn(process.risks, risk)} makes it ${order[raised]}`)
    at = raised
  }
  if (floor !== null && order.indexOf(floor) < at) {
    reasons.push(`${severity} is at least ${floor}`)
    at = order.indexOf(floor)
  }
  const text = reasons.join('; ')
  return { priority: order[at]!, reason: `${text.charAt(0).toUpperCase()}${text.slice(1)}.` }
}

/** The severity that a priority stands for, when the process says. */
export const severityOfPriority = (process: Process, priority: string | null): SeverityId | undefined =>
  process.priorities.find((candidate) => candidate.id === priority)?.severity

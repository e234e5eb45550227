// Commands on how bad an incident is: severity, and the classification from which its priority follows.
import { z } from 'zod'
import { defineCommand } from '#kernel/define.ts'
import { refuse } from '#kernel/errors.ts'
import { open, save } from './change.ts'
import { Classification, unknownLevel } from './declare.ts'
import { incidentClassified, incidentSeverityChanged } from './events.ts'
import type { Incident } from './incident.ts'
import { priorityOf, severityOfPriority } from './priority.ts'
import { SeverityId } from './process-definition.ts'
import { IncidentKey, IncidentView, Prose, viewOf } from './views.ts'
import { writeIfGiven } from './words.ts'

export const setSeverity = defineCommand({
  name: 'incidents.setSeverity',
  summary: 'Set how severe an incident is',
  http: 'POST /incidents/{incident}/severity',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, severity: SeverityId, reason: Prose.optional() }),
  output: IncidentView,
  examples: [{ incident: '2417', severity: 'SEV1', reason: 'Revenue path, more than one country' }],
  async run(context, { incident: key, severity, reason }) {
    const { scope, emit } = context
    const { incident, process } = await open(scope, key)
    const unknown = unknownLevel(process, { severity }, null)
    if (unknown !== undefined) return refuse(unknown)
    if (severity === incident.severity) return viewOf(scope, incident)
    const { priority, reason: why } = priorityOf(process, incident, severity)
    const next: Incident = { ...incident, severity, priority, priorityReason: why }
    const words = await writeIfGiven(context, incident.id, 'reason', reason)
    await save(context, process, next)
    await emit(incidentSeverityChanged, { incidentId: incident.id, from: incident.severity, to: severity, words, rule: null })
    if (priority !== incident.priority)
      await emit(incidentClassified, { incidentId: incident.id, changed: ['priority'], priority, reason: why, words: null })
    return viewOf(scope, next)
  },
})

export const classifyIncident = defineCommand({
  name: 'incidents.classify',
  summary: 'Set category, impact, urgency and risk; the priority follows from the matrix',
  http: 'POST /incidents/{incident}/classification',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, ...Classification, severity: SeverityId.optional(), reason: Prose.optional() }),
  output: IncidentView,
  examples: [{ incident: '2417', category: 'software', subcategory: 'database', impact: 'significant', urgency: 'high' }],
  async run(context, { incident: key, reason, severity, ...given }) {
    const { scope, emit } = context
    const { incident, process } = await open(scope, key)
    const category = given.category ?? incident.category
    const unknown = unknownLevel(process, { ...given, severity }, category)
    if (unknown !== undefined) return refuse(unknown)
    // Another category makes the old part of it meaningless.
    const subcategory = given.subcategory ?? (category === incident.category ? incident.subcategory : null)
    const classified = {
      impact: given.impact ?? incident.impact,
      urgency: given.urgency ?? incident.urgency,
      risk: given.risk ?? incident.risk,
    }
    // What somebody decided stays until the priority follows from something else: neither a category nor half of the matrix says how bad it is.
    const isKnown = classified.impact !== null && classified.urgency !== null
    const isNew = (['impact', 'urgency', 'risk'] as const).some((field) => classified[field] !== incident[field])
    const derived =
      severity !== undefined || (isKnown && isNew)
        ? priorityOf(process, classified, severity)
        : { priority: incident.priority, reason: incident.priorityReason }
    const next: Incident = {
      ...incident,
      ...classified,
      category,
      subcategory,
      priority: derived.priority,
      priorityReason: derived.reason,
      severity:
        severity ??
        (derived.priority === incident.priority ? incident.severity : (severityOfPriority(process, derived.priority) ?? incident.severity)),
    }
    const changed = (['category', 'subcategory', 'impact', 'urgency', 'risk', 'priority'] as const).filter(
      (field) => next[field] !== incident[field],
    )
    if (changed.length === 0 && next.severity === incident.severity) return viewOf(scope, incident)
    const words = await writeIfGiven(context, incident.id, 'reason', reason)
    await save(context, process, next)
    if (changed.length > 0)
      await emit(incidentClassified, { incidentId: incident.id, changed, priority: next.priority, reason: derived.reason, words })
    if (next.severity !== incident.severity) {
      const rule = severity === undefined ? `it follows from ${next.priority}` : null
      await emit(incidentSeverityChanged, {
        incidentId: incident.id,
        from: incident.severity,
        to: next.severity,
        words: changed.length > 0 ? null : words,
        rule,
      })
    }
    return viewOf(scope, next)
  },
})

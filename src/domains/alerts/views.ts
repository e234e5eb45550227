// What alerts, groups, integrations and silences look like from outside.
import { z } from 'zod'
import { idOf } from '#kernel/ids.ts'
import { severities } from '#kernel/signal.ts'
import { InstantOut } from '#kernel/time.ts'
import { AlertIdSchema, GroupIdSchema, IntegrationIdSchema } from './events.ts'
import { byAPerson, type Group, type ListedAlert } from './store.ts'

const ServiceRef = z.object({ id: idOf('svc'), slug: z.string(), name: z.string() }).nullable()
const Links = z.array(z.object({ href: z.string(), text: z.string() }))
const Labels = z.record(z.string(), z.string())

export const AlertView = z
  .object({
    id: AlertIdSchema,
    dedupKey: z.string(),
    title: z.string(),
    body: z.string(),
    state: z.enum(['triggered', 'acknowledged', 'resolved', 'suppressed']),
    severity: z.enum(severities),
    service: z.string().nullable(),
    serviceName: z.string().nullable(),
    integration: z.object({ id: IntegrationIdSchema, name: z.string() }),
    groupId: GroupIdSchema.nullable(),
    labels: Labels,
    details: z.unknown(),
    links: Links,
    count: z.number(),
    reason: z.string(),
    startedAt: InstantOut,
    firstAt: InstantOut,
    lastAt: InstantOut,
    acknowledgedAt: InstantOut.nullable(),
    acknowledgedBy: z.string().nullable(),
    snoozedUntil: InstantOut.nullable(),
    resolvedAt: InstantOut.nullable(),
  })
  .meta({ id: 'Alert' })

export const TraceView = z.array(z.object({ rule: z.string(), applied: z.boolean(), reason: z.string(), at: InstantOut }))

export const GroupView = z
  .object({
    id: GroupIdSchema,
    title: z.string(),
    severity: z.enum(severities),
    state: z.enum(['triggered', 'acknowledged', 'resolved']),
    service: ServiceRef,
    route: z.string().nullable(),
    policy: z.string().nullable(),
    reason: z.string(),
    labels: Labels,
    links: Links,
    alertCount: z.number(),
    openCount: z.number(),
    openedAt: InstantOut,
    acknowledgedAt: InstantOut.nullable(),
    acknowledgedBy: z.string().nullable(),
    resolvedAt: InstantOut.nullable(),
  })
  .meta({ id: 'AlertGroup' })

/** What a version before this one left standing is told as past once the alert is over: nobody has it any more, and it pages no more. */
const past: Record<string, string> = {
  [byAPerson.acknowledged]: 'It is over. Somebody had acknowledged it.',
  [byAPerson.givenBack]: 'It is over. It had been acknowledged and given back.',
}

export const alertView = (row: ListedAlert): z.input<typeof AlertView> => {
  const { integrationId, integrationName, serviceId: _, serviceSlug, teamId: __, endsAt: ___, ...rest } = row
  const reason = row.state === 'resolved' ? (past[row.reason] ?? row.reason) : row.reason
  return { ...rest, reason, service: serviceSlug, integration: { id: integrationId, name: integrationName } }
}

export const groupView = (group: Group): z.input<typeof GroupView> => {
  const { serviceId, serviceSlug, serviceName, teamId: _, groupKey: __, changedAt: ___, ...rest } = group
  return { ...rest, service: serviceId && serviceSlug && serviceName ? { id: serviceId, slug: serviceSlug, name: serviceName } : null }
}

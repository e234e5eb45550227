// What happened to alerts, their groups, integrations, routes and silences.
import { z } from 'zod'
import type { TeamId } from '#kernel/actor.ts'
import { defineEvent } from '#kernel/define.ts'
import { idOf, type Id } from '#kernel/ids.ts'
import { severities } from '#kernel/signal.ts'
import { InstantOut } from '#kernel/time.ts'

export type AlertId = Id<'alt'>
export type GroupId = Id<'grp'>
export type IntegrationId = Id<'int'>
export const AlertIdSchema = idOf('alt') as z.ZodType<AlertId, AlertId>
export const GroupIdSchema = idOf('grp') as z.ZodType<GroupId, GroupId>
export const IntegrationIdSchema = idOf('int') as z.ZodType<IntegrationId, IntegrationId>
const Severity = z.enum(severities)
const ServiceRef = idOf('svc').nullable()

/** What a route wants opened beside the page. */
export const Opens = z.object({ type: z.string(), severity: z.string().nullable() })

export const alertTriggered = defineEvent({
  type: 'alert.triggered',
  version: 1,
  data: z.object({ alertId: AlertIdSchema, integrationId: IntegrationIdSchema, serviceId: ServiceRef, severity: Severity }),
  about: ({ alertId, integrationId }) => ({ alert: alertId, integration: integrationId }),
  sentence: (event, name) => `Alert: ${name(event.data.alertId)}`,
})
/** New alerts are stored, but deciding about them has failed so far: it is tried again by itself. */
export const alertsWaiting = defineEvent({
  type: 'alert.waiting',
  version: 1,
  data: z.object({ integrationId: IntegrationIdSchema, alertIds: z.array(AlertIdSchema) }),
  about: ({ integrationId }) => ({ integration: integrationId }),
  sentence: (event, name) =>
    `${event.data.alertIds.length === 1 ? 'A new alert' : `${event.data.alertIds.length} new alerts`} from ${name(event.data.integrationId)} could not be decided about at once: tried again`,
})
/** It was for information only, and in a group of its like; now it is decided about anew. */
export const alertWorsened = defineEvent({
  type: 'alert.worsened',
  version: 1,
  data: z.object({ alertId: AlertIdSchema, groupId: GroupIdSchema, severity: Severity }),
  about: ({ alertId, groupId }) => ({ alert: alertId, group: groupId }),
  sentence: (event, name) => `${name(event.data.alertId)} was for information only and is ${event.data.severity} now`,
})
export const alertSuppressed = defineEvent({
  type: 'alert.suppressed',
  version: 1,
  data: z.object({ alertId: AlertIdSchema, cause: z.enum(['silence', 'inhibition', 'maintenance', 'mute', 'hold']) }),
  about: ({ alertId }) => ({ alert: alertId }),
  sentence: (event, name) => `Held back by ${event.data.cause}: ${name(event.data.alertId)}`,
})
export const lookedAgain = defineEvent({
  type: 'alert.looked-again',
  version: 1,
  data: z.object({ alertId: AlertIdSchema }),
  about: ({ alertId }) => ({ alert: alertId }),
  sentence: (event, name) => `Held back no longer: ${name(event.data.alertId)}`,
})
export const alertJoined = defineEvent({
  type: 'alert.joined',
  version: 1,
  data: z.object({ groupId: GroupIdSchema, alertId: AlertIdSchema }),
  about: ({ groupId, alertId }) => ({ group: groupId, alert: alertId }),
  sentence: (event, name) => `Alert joined: ${name(event.data.alertId)}`,
})
export const alertResolved = defineEvent({
  type: 'alert.resolved',
  version: 1,
  data: z.object({ alertId: AlertIdSchema, groupId: GroupIdSchema.nullable(), by: z.enum(['source', 'person', 'expiry']) }),
  about: ({ alertId, groupId }) => ({ alert: alertId, ...(groupId ? { group: groupId } : {}) }),
  sentence: (event, name) =>
    event.data.by === 'person'
      ? `${name(event.actor)} resolved ${name(event.data.alertId)}`
      : event.data.by === 'expiry'
        ? `Alert ended, its source no longer repeats it: ${name(event.data.alertId)}`
        : `Alert resolved: ${name(event.data.alertId)}`,
})
export const groupOpened = defineEvent({
  type: 'group.opened',
  version: 1,
  data: z.object({
    groupId: GroupIdSchema,
    alertId: AlertIdSchema,
    serviceId: ServiceRef,
    teamId: (idOf('tem') as z.ZodType<TeamId, TeamId>).nullable(),
    severity: Severity,
    policy: z.string().nullable(),
    opens: Opens.nullable(),
    pages: z.boolean(),
  }),
  about: ({ groupId, alertId }) => ({ group: groupId, alert: alertId }),
  sentence: (event, name) => `Alert group opened: ${name(event.data.groupId)}`,
})
export const groupAcknowledged = defineEvent({
  type: 'group.acknowledged',
  version: 1,
  data: z.object({ groupId: GroupIdSchema, afterSeconds: z.number() }),
  about: ({ groupId }) => ({ group: groupId }),
  sentence: (event, name) => `${name(event.actor)} acknowledged ${name(event.data.groupId)}`,
})
export const groupUnacknowledged = defineEvent({
  type: 'group.unacknowledged',
  version: 1,
  data: z.object({ groupId: GroupIdSchema }),
  about: ({ groupId }) => ({ group: groupId }),
  sentence: (event, name) => `${name(event.actor)} gave back ${name(event.data.groupId)}: it pages again`,
})
export const groupSnoozed = defineEvent({
  type: 'group.snoozed',
  version: 1,
  data: z.object({ groupId: GroupIdSchema, until: InstantOut }),
  about: ({ groupId }) => ({ group: groupId }),
  sentence: (event, name) => `${name(event.actor)} snoozed ${name(event.data.groupId)} until ${event.data.until}`,
})
export const groupResolved = defineEvent({
  type: 'group.resolved',
  version: 1,
  data: z.object({ groupId: GroupIdSchema, by: z.enum(['source', 'person', 'expiry']) }),
  about: ({ groupId }) => ({ group: groupId }),
  sentence: (event, name) =>
    event.data.by === 'person'
      ? `${name(event.actor)} resolved ${name(event.data.groupId)}`
      : `All alerts are resolved: ${name(event.data.groupId)}`,
})
export const integrationAdded = defineEvent({
  type: 'integration.added',
  version: 1,
  data: z.object({ integrationId: IntegrationIdSchema, kind: z.string() }),
  about: ({ integrationId }) => ({ integration: integrationId }),
  sentence: (event, name) => `${name(event.actor)} added the integration ${name(event.data.integrationId)}`,
})
export const integrationRemoved = defineEvent({
  type: 'integration.removed',
  version: 1,
  data: z.object({ integrationId: IntegrationIdSchema }),
  about: ({ integrationId }) => ({ integration: integrationId }),
  sentence: (event, name) => `${name(event.actor)} removed the integration ${name(event.data.integrationId)}; its key no longer works`,
})
// Not called `integration.…`: whoever follows that word reads every key anew.
export const fellBehind = defineEvent({
  type: 'backlog.began',
  version: 1,
  data: z.object({ integrationId: IntegrationIdSchema }),
  about: ({ integrationId }) => ({ integration: integrationId }),
  sentence: (event, name) =>
    `More came through ${name(event.data.integrationId)} than could be read at once: all of it is kept and read in order`,
})
export const spoolRead = defineEvent({
  type: 'spool.read',
  version: 1,
  data: z.object({ integrationId: IntegrationIdSchema, signals: z.number().int().min(1), since: InstantOut }),
  about: ({ integrationId }) => ({ integration: integrationId }),
  sentence: (event, name) =>
    `What came through ${name(event.data.integrationId)} while the database was away is taken in: ${event.data.signals} ${event.data.signals === 1 ? 'signal' : 'signals'}`,
})
export const lostTakenIn = defineEvent({
  type: 'lost.taken-in',
  version: 1,
  data: z.object({ integrationId: IntegrationIdSchema, signals: z.number().int().min(1), since: InstantOut }),
  about: ({ integrationId }) => ({ integration: integrationId }),
  sentence: (event, name) =>
    `What had come through ${name(event.data.integrationId)} and was lost by the database is taken in again: ${event.data.signals} ${event.data.signals === 1 ? 'signal' : 'signals'}`,
})
export const spoolSetAside = defineEvent({
  type: 'spool.set-aside',
  version: 1,
  data: z.object({ file: z.string(), lines: z.number().int().min(1), reason: z.string() }),
  about: () => ({ installation: 'installation' }),
  sentence: ({ data }) =>
    `${data.lines === 1 ? 'A line' : `${data.lines} lines`} of what was kept while the database was away could not be taken in, and the file ${data.file} was set aside: ${data.reason}`,
})
export const toldDegraded = defineEvent({
  type: 'person.told-degraded',
  version: 1,
  data: z.object({ userId: idOf('usr'), integrationId: IntegrationIdSchema, alerts: z.number().int().min(1), toldAt: InstantOut }),
  about: ({ integrationId, userId }) => ({ integration: integrationId, user: userId }),
  sentence: (event, name) =>
    `${name(event.data.userId)} was told of ${event.data.alerts === 1 ? 'an alert' : `${event.data.alerts} alerts`} while the database was away, by what was last known`,
})
export const tookDegraded = defineEvent({
  type: 'person.took-degraded',
  version: 1,
  data: z.object({ userId: idOf('usr'), integrationId: IntegrationIdSchema, alerts: z.number().int().min(1), tookAt: InstantOut }),
  about: ({ integrationId, userId }) => ({ integration: integrationId, user: userId }),
  sentence: (event, name) =>
    `${name(event.data.userId)} took ${event.data.alerts === 1 ? 'an alert' : `${event.data.alerts} alerts`} while the database was away`,
})
export const caughtUp = defineEvent({
  type: 'backlog.read',
  version: 1,
  data: z.object({ integrationId: IntegrationIdSchema }),
  about: ({ integrationId }) => ({ integration: integrationId }),
  sentence: (event, name) => `Everything that came through ${name(event.data.integrationId)} is read`,
})
export const requestRefused = defineEvent({
  type: 'integration.request-refused',
  version: 1,
  data: z.object({ integrationId: IntegrationIdSchema, status: z.number() }),
  about: ({ integrationId }) => ({ integration: integrationId }),
  sentence: (event, name) => `A request to ${name(event.data.integrationId)} was refused with ${event.data.status}`,
})
export const silenceMade = defineEvent({
  type: 'silence.made',
  version: 1,
  data: z.object({ silenceId: idOf('sil'), endsAt: InstantOut }),
  about: ({ silenceId }) => ({ silence: silenceId }),
  sentence: (event, name) => `${name(event.actor)} made the silence ${name(event.data.silenceId)} until ${event.data.endsAt}`,
})
export const silenceEnded = defineEvent({
  type: 'silence.ended',
  version: 1,
  data: z.object({ silenceId: idOf('sil') }),
  about: ({ silenceId }) => ({ silence: silenceId }),
  sentence: (event, name) => `${name(event.actor)} ended the silence ${name(event.data.silenceId)}`,
})
const What = z.enum(['added', 'changed', 'removed'])
/** Without `what` in what was recorded by older versions: added or changed. */
export const routesChanged = defineEvent({
  type: 'route.changed',
  version: 1,
  data: z.object({ slug: z.string(), what: What.optional() }),
  about: ({ slug }) => ({ route: slug }),
  sentence: (event, name) => `${name(event.actor)} ${event.data.what ?? 'changed'} the route ${event.data.slug}`,
})
export const inhibitionChanged = defineEvent({
  type: 'inhibition.changed',
  version: 1,
  data: z.object({ slug: z.string(), what: What }),
  about: ({ slug }) => ({ inhibition: slug }),
  sentence: (event, name) => `${name(event.actor)} ${event.data.what} the inhibition ${event.data.slug}`,
})
export const timeIntervalChanged = defineEvent({
  type: 'time-interval.changed',
  version: 1,
  data: z.object({ slug: z.string(), what: What }),
  about: ({ slug }) => ({ 'time-interval': slug }),
  sentence: (event, name) => `${name(event.actor)} ${event.data.what} the time interval ${event.data.slug}`,
})

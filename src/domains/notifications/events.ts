// What happened to contact methods, rules and deliveries. Addresses never stand in the record.
import { z } from 'zod'
import { defineEvent } from '#kernel/define.ts'
import { idOf, type Id } from '#kernel/ids.ts'
import { UserIdSchema } from '#domains/directory/index.ts'

export type MethodId = Id<'mth'>
export type NotificationId = Id<'ntf'>
export type SummaryId = Id<'sum'>
export const MethodIdSchema: z.ZodType<MethodId, MethodId> = idOf('mth')
export const NotificationIdSchema: z.ZodType<NotificationId, NotificationId> = idOf('ntf')
export const SummaryIdSchema: z.ZodType<SummaryId, SummaryId> = idOf('sum')
const MethodOf = z.object({ userId: UserIdSchema, methodId: MethodIdSchema, channel: z.string() })
const Delivery = z.object({
  notificationId: NotificationIdSchema,
  userId: UserIdSchema,
  channel: z.string(),
  about: z.record(z.string(), z.string()),
})

export const contactMethodAdded = defineEvent({
  type: 'contact-method.added',
  version: 1,
  data: MethodOf,
  about: ({ userId, methodId }) => ({ user: userId, method: methodId }),
  sentence: (event, name) => `${name(event.data.userId)} added a way to be reached: ${event.data.channel}`,
})
export const contactMethodCodeAsked = defineEvent({
  type: 'contact-method.code-asked',
  version: 1,
  data: MethodOf,
  about: ({ userId, methodId }) => ({ user: userId, method: methodId }),
  sentence: (event, name) => `${name(event.data.userId)} asked for a code by ${event.data.channel}`,
})
export const contactMethodVerified = defineEvent({
  type: 'contact-method.verified',
  version: 1,
  data: MethodOf,
  about: ({ userId, methodId }) => ({ user: userId, method: methodId }),
  sentence: (event, name) => `${name(event.data.userId)} proved that ${event.data.channel} reaches them`,
})
export const contactMethodRemoved = defineEvent({
  type: 'contact-method.removed',
  version: 1,
  data: MethodOf,
  about: ({ userId, methodId }) => ({ user: userId, method: methodId }),
  sentence: (event, name) => `${name(event.data.userId)} removed a way to be reached: ${event.data.channel}`,
})
export const contactMethodDied = defineEvent({
  type: 'contact-method.died',
  version: 1,
  data: MethodOf.extend({ reason: z.string() }),
  about: ({ userId, methodId }) => ({ user: userId, method: methodId }),
  sentence: (event, name) => `${event.data.channel} no longer reaches ${name(event.data.userId)}: ${event.data.reason}`,
})
export const rulesChanged = defineEvent({
  type: 'notification-rules.changed',
  version: 1,
  data: z.object({ userId: UserIdSchema, urgency: z.enum(['page', 'update']) }),
  about: ({ userId }) => ({ user: userId }),
  sentence: (event, name) => `${name(event.data.userId)} changed how ${event.data.urgency === 'page' ? 'pages' : 'updates'} reach them`,
})
export const notificationDelivered = defineEvent({
  type: 'notification.delivered',
  version: 1,
  data: Delivery,
  about: ({ notificationId, userId, about }) => ({ user: userId, notification: notificationId, ...without(about, 'incident') }),
  sentence: (event, name) => `${name(event.data.userId)} was told by ${event.data.channel}`,
})
export const notificationFailed = defineEvent({
  type: 'notification.failed',
  version: 1,
  data: Delivery.extend({ reason: z.string() }),
  about: ({ notificationId, userId, about }) => ({ user: userId, notification: notificationId, ...about }),
  sentence: (event, name) => `${event.data.channel} did not reach ${name(event.data.userId)}: ${event.data.reason}`,
})
export const pagesSummarised = defineEvent({
  type: 'notification.summarised',
  version: 1,
  /** `reachKeys`: page, level, round and person of everything in it. */
  data: z.object({ summaryId: SummaryIdSchema, userId: UserIdSchema, reachKeys: z.array(z.string()) }),
  about: ({ summaryId, userId }) => ({ user: userId, summary: summaryId }),
  sentence: (event, name) =>
    `${event.data.reachKeys.length === 1 ? '1 page reaches' : `${event.data.reachKeys.length} pages reach`} ${name(event.data.userId)} in one summary`,
})
export const personNotReached = defineEvent({
  type: 'person.not-reached',
  version: 1,
  data: z.object({ userId: UserIdSchema, about: z.record(z.string(), z.string()), reason: z.string() }),
  about: ({ userId, about }) => ({ ...about, user: userId }),
  sentence: (event, name) => `${name(event.data.userId)} could not be reached: ${event.data.reason}`,
})

/** Deliveries that went well are no news for an incident's timeline: they stay on the person's own stream. */
const without = (about: Record<string, string>, kind: string): Record<string, string> =>
  Object.fromEntries(Object.entries(about).filter(([key]) => key !== kind))

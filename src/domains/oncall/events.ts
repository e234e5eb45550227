// What happened to schedules, policies and pages. A page's events stand on its incident's chain when it is about one.
import { z } from 'zod'
import { defineEvent } from '#kernel/define.ts'
import { idOf, type Id } from '#kernel/ids.ts'
import { InstantOut, spokenDuration } from '#kernel/time.ts'
import { UserIdSchema } from '#domains/directory/index.ts'

export type ScheduleId = Id<'sch'>
export type OverrideId = Id<'ovr'>
export type PolicyId = Id<'pol'>
export type PageId = Id<'pag'>
export type CalendarLinkId = Id<'cal'>
export type OfferId = Id<'ofr'>
export const ScheduleIdSchema: z.ZodType<ScheduleId, ScheduleId> = idOf('sch')
export const OverrideIdSchema: z.ZodType<OverrideId, OverrideId> = idOf('ovr')
export const PolicyIdSchema: z.ZodType<PolicyId, PolicyId> = idOf('pol')
export const PageIdSchema: z.ZodType<PageId, PageId> = idOf('pag')
export const CalendarLinkIdSchema: z.ZodType<CalendarLinkId, CalendarLinkId> = idOf('cal')
export const OfferIdSchema: z.ZodType<OfferId, OfferId> = idOf('ofr')
const Changed = z.enum(['added', 'changed', 'removed'])

/** A page and what it is about. */
const PageRef = z.object({ pageId: PageIdSchema, groupId: idOf('grp').nullable(), incidentId: idOf('inc').nullable() })
const aboutPage = ({ pageId, groupId, incidentId }: z.output<typeof PageRef>): Record<string, string> => ({
  page: pageId,
  ...(groupId ? { group: groupId } : {}),
  ...(incidentId ? { incident: incidentId } : {}),
})

export const scheduleChanged = defineEvent({
  type: 'schedule.changed',
  version: 1,
  data: z.object({ scheduleId: ScheduleIdSchema, what: Changed, slug: z.string() }),
  about: ({ scheduleId }) => ({ schedule: scheduleId }),
  sentence: (event, name) => `${name(event.actor)} ${event.data.what} the schedule ${event.data.slug}`,
})
export const overrideAdded = defineEvent({
  type: 'schedule.override-added',
  version: 1,
  data: z.object({
    scheduleId: ScheduleIdSchema,
    overrideId: OverrideIdSchema,
    kind: z.string(),
    from: InstantOut,
    to: InstantOut,
    userId: UserIdSchema.nullable(),
  }),
  about: ({ scheduleId, userId }) => ({ schedule: scheduleId, ...(userId ? { user: userId } : {}) }),
  sentence: (event, name) =>
    `${name(event.actor)} made an override of ${name(event.data.scheduleId)}${event.data.userId ? `: ${name(event.data.userId)}` : ''} from ${event.data.from} to ${event.data.to}`,
})
export const overrideRemoved = defineEvent({
  type: 'schedule.override-removed',
  version: 1,
  data: z.object({ scheduleId: ScheduleIdSchema, overrideId: OverrideIdSchema }),
  about: ({ scheduleId }) => ({ schedule: scheduleId }),
  sentence: (event, name) => `${name(event.actor)} removed an override of ${name(event.data.scheduleId)}`,
})
const CalendarLinkData = z.object({ linkId: CalendarLinkIdSchema, userId: UserIdSchema, scheduleId: ScheduleIdSchema.nullable() })
const aboutLink = ({ userId, scheduleId }: z.output<typeof CalendarLinkData>): Record<string, string> => ({
  user: userId,
  ...(scheduleId ? { schedule: scheduleId } : {}),
})
export const calendarLinkAdded = defineEvent({
  type: 'schedule.calendar-link-added',
  version: 1,
  data: CalendarLinkData,
  about: aboutLink,
  sentence: (event, name) =>
    `${name(event.actor)} made a calendar link to ${event.data.scheduleId ? name(event.data.scheduleId) : 'their shifts'}`,
})
export const calendarLinkRevoked = defineEvent({
  type: 'schedule.calendar-link-revoked',
  version: 1,
  data: CalendarLinkData,
  about: aboutLink,
  sentence: (event, name) =>
    `${name(event.actor)} revoked the calendar link to ${event.data.scheduleId ? name(event.data.scheduleId) : 'their shifts'}`,
})
const OfferData = z.object({
  offerId: OfferIdSchema,
  scheduleId: ScheduleIdSchema,
  from: InstantOut,
  to: InstantOut,
  offeredBy: UserIdSchema,
  offeredTo: UserIdSchema,
})
export const shiftOffered = defineEvent({
  type: 'schedule.shift-offered',
  version: 1,
  data: OfferData,
  about: ({ scheduleId, offeredTo }) => ({ schedule: scheduleId, user: offeredTo }),
  sentence: (event, name) =>
    `${name(event.actor)} offers ${name(event.data.offeredTo)} the shift of ${name(event.data.scheduleId)} from ${event.data.from} to ${event.data.to}`,
})
export const shiftOfferAnswered = defineEvent({
  type: 'schedule.shift-offer-answered',
  version: 1,
  data: OfferData.extend({ answer: z.enum(['accepted', 'declined', 'withdrawn']) }),
  about: ({ scheduleId, offeredBy }) => ({ schedule: scheduleId, user: offeredBy }),
  sentence: (event, name) =>
    ({
      accepted: `${name(event.actor)} takes the shift of ${name(event.data.scheduleId)} that ${name(event.data.offeredBy)} offered`,
      declined: `${name(event.actor)} does not take the shift of ${name(event.data.scheduleId)} that ${name(event.data.offeredBy)} offered`,
      withdrawn: `${name(event.actor)} no longer offers the shift of ${name(event.data.scheduleId)} to ${name(event.data.offeredTo)}`,
    })[event.data.answer],
})
export const policyChanged = defineEvent({
  type: 'policy.changed',
  version: 1,
  data: z.object({ policyId: PolicyIdSchema, what: Changed, slug: z.string() }),
  about: ({ policyId }) => ({ policy: policyId }),
  sentence: (event, name) => `${name(event.actor)} ${event.data.what} the escalation policy ${event.data.slug}`,
})
export const pageStarted = defineEvent({
  type: 'page.started',
  version: 1,
  data: PageRef.extend({ policy: z.string().nullable() }),
  about: aboutPage,
  sentence: (event, name) =>
    event.data.policy
      ? `Paging by the policy ${event.data.policy}: ${name(event.data.pageId)}`
      : `${name(event.actor)} pages: ${name(event.data.pageId)}`,
})
export const personPaged = defineEvent({
  type: 'page.person-paged',
  version: 1,
  data: PageRef.extend({ level: z.number(), round: z.number(), userId: UserIdSchema }),
  about: (data) => ({ ...aboutPage(data), user: data.userId }),
  sentence: (event, name) =>
    `Paged ${name(event.data.userId)}, level ${event.data.level}${event.data.round > 1 ? `, round ${event.data.round}` : ''}`,
})
export const pageEscalated = defineEvent({
  type: 'page.escalated',
  version: 1,
  data: PageRef.extend({ level: z.number(), round: z.number() }),
  about: aboutPage,
  sentence: (event) => `Escalated to level ${event.data.level}`,
})
export const levelSkipped = defineEvent({
  type: 'page.level-skipped',
  version: 1,
  data: PageRef.extend({ level: z.number(), round: z.number() }),
  about: aboutPage,
  sentence: (event) => `Level ${event.data.level} was skipped at once: nobody is on call there`,
})
export const pageAcknowledged = defineEvent({
  type: 'page.acknowledged',
  version: 1,
  data: PageRef.extend({ userId: UserIdSchema.nullable(), afterSeconds: z.number() }),
  about: (data) => ({ ...aboutPage(data), ...(data.userId ? { user: data.userId } : {}) }),
  sentence: (event, name) =>
    `${event.data.userId ? name(event.data.userId) : 'The source'} acknowledged the page after ${spokenDuration(event.data.afterSeconds)}`,
})
export const pageGivenBack = defineEvent({
  type: 'page.given-back',
  version: 1,
  data: PageRef.extend({ by: z.enum(['person', 'time', 'disabled']) }),
  about: aboutPage,
  sentence: (event, name) =>
    ({
      person: `${name(event.actor)} gave the page back: it pages again`,
      time: 'The acknowledgement has grown old: it pages again',
      disabled: 'Whoever had it was disabled: it pages again',
    })[event.data.by],
})
export const pageExhausted = defineEvent({
  type: 'page.exhausted',
  version: 1,
  data: PageRef,
  about: aboutPage,
  sentence: (event, name) => `Nobody answered at any level: ${name(event.data.pageId)}`,
})
export const pageEnded = defineEvent({
  type: 'page.ended',
  version: 1,
  data: PageRef.extend({ reason: z.string() }),
  about: aboutPage,
  sentence: (event) => `Paging is over: ${event.data.reason}`,
})

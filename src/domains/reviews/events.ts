// What happened to reviews and the work that comes out of them. Events hold ids, never what somebody wrote.
import { z } from 'zod'
import { defineEvent } from '#kernel/define.ts'
import type { NameOf } from '#kernel/event.ts'
import { idOf } from '#kernel/ids.ts'
import { UserIdSchema } from '#domains/directory/index.ts'

export const ReviewIdSchema = idOf('rev')
export const ActionItemIdSchema = idOf('act')
const subject = { reviewId: ReviewIdSchema, incidentId: idOf('inc') }
const about = ({ reviewId, incidentId }: { reviewId: string; incidentId: string }) => ({ review: reviewId, incident: incidentId })
const aboutAction = ({ actionItemId, reviewId, incidentId }: { actionItemId: string; reviewId: string; incidentId: string }) => ({
  actionItem: actionItemId,
  review: reviewId,
  incident: incidentId,
})
const by = (actor: string, name: NameOf) => (actor.startsWith('system:') ? '' : ` by ${name(actor)}`)

export const reviewOpened = defineEvent({
  type: 'review.opened',
  version: 1,
  data: z.object({ ...subject, ownerId: UserIdSchema.nullable(), dueOn: z.string(), reason: z.string() }),
  about,
  sentence: (event, name) =>
    `Review opened${by(event.actor, name)}, ${event.data.ownerId ? `${name(event.data.ownerId)} writes it` : 'nobody writes it yet'}, due ${event.data.dueOn}: ${event.data.reason}`,
})
export const sectionWritten = defineEvent({
  type: 'review.section-written',
  version: 1,
  data: z.object({ ...subject, section: z.string() }),
  about,
  sentence: (event, name) => `${name(event.actor)} wrote “${event.data.section}” of the review`,
})
export const reviewOwnerChanged = defineEvent({
  type: 'review.owner-changed',
  version: 1,
  data: z.object({ ...subject, ownerId: UserIdSchema.nullable(), dueOn: z.string() }),
  about,
  sentence: (event, name) =>
    `Review: ${event.data.ownerId ? `${name(event.data.ownerId)} writes it` : 'nobody writes it'}, due ${event.data.dueOn}`,
})
export const reviewPublished = defineEvent({
  type: 'review.published',
  version: 1,
  data: z.object(subject),
  about,
  sentence: (event, name) => `Review published by ${name(event.actor)}`,
})
export const actionItemAdded = defineEvent({
  type: 'action-item.added',
  version: 1,
  data: z.object({ ...subject, actionItemId: ActionItemIdSchema, ownerId: UserIdSchema.nullable() }),
  about: aboutAction,
  sentence: (event, name) => `Action item${event.data.ownerId ? ` for ${name(event.data.ownerId)}` : ''}: ${name(event.data.actionItemId)}`,
})
export const actionItemChanged = defineEvent({
  type: 'action-item.changed',
  version: 1,
  data: z.object({ ...subject, actionItemId: ActionItemIdSchema, changed: z.array(z.string()) }),
  about: aboutAction,
  sentence: (event, name) =>
    `${name(event.actor)} changed ${event.data.changed.join(', ')} of the action item ${name(event.data.actionItemId)}`,
})
export const actionItemDone = defineEvent({
  type: 'action-item.done',
  version: 1,
  data: z.object({ ...subject, actionItemId: ActionItemIdSchema, done: z.boolean() }),
  about: aboutAction,
  sentence: (event, name) => `${name(event.actor)} ${event.data.done ? 'finished' : 'opened again'}: ${name(event.data.actionItemId)}`,
})

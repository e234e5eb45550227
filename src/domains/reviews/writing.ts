// Commands that write a review: open it, its sections, its owner, and publishing it.
import { z } from 'zod'
import { actorRef } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand } from '#kernel/define.ts'
import { AppError, missing, refuse } from '#kernel/errors.ts'
import type { Id } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import { InstantSchema } from '#kernel/time.ts'
import { findUser, rightsOfUser } from '#domains/directory/index.ts'
import { findIncident } from '#domains/incidents/index.ts'
import { renderMarkdown } from '#platform/text/markdown.ts'
import { reviewOwnerChanged, reviewPublished, sectionWritten } from './events.ts'
import { openFor } from './opening.ts'
import { notReady } from './review.ts'
import * as store from './store.ts'
import { incidentsOf, reviewView, ReviewView } from './views.ts'

export const IncidentKey = z.string().max(60)
export const DateText = z.iso.date('write a date like 2026-11-30')

export const openReview = defineCommand({
  name: 'reviews.open',
  summary: 'Open the review of an incident',
  http: 'POST /reviews',
  status: 201,
  needs: 'reviews:write',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey }),
  output: ReviewView,
  examples: [{ incident: '2417' }],
  async run(context, { incident: key }) {
    const incident = await findIncident(context.scope, key)
    if (!incident) throw missing('incident')
    if (!(await openFor(context, incident.id, 'asked for'))) return refuse('This incident has a review already.')
    return viewOf(context.scope, incident.id)
  },
})

export const writeSection = defineCommand({
  name: 'reviews.writeSection',
  summary: 'Write a section of a review',
  http: 'PUT /reviews/{incident}/sections/{section}',
  needs: 'reviews:write',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({
    incident: IncidentKey,
    section: z.string().max(60),
    text: z.string().max(60_000),
    basedOn: InstantSchema.nullable()
      .optional()
      .meta({ description: 'When the text that was changed was written; refused when somebody was faster' }),
  }),
  output: ReviewView,
  examples: [{ incident: '2417', section: 'summary', text: 'For 52 minutes, one in twelve card payments in Europe failed.' }],
  async run({ scope, actor, emit }, { incident, section: id, text, basedOn }) {
    const review = await locked(scope, incident)
    const section = (await store.sectionsOf(scope, [review.id])).find((candidate) => candidate.id === id)
    if (!section) throw missing('section')
    if (basedOn !== undefined && basedOn !== section.changedAt)
      throw new AppError('conflict', `Somebody changed “${section.title}” first. Read it and write again.`)
    if (review.publishedAt && section.required && text.trim() === '')
      return refuse('The review is published: a required section cannot be emptied.')
    if (text !== section.text) {
      await store.saveSection(scope, review.id, id, text, actorRef(actor))
      await emit(sectionWritten, { reviewId: review.id, incidentId: review.incidentId, section: section.title })
    }
    return viewOf(scope, review.incidentId)
  },
})

export const setReviewOwner = defineCommand({
  name: 'reviews.setOwner',
  summary: 'Say who writes a review, and until when',
  http: 'PUT /reviews/{incident}/owner',
  needs: 'reviews:write',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, owner: z.string().max(60).nullable().optional(), due: DateText.optional() }),
  output: ReviewView,
  examples: [{ incident: '2417', owner: 'mara' }],
  async run({ scope, emit }, { incident, owner, due }) {
    const review = await locked(scope, incident)
    const ownerId = owner === undefined ? review.ownerId : await personId(scope, review.incidentId, owner)
    const next = { ...review, ownerId, dueOn: due ?? review.dueOn }
    await store.saveReview(scope, next)
    if (ownerId !== review.ownerId || next.dueOn !== review.dueOn)
      await emit(reviewOwnerChanged, { reviewId: review.id, incidentId: review.incidentId, ownerId, dueOn: next.dueOn })
    return viewOf(scope, review.incidentId)
  },
})

export const publishReview = defineCommand({
  name: 'reviews.publish',
  summary: 'Publish a review',
  http: 'POST /reviews/{incident}/publish',
  needs: 'reviews:write',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey }),
  output: ReviewView,
  examples: [{ incident: '2417' }],
  async run({ scope, actor, now, emit }, { incident }) {
    const review = await locked(scope, incident)
    if (review.publishedAt) return refuse('This review is published already.')
    const reason = notReady(await store.sectionsOf(scope, [review.id]), await store.actionsOf(scope, [review.id]))
    if (reason) return refuse(reason)
    await store.saveReview(scope, { ...review, publishedAt: now, publishedBy: actorRef(actor) })
    await emit(reviewPublished, { reviewId: review.id, incidentId: review.incidentId })
    return viewOf(scope, review.incidentId)
  },
})

/** The view of an incident's review. Throws AppError 'missing' when there is none, or the scope does not see the incident. */
export async function viewOf(scope: Scope, key: string): Promise<z.input<typeof ReviewView>> {
  const incident = await findIncident(scope, key)
  const review = incident && (await store.findReview(scope, incident.id))
  if (!review) throw missing('review')
  return reviewView(scope, review, (await incidentsOf(scope, [incident.id])).get(incident.id)!, renderMarkdown)
}

/** The review, held against every other change. Throws AppError 'missing'. */
export async function locked(scope: CommandContext['scope'], key: string): Promise<store.Review> {
  const incident = await findIncident(scope, key)
  const review = incident && (await store.lockReview(scope, incident.id))
  if (!review) throw missing('review')
  return review
}

/**
 * The id of a person by handle or id; null for nobody. Throws AppError 'missing', and 'refused' for somebody who does not see the incident: they would be
 * reminded of what they cannot open.
 */
export async function personId(scope: Scope, incidentId: Id<'inc'>, key: string | null) {
  if (key === null) return null
  const user = await findUser(scope, key)
  const rights = user && (await rightsOfUser(scope, user.id))
  if (!user || !rights) throw missing('person')
  if (!(await findIncident({ ...scope, actor: { kind: 'user', userId: user.id, sessionId: '', rights } }, incidentId)))
    throw new AppError('refused', `${user.name} does not see this incident. Bring them into it first.`)
  return user.id
}

// Action items: the work that comes out of a review, each with an owner and a date before the review is published.
import { z } from 'zod'
import { actorRef, personOf } from '#kernel/actor.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import { actionItemAdded, actionItemChanged, actionItemDone, ActionItemIdSchema } from './events.ts'
import * as store from './store.ts'
import { ActionItemView, actionViews } from './views.ts'
import { DateText, IncidentKey, locked, personId } from './writing.ts'

const Title = z.string().trim().min(1).max(300)
const Person = z.string().max(60)

export const addActionItem = defineCommand({
  name: 'reviews.addActionItem',
  summary: 'Add an action item to a review',
  http: 'POST /reviews/{incident}/action-items',
  status: 201,
  needs: 'reviews:write',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({
    incident: IncidentKey,
    title: Title,
    owner: Person.nullable().default(null),
    due: DateText.nullable().default(null),
  }),
  output: ActionItemView,
  examples: [{ incident: '2417', title: 'Alert on the failure rate per issuer', owner: 'tunde', due: '2026-12-04' }],
  async run({ scope, emit, newId }, { incident, title, owner, due }) {
    const review = await locked(scope, incident)
    const ownerId = await personId(scope, review.incidentId, owner)
    if (review.publishedAt && (ownerId === null || due === null))
      return refuse('The review is published: a new action item needs an owner and a due date.')
    const id = newId('act')
    await store.insertAction(scope, { id, reviewId: review.id, title, ownerId, dueOn: due })
    await emit(actionItemAdded, { actionItemId: id, reviewId: review.id, incidentId: review.incidentId, ownerId })
    return (await actionViews(scope, await store.findActions(scope, [id])))[0]!
  },
})

export const changeActionItem = defineCommand({
  name: 'reviews.changeActionItem',
  summary: 'Change an action item, or say that it is done',
  http: 'PATCH /action-items/{actionItem}',
  needs: 'reviews:write',
  on: ({ actionItem }) => ({ actionItem }),
  input: z.strictObject({
    actionItem: ActionItemIdSchema,
    title: Title.optional(),
    owner: Person.nullable().optional(),
    due: DateText.nullable().optional(),
    done: z.boolean().optional(),
  }),
  output: ActionItemView,
  examples: [{ actionItem: 'act_01k3v0v5b8e6w9d2m4q7r1s5t8', done: true }],
  async run({ scope, actor, now, emit }, { actionItem: id, title, owner, due, done }) {
    const found = await store.findAction(scope, id)
    if (!found) throw missing('action item')
    const review = await locked(scope, found.incidentId)
    // Read again: whoever held the review may have changed it.
    const action = (await store.findAction(scope, id))!
    const next = {
      ...action,
      title: title ?? action.title,
      ownerId: owner === undefined ? action.ownerId : await personId(scope, review.incidentId, owner),
      dueOn: due === undefined ? action.dueOn : due,
      ...(done === undefined || done === (action.doneAt !== null)
        ? {}
        : { doneAt: done ? now : null, doneBy: done ? actorRef(actor) : null }),
    }
    const lacks = next.doneAt === null && (next.ownerId === null || next.dueOn === null)
    if (review.publishedAt && lacks) return refuse('The review is published: an open action item has an owner and a due date.')
    await store.saveAction(scope, next)
    const subject = { actionItemId: action.id, reviewId: action.reviewId, incidentId: action.incidentId }
    const changed = [
      ...(next.title !== action.title ? ['title'] : []),
      ...(next.ownerId !== action.ownerId ? ['owner'] : []),
      ...(next.dueOn !== action.dueOn ? ['due date'] : []),
    ]
    if (changed.length > 0) await emit(actionItemChanged, { ...subject, changed })
    if (next.doneAt !== action.doneAt) await emit(actionItemDone, { ...subject, done: next.doneAt !== null })
    return (await actionViews(scope, await store.findActions(scope, [id])))[0]!
  },
})

export const listActionItems = defineQuery({
  name: 'reviews.listActionItems',
  summary: 'List action items, the open ones by their due date',
  http: 'GET /action-items',
  needs: 'reviews:read',
  on: 'organisation',
  input: z.strictObject({ mine: z.stringbool().optional(), state: z.enum(['open', 'done']).optional() }),
  output: z.object({ items: z.array(ActionItemView) }),
  examples: [{ state: 'open' }],
  async run({ scope, actor }, { mine, state }) {
    const person = personOf(actor)
    if (mine && !person) return { items: [] }
    return {
      items: await actionViews(
        scope,
        await store.listActions(scope, { ownerId: mine ? person : undefined, done: state === undefined ? undefined : state === 'done' }),
      ),
    }
  },
})

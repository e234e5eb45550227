// What reviews and action items look like from outside.
import { z } from 'zod'
import type { Scope } from '#kernel/scope.ts'
import { inZone, InstantOut } from '#kernel/time.ts'
import { findUsers, readOrganisation } from '#domains/directory/index.ts'
import { findIncidents } from '#domains/incidents/index.ts'
import { ActionItemIdSchema, ReviewIdSchema } from './events.ts'
import { notReady } from './review.ts'
import * as store from './store.ts'

const PersonView = z.object({ id: z.string(), handle: z.string(), name: z.string() })
const IncidentRef = z.object({
  id: z.string(),
  number: z.number(),
  title: z.string(),
  severity: z.string(),
  openedAt: InstantOut,
  resolvedAt: InstantOut.nullable(),
})

export const ActionItemView = z
  .object({
    id: ActionItemIdSchema,
    title: z.string(),
    owner: PersonView.nullable(),
    dueOn: z.string().nullable(),
    overdue: z.boolean(),
    doneAt: InstantOut.nullable(),
    incident: IncidentRef,
  })
  .meta({ id: 'ActionItem' })

export const ReviewListView = z
  .object({
    id: ReviewIdSchema,
    incident: IncidentRef,
    owner: PersonView.nullable(),
    dueOn: z.string(),
    overdue: z.boolean(),
    publishedAt: InstantOut.nullable(),
    written: z.number(),
    sections: z.number(),
    openActions: z.number(),
    actions: z.number(),
  })
  .meta({ id: 'ReviewInList' })

export const ReviewView = ReviewListView.omit({ written: true, sections: true, openActions: true, actions: true })
  .extend({
    sections: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        prompt: z.string(),
        required: z.boolean(),
        text: z.string(),
        html: z.string(),
        changedBy: PersonView.nullable(),
        changedAt: InstantOut.nullable(),
      }),
    ),
    actions: z.array(ActionItemView),
    /** Why it cannot be published yet, or null. */
    notReady: z.string().nullable(),
  })
  .meta({ id: 'Review' })

type Person = z.output<typeof PersonView>
type IncidentView = z.output<typeof IncidentRef>

/** The date of now where the organisation lives. */
export const today = async (scope: Scope): Promise<string> =>
  inZone(scope.now, (await readOrganisation(scope))?.zone ?? 'UTC')
    .toPlainDate()
    .toString()

/** People by id. */
async function peopleOf(scope: Scope, ids: readonly (string | null)[]): Promise<(id: string | null) => Person | null> {
  const users = await findUsers(scope, [...new Set(ids.flatMap((id) => (id ? [id.split(' ')[0]!] : [])))])
  return (id) => {
    const user = users.find((candidate) => candidate.id === id?.split(' ')[0])
    return user ? { id: user.id, handle: user.handle, name: user.name } : null
  }
}

/** Incidents by id, as far as the scope sees them. */
export async function incidentsOf(scope: Scope, ids: readonly string[]): Promise<Map<string, IncidentView>> {
  const found = await findIncidents(scope, [...new Set(ids)])
  return new Map(
    found.map(({ id, number, title, severity, openedAt, occurredAt, resolvedAt }) => [
      id,
      { id, number, title, severity, openedAt: occurredAt ?? openedAt, resolvedAt },
    ]),
  )
}

/** Views of action items; those of incidents that the scope does not see are left out. */
export async function actionViews(scope: Scope, actions: readonly store.StoredAction[]): Promise<z.input<typeof ActionItemView>[]> {
  const incidents = await incidentsOf(
    scope,
    actions.map(({ incidentId }) => incidentId),
  )
  const person = await peopleOf(
    scope,
    actions.map(({ ownerId }) => ownerId),
  )
  const date = await today(scope)
  return actions.flatMap(({ id, title, ownerId, dueOn, doneAt, incidentId }) => {
    const incident = incidents.get(incidentId)
    return incident
      ? [{ id, title, owner: person(ownerId), dueOn, overdue: doneAt === null && dueOn !== null && dueOn < date, doneAt, incident }]
      : []
  })
}

/** Rows for a list; those of incidents that the scope does not see are left out. */
export async function listViews(scope: Scope, reviews: readonly store.Review[]): Promise<z.input<typeof ReviewListView>[]> {
  const ids = reviews.map(({ id }) => id)
  const incidents = await incidentsOf(
    scope,
    reviews.map(({ incidentId }) => incidentId),
  )
  const person = await peopleOf(
    scope,
    reviews.map(({ ownerId }) => ownerId),
  )
  const sections = await store.sectionsOf(scope, ids)
  const actions = await store.actionsOf(scope, ids)
  const date = await today(scope)
  return reviews.flatMap((review) => {
    const incident = incidents.get(review.incidentId)
    const own = sections.filter(({ reviewId }) => reviewId === review.id)
    const items = actions.filter(({ reviewId }) => reviewId === review.id)
    return incident
      ? [
          {
            ...headOf(review, incident, person(review.ownerId), date),
            written: own.filter(({ text }) => text.trim() !== '').length,
            sections: own.length,
            openActions: items.filter(({ doneAt }) => doneAt === null).length,
            actions: items.length,
          },
        ]
      : []
  })
}

/** One review with everything in it. `render` makes HTML of a section's Markdown. */
export async function reviewView(
  scope: Scope,
  review: store.Review,
  incident: IncidentView,
  render: (text: string) => string,
): Promise<z.input<typeof ReviewView>> {
  const sections = await store.sectionsOf(scope, [review.id])
  const actions = await store.actionsOf(scope, [review.id])
  const person = await peopleOf(scope, [review.ownerId, ...sections.map(({ changedBy }) => changedBy)])
  return {
    ...headOf(review, incident, person(review.ownerId), await today(scope)),
    sections: sections.map(({ reviewId: _, ...section }) => ({
      ...section,
      html: render(section.text),
      changedBy: person(section.changedBy),
    })),
    actions: await actionViews(scope, actions),
    notReady: notReady(sections, actions) ?? null,
  }
}

const headOf = ({ id, dueOn, publishedAt }: store.Review, incident: IncidentView, owner: Person | null, date: string) => ({
  id,
  incident,
  owner,
  dueOn,
  overdue: publishedAt === null && dueOn < date,
  publishedAt,
})

// How a review begins: by itself when an incident is resolved whose process wants one, or by hand.
import type { UserId } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import type { Id } from '#kernel/ids.ts'
import { processOf, rolesOf } from '#domains/incidents/index.ts'
import { reviewOpened } from './events.ts'
import { sectionsFrom } from './review.ts'
import * as store from './store.ts'
import { today } from './views.ts'
import { weekdaysLater } from './weekdays.ts'

const weekdaysToWrite = 5

type Context = Pick<CommandContext, 'scope' | 'emit' | 'newId'>

/** Opens the review of an incident that the caller has found; false when it has one. Whoever leads the incident owns it. */
export async function openFor({ scope, emit, newId }: Context, incidentId: Id<'inc'>, reason: string): Promise<boolean> {
  const process = await processOf(scope, incidentId)
  const ownerId: UserId | null = (await rolesOf(scope, incidentId)).find(({ role }) => role === process.lead)?.userId ?? null
  const review = { id: newId('rev'), incidentId, ownerId, dueOn: weekdaysLater(await today(scope), weekdaysToWrite) }
  if (!(await store.insertReview(scope, review))) return false
  await store.insertSections(scope, review.id, sectionsFrom(process.review?.sections))
  await emit(reviewOpened, { reviewId: review.id, incidentId, ownerId, dueOn: review.dueOn, reason })
  return true
}

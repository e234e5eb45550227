// How a review begins: by itself when an incident is resolved whose process wants one, or by hand.
import type { UserId } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import type { Id } from '#kernel/ids.ts'
import { processOf, rolesOf, secondsOf } from '#domains/incidents/index.ts'
import { reviewOpened } from './events.ts'
import { sectionsFrom } from './review.ts'
import * as store from './store.ts'
import { today } from './views.ts'
import { weekdaysLater } from './weekdays.ts'

/** For incidents whose process has no review of its own. */
const ordinaryWithin = '5 d'

type Context = Pick<CommandContext, 'scope' | 'emit' | 'newId'>

/** Opens the review of an incident that the caller has found; false when it has one. Whoever leads the incident owns it. */
export async function openFor({ scope, emit, newId }: Context, incidentId: Id<'inc'>, reason: string): Promise<boolean> {
  const process = await processOf(scope, incidentId)
  const ownerId: UserId | null = (await rolesOf(scope, incidentId)).find(({ role }) => role === process.lead)?.userId ?? null
  const weekdays = Math.ceil(secondsOf(process.review?.within ?? ordinaryWithin) / 86_400)
  const review = { id: newId('rev'), incidentId, ownerId, dueOn: weekdaysLater(await today(scope), weekdays) }
  if (!(await store.insertReview(scope, review))) return false
  await store.insertSections(scope, review.id, sectionsFrom(process.review?.sections))
  await emit(reviewOpened, { reviewId: review.id, incidentId, ownerId, dueOn: review.dueOn, reason })
  return true
}

// What follows from an incident's end: its review begins, when its process wants one.
import { defineReaction } from '#kernel/define.ts'
import { incidentResolved, reviewWanted } from '#domains/incidents/index.ts'
import { openFor } from './opening.ts'

export const beginReview = defineReaction({
  name: 'reviews.begin',
  on: incidentResolved,
  async run(context, event) {
    const wanted = await reviewWanted(context.scope, event.data.incidentId)
    if (wanted.holds) await openFor(context, event.data.incidentId, wanted.reason)
  },
})

// The door of reviews: what was learned from an incident, and the work that comes out of it.
import { defineSlice } from '#kernel/define.ts'
import { addActionItem, changeActionItem, listActionItems } from './action-items.ts'
import * as events from './events.ts'
import { actionItemObject } from './objects.ts'
import { exportReview, getReview, listReviews } from './queries.ts'
import { beginReview } from './reactions.ts'
import { remindOwners } from './reminders.ts'
import { openReview, publishReview, setReviewOwner, writeSection } from './writing.ts'

const { ReviewIdSchema: _r, ActionItemIdSchema: _a, ...happened } = events

export const reviews = defineSlice({
  name: 'reviews',
  operations: {
    listReviews,
    getReview,
    exportReview,
    openReview,
    writeSection,
    setReviewOwner,
    publishReview,
    addActionItem,
    changeActionItem,
    listActionItems,
  },
  events: happened,
  reactions: [beginReview],
  recurring: [remindOwners],
  objects: [actionItemObject],
})

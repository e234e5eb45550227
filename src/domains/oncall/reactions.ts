// What follows from alert groups: one that opens pages, one that is answered or over stops paging, one that is given back pages again.
import type { UserId } from '#kernel/actor.ts'
import { defineReaction } from '#kernel/define.ts'
import { findGroup, groupAcknowledged, groupOpened, groupResolved, groupUnacknowledged, unacknowledgeGroup } from '#domains/alerts/index.ts'
import { findUser, userDisabled } from '#domains/directory/index.ts'
import { lockPagesOfGroup, lockPagesTakenBy } from './page-store.ts'
import { acknowledgePaging, endPaging, giveBackPaging, nameOf, startForGroup } from './paging.ts'

export const startOnGroup = defineReaction({
  name: 'oncall.start-paging',
  on: groupOpened,
  when: ({ pages }) => pages,
  inTurn: ({ groupId }) => groupId,
  async run(context, { data: { groupId, pages, ...opened }, at }) {
    if (pages) await startForGroup(context, groupId, { ...opened, openedAt: at })
  },
})

export const stopOnAcknowledge = defineReaction({
  name: 'oncall.stop-paging',
  on: groupAcknowledged,
  inTurn: ({ groupId }) => groupId,
  async run(context, { data }) {
    const group = await findGroup(context.scope, data.groupId)
    if (group?.state !== 'acknowledged') return
    for (const row of await lockPagesOfGroup(context.scope, data.groupId))
      await acknowledgePaging(context, row, group.acknowledgedBy as UserId | null)
  },
})

export const pageAgain = defineReaction({
  name: 'oncall.page-again',
  on: groupUnacknowledged,
  async run(context, event) {
    const { groupId } = event.data
    // Answered again meanwhile: that may have been heard of before this, and would not be heard of again.
    if ((await findGroup(context.scope, groupId))?.state !== 'triggered') return
    const by = /^usr_\w+/.exec(event.actor)?.[0] as UserId | undefined
    const rows = await lockPagesOfGroup(context.scope, groupId)
    const reason = by ? `${await nameOf(context.scope, by)} gave it back` : 'it was acknowledged long ago and is still open'
    for (const row of rows) await giveBackPaging(context, row, by ? 'person' : 'time', reason)
    if (rows.length === 0) await startForGroup(context, groupId)
  },
})

/** Whoever may not sign in any more has nothing: an alert that they had would stay theirs, and page nobody. */
export const pageWhatTheyHad = defineReaction({
  name: 'oncall.page-what-they-had',
  on: userDisabled,
  async run(context, { data: { userId } }) {
    const user = await findUser(context.scope, userId)
    if (!user || user.disabledAt === null) return
    for (const row of await lockPagesTakenBy(context.scope, userId)) {
      await giveBackPaging(context, row, 'disabled', `${user.name}, who had it, was disabled`)
      if ((await findGroup(context.scope, row.groupId!))?.state === 'acknowledged')
        await context.run(unacknowledgeGroup, { groupId: row.groupId! })
    }
  },
})

export const endOnResolve = defineReaction({
  name: 'oncall.end-paging',
  on: groupResolved,
  inTurn: ({ groupId }) => groupId,
  async run(context, { data }) {
    const reason = {
      source: 'resolved by its source',
      person: 'resolved by a person',
      expiry: 'resolved: its source no longer repeats it',
    }[data.by]
    for (const row of await lockPagesOfGroup(context.scope, data.groupId)) await endPaging(context, row, reason, true)
  },
})

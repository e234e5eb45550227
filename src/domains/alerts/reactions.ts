// What follows by itself: a new alert that could not be decided about at once is, one that was held back is looked at again, one that is no longer repeated ends.
import { defineReaction, defineRecurring } from '#kernel/define.ts'
import { addSeconds, epochMs, secondsBetween, type Instant } from '#kernel/time.ts'
import { dispatch, reconsider } from './dispatch.ts'
import { alertResolved, alertsWaiting, alertWorsened, lookedAgain } from './events.ts'
import { settleGroups } from './group-lifecycle.ts'
import { writeMissingTexts } from './list-store.ts'
import { countHeld, expired, putOffEnds, readHeld } from './store.ts'

export const decideNewAlerts = defineReaction({
  name: 'alerts.decide',
  on: alertsWaiting,
  run: (context, { data }) => dispatch(context, data.alertIds),
})
export const decideWorsened = defineReaction({
  name: 'alerts.decide-worsened',
  on: alertWorsened,
  run: (context, { data }) => dispatch(context, [data.alertId]),
})
export const decideAgain = defineReaction({
  name: 'alerts.decide-again',
  on: lookedAgain,
  run: (context, { data }) => dispatch(context, [data.alertId]),
})

// Whoever repeats an alert names an end that is some minutes off: what nobody could hear for less than that has not run out.
const deafAfterSeconds = 60

/** Alerts whose source stopped repeating them: resolved at most this many seconds late. While nothing could be done, nobody heard whether it did: that time does not count. */
export const endExpired = defineRecurring({
  name: 'alerts.end-expired',
  everySeconds: 5,
  async run({ scope, emit, now }, due = now) {
    if (secondsBetween(due, now) >= deafAfterSeconds) await putOffEnds(scope, due)
    const over = await expired(scope, 2000)
    for (const { id, groupId } of over) await emit(alertResolved, { alertId: id, groupId, by: 'expiry' })
    const groups = [...new Set(over.flatMap(({ groupId }) => (groupId ? [groupId] : [])))].sort()
    await settleGroups({ scope, emit, now }, groups, 'expiry')
  },
})

// So many are looked at at once; of more, others the next time.
const mostAtOnce = 2000
const lookEverySeconds = 15

/** From which one on of so many: all of them in turn, by the clock. */
export function placeOfLook(count: number, now: Instant): number {
  const looks = Math.ceil(count / mostAtOnce)
  return (Math.floor(epochMs(now) / 1000 / lookEverySeconds) % looks) * mostAtOnce
}

/** What holds an alert back may end at no known time (an inhibiting alert resolved, a mute interval over, a silence ended by hand). */
export const lookAtHeld = defineRecurring({
  name: 'alerts.reconsider',
  everySeconds: lookEverySeconds,
  async run(context) {
    const count = await countHeld(context.scope)
    if (count > 0) await reconsider(context, await readHeld(context.scope, placeOfLook(count, context.now), mostAtOnce), mostAtOnce)
  },
})

/** Beside this version the one before it may still take alerts in, until the last node is new: those are found by their text an hour later. */
export const writeTexts = defineRecurring({
  name: 'alerts.write-texts',
  everySeconds: 3600,
  run: async ({ scope, now }) => void (await writeMissingTexts(scope, addSeconds(now, -2 * 3600), 10_000)),
})

// Which open alerts may hold back others is marked in their rows, so that an inhibition looks at those few and not at all that is open. Each is marked as it
// comes. When the rules change all are looked at once more, some at a time; until that is done, and wherever a mark is missing, every open alert counts.
import { defineRecurring } from '#kernel/define.ts'
import { secondsBetween } from '#kernel/time.ts'
import { mayInhibit } from './inhibition.ts'
import * as store from './mark-store.ts'
import { readStanding } from './surroundings.ts'

/** Whoever began before the rules changed marks by those of before: for so long nobody looks yet. */
const settledAfterSeconds = 30
const mostAtOnce = 10_000

export const markSources = defineRecurring({
  name: 'alerts.mark-sources',
  everySeconds: 5,
  async run({ scope, now }) {
    const { rules, nameOfInhibitions } = await readStanding({ scope })
    if (rules.inhibitions.length === 0) return
    const marks = await store.readMarks(scope)
    if (marks?.rules !== nameOfInhibitions) return store.noticeRules(scope, nameOfInhibitions)
    if (marks.markedAt !== null || secondsBetween(marks.noticedAt, now) < settledAfterSeconds) return
    const open = await store.openAfter(scope, marks, mostAtOnce)
    const changed = open.flatMap(({ id, mayInhibit: was, ...alert }) => {
      const is = mayInhibit(rules.inhibitions, alert)
      return is === was ? [] : [{ id, is }]
    })
    await store.mark(scope, changed)
    await store.saveMarks(scope, open.length < mostAtOnce ? undefined : open.at(-1)!)
  },
})

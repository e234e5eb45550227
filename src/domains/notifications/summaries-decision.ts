// Decides when a person's next summary goes out: right after the first page that waits, then at growing intervals, and when the storm is over.
// In prose: calm → storm (summaries with growing pauses) → calm, again and again. Pure.
import type { UserId } from '#kernel/actor.ts'
import { toTell } from '#kernel/define.ts'
import type { Decision, Ended, Woke } from '#kernel/process.ts'
import { earliest, latest, type Instant } from '#kernel/time.ts'
import type { SummaryId } from './events.ts'
import { reach } from './reach.ts'
import { summaryIdOf, summaryKey } from './reach-state.ts'
import { calmAt, firstSummaryAt, isStorm, nextSummaryAt, nextSummaryWords } from './storm.ts'
import type { SummariesInput } from './summaries-input.ts'
import type { Entry } from './summary-store.ts'

/** `sent`: how many summaries this person ever got. `opened`: the one that this decision began. */
export type SummariesState = {
  userId: UserId
  sent: number
  opened: SummaryId | null
  storm: { sent: number; nextAt: Instant } | null
}

/** `waiting`: what a summary would be made of now. `recent`: when the person was paged, the last few times. */
export type SummariesFacts = { waiting: Entry[]; recent: Instant[] }

/** See the file's head. It never ends: what joins must always find it. */
export function decideSummaries(
  state: SummariesState,
  _: SummariesInput | Woke | Ended,
  now: Instant,
  { waiting, recent }: SummariesFacts,
): Decision<SummariesState> {
  const quiet: SummariesState = { ...state, opened: null }
  if (waiting.length === 0) {
    if (!state.storm || !isStorm(recent, now)) return { state: { ...quiet, storm: null }, reason: 'nothing waits' }
    return { state: quiet, reason: 'nothing waits, and the storm may go on', wakeAt: calmAt(recent) }
  }
  const storm = state.storm ?? { sent: 0, nextAt: firstSummaryAt(now) }
  const words = waiting.length === 1 ? '1 page' : `${waiting.length} pages`
  // When the storm is over the next page goes out singly: it must not overtake what waits.
  const dueAt = earliest(storm.nextAt, calmAt(recent) ?? storm.nextAt)
  if (dueAt > now)
    return { state: { ...quiet, storm }, reason: `${words} ${waiting.length === 1 ? 'waits' : 'wait'} for the next summary`, wakeAt: dueAt }
  const id = summaryIdOf(state.userId, state.sent + 1)
  const sent = storm.sent + 1
  return {
    state: { ...state, sent: state.sent + 1, opened: id, storm: { sent, nextAt: nextSummaryAt(now, sent) } },
    reason: `${words} in one summary; ${nextSummaryWords(sent)}`,
    wakeAt: latest(now, calmAt(recent) ?? now),
    tell: [
      toTell(reach, summaryKey(id), {
        type: 'start',
        userId: state.userId,
        about: { user: state.userId, summary: id },
        urgency: 'page',
        title: `Summary of ${words}`,
        body: '',
        path: '/',
        summary: id,
      }),
    ],
  }
}

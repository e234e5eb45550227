// When a person is in a storm, and how often they then hear. Pure; everything here is about one person and counts pages, not methods.
// In prose: the first pages go out singly; while as many as that came within the last minute, what comes next waits for a summary.
import { addSeconds, spokenDuration, type Instant } from '#kernel/time.ts'

/**
 * So many pages in such a time go out singly, the others in summaries. Five can still be read and answered one by one within a minute; a sixth can
 * not, and whoever cannot answer what they get mutes the phone. A constant until somebody needs another one.
 */
export const mostSingly = 5
export const windowSeconds = 60

/** "because 5 came within a minute": why a page is in a summary. */
export const becauseOfStorm = `because ${mostSingly} came within a minute`

/** What comes right after the first page of a summary goes out in it: half a second, so that it is out within one. */
const gatherSeconds = 0.5
/** The least time from one summary to the next: short at first, for most of a burst comes within seconds; at most once a minute in the end. */
const pausesSeconds = [5, 15, 30, 60]

/** Whether the next page joins a summary. `recent`: when this person was paged, the last few times, oldest first. */
export const isStorm = (recent: readonly Instant[], now: Instant): boolean => (calmAt(recent) ?? now) > now

/** When a minute will have passed with fewer pages than make a storm, if no other comes. Undefined: so few came at all. */
export function calmAt(recent: readonly Instant[]): Instant | undefined {
  const decisive = recent.at(-mostSingly)
  return decisive && addSeconds(decisive, windowSeconds)
}

/** When the first summary of a storm goes out. */
export const firstSummaryAt = (now: Instant): Instant => addSeconds(now, gatherSeconds)

/** The earliest time of the next summary, after so many in this storm. */
export const nextSummaryAt = (now: Instant, sent: number): Instant => addSeconds(now, pauseSeconds(sent))

/** "the next one in 15 s at the earliest". */
export const nextSummaryWords = (sent: number): string => `the next one in ${spokenDuration(pauseSeconds(sent))} at the earliest`

const pauseSeconds = (sent: number): number => pausesSeconds[Math.min(sent, pausesSeconds.length) - 1] ?? pausesSeconds[0]!

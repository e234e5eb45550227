// The sentence that the Insights page opens with: what the figures say, and nothing that they do not.
import { spokenDuration } from '#kernel/time.ts'
import { changeOf, distributionOf, fewest } from './statistics.ts'

/** Seconds of each case, in this stretch and in the one before. */
export type ClaimFacts = {
  acknowledge: { now: readonly number[]; before: readonly number[] }
  resolve: { now: readonly number[]; before: readonly number[] }
  /** Pages at night by person. */
  nights: readonly { name: string; count: number }[]
}

/** Smaller changes of a median are not worth a word. */
const noticeable = 0.1

/** "Answered faster than before, but Grace carries the nights". */
export function claimOf({ acknowledge, resolve, nights }: ClaimFacts): string {
  const answered = verdict(acknowledge, 'Answered')
  const restored = verdict(resolve, 'Restored')
  const burden = burdenOf(nights)
  const speed = answered && restored ? `${answered} and ${restored.charAt(0).toLowerCase()}${restored.slice(1)}` : (answered ?? restored)
  if (speed && burden) return `${speed}, but ${burden}`
  if (speed) return speed
  if (burden) return burden
  if (changeOf(acknowledge.now, acknowledge.before) || changeOf(resolve.now, resolve.before)) return 'As fast as before'
  const [answer, repair] = [distributionOf(acknowledge.now), distributionOf(resolve.now)]
  if (answer.n >= fewest) return `Half of all pages are acknowledged within ${upTo(answer.median!)}`
  if (repair.n >= fewest) return `Half of all incidents are over within ${upTo(repair.median!)}`
  return `Too little happened to say more (n = ${Math.max(answer.n, repair.n)})`
}

/** A bound that holds as it is said: rounded up to what the words can tell, never down. */
function upTo(seconds: number): string {
  const unit = seconds > 86_400 ? 3600 : seconds > 60 ? 60 : 1
  return spokenDuration(Math.ceil(seconds / unit) * unit)
}

function verdict({ now, before }: { now: readonly number[]; before: readonly number[] }, verb: string): string | undefined {
  const share = changeOf(now, before)?.share
  if (share === undefined || share === null || Math.abs(share) < noticeable) return undefined
  return `${verb} ${share < 0 ? 'faster' : 'slower'} than before`
}

/** One person who has at least five pages at night, and more than all others together. */
function burdenOf(nights: ClaimFacts['nights']): string | undefined {
  const total = nights.reduce((sum, { count }) => sum + count, 0)
  const most = nights.find(({ count }) => count >= fewest && count * 2 > total)
  return most && `${most.name} carries the nights`
}

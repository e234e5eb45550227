// The sentence that the Insights page opens with: what the figures say, and nothing that they do not.
import { changeOf, fewest } from './statistics.ts'

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
  const most = Math.max(acknowledge.now.length, resolve.now.length)
  return most < fewest ? `Too little happened to say more (n = ${most})` : 'As fast as before'
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

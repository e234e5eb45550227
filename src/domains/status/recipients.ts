// Whom a mailing tells next. Followers are walked in the order of their addresses, a part at a time, for there may be a hundred thousand; and walked
// again, until nobody is left: some wait for the update before, and some have begun to follow since.
import type { Follower, SubscriberId } from './subscriber-store.ts'

/** How many followers are looked at in one transaction. */
export const mostLookedAt = 200

/** `others`: on the way somebody was passed who waits for the update before. `after`: the last address that was passed. `isEnd`: there is none behind it. */
export type Walked = { now: SubscriberId[]; others: boolean; after: string; isEnd: boolean }

/** `looked` is what stands behind `after`, in order; an address may come several times, one after the other. At most `most` of it are told now. */
export function walk(looked: readonly Follower[], after: string, most: number): Walked {
  const walked: Walked = { now: [], others: false, after, isEnd: false }
  for (const { id, addressHash, isNoted, isBusy } of looked) {
    if (addressHash === walked.after) continue
    if (isBusy && !isNoted) walked.others = true
    else if (!isNoted && walked.now.length === most) return walked
    else if (!isNoted) walked.now.push(id)
    walked.after = addressHash
  }
  return { ...walked, isEnd: looked.length < mostLookedAt }
}

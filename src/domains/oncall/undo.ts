// Whether an acknowledgement that was given by a signed link may be taken back by it: a slip of the thumb, for eight seconds. Later somebody
// may rely on it, so giving back is done signed in. Pure.
import type { UserId } from '#kernel/actor.ts'
import { addSeconds, spokenTime, type Instant } from '#kernel/time.ts'
import type { PageRow } from './page-store.ts'

const undoSeconds = 8

export type Undo = { allowed: true; until: Instant; reason: string } | { allowed: false; reason: string }

/** `zone` is the reader's, in which the reason names times. `until` is the first instant at which it is no longer allowed. */
export function undoOf(
  row: Pick<PageRow, 'state' | 'acknowledgedAt' | 'acknowledgedBy' | 'acknowledgedByName'>,
  userId: UserId,
  now: Instant,
  zone: string,
): Undo {
  if (row.state !== 'acknowledged' || row.acknowledgedAt === null) return { allowed: false, reason: 'Nobody has acknowledged it.' }
  if (row.acknowledgedBy !== userId)
    return { allowed: false, reason: `${row.acknowledgedByName ?? 'The source'} has it. Sign in to give it back for them.` }
  const until = addSeconds(row.acknowledgedAt, undoSeconds)
  if (now >= until)
    return {
      allowed: false,
      reason: `You have had it since ${spokenTime(row.acknowledgedAt, zone)}. Undo works for ${undoSeconds} seconds; sign in to give it back.`,
    }
  return { allowed: true, until, reason: `acknowledged less than ${undoSeconds} seconds ago` }
}

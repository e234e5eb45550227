// The line below the reader's name: until when they are on call.
import { useAsk } from '../../api/hooks.ts'
import { clockTime, dayWords, useNow } from '../../ui/index.ts'

/** `personNote` and `onCall` of the shell; nothing while the reader is on no shift. `may`: whether they may see who is on call; `zone` is theirs. */
export function useMyShift(may: boolean, zone: string): { personNote?: string; onCall?: boolean } {
  const shifts = useAsk('oncall.myShifts', may ? {} : undefined).data?.items
  const nowMs = useNow(60)
  const last = shifts?.filter((shift) => Date.parse(shift.from) <= nowMs && Date.parse(shift.to) > nowMs).at(-1)
  if (!last) return {}
  const at = Date.parse(last.to)
  // What ends at the horizon that was asked for ends nowhere that is known.
  if (at - nowMs > 59.5 * 86_400_000) return { personNote: 'On call', onCall: true }
  const today = dayWords(at, { zone, nowMs }) === dayWords(nowMs, { zone, nowMs })
  // There is room for one of them: beyond a week the day says enough.
  if (at - nowMs >= 6 * 86_400_000) return { personNote: `On call till ${dayWords(at, { zone, nowMs })}`, onCall: true }
  const day = today ? '' : `${dayWords(at, { zone, nowMs }).split(' ')[0]} `
  return { personNote: `On call till ${day}${clockTime(at, zone)}`, onCall: true }
}

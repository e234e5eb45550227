// The clocks of the nodes' machines, each wrong by seconds or by hours. A node goes by the database's, of which it hears no later than the answer took: by so
// much the times of two nodes differ.
import { epochMs, type Clock } from '#kernel/time.ts'
import { createFollowingClock } from '#platform/database/clock.ts'
import type { Random } from './random.ts'

/** How far two nodes' times are apart at most, in milliseconds. */
const mostApartMs = 200

export type Clocks = {
  /** That of a node that begins. `hears`: the database answers; without it nothing is wrong with the machine, for who should know. */
  begin(hears: boolean): Clock
  /** How far apart those of two nodes may be, in seconds. */
  readonly apartSeconds: number
}

/** Those of one run: right, or wrong. */
export function drawClocks(clock: Clock, random: Random): Clocks {
  const mostSeconds = random.one([0, 30, 7200])
  const start = epochMs(clock.now())
  const elapsedMs = () => epochMs(clock.now()) - start
  return {
    apartSeconds: mostSeconds === 0 ? 0 : (2 * mostApartMs) / 1000,
    begin(hears) {
      if (mostSeconds === 0 || !hears) return clock
      const wrongMs = random.between(0, 2 * mostSeconds) * 1000 - mostSeconds * 1000
      const machine = createFollowingClock({ wallMs: () => epochMs(clock.now()) + wrongMs, elapsedMs })
      // It was asked so long ago, and has looked at its clock at some moment since.
      const before = random.between(0, mostApartMs)
      machine.heard(epochMs(clock.now()) - before, elapsedMs() - mostApartMs, elapsedMs())
      return machine
    },
  }
}

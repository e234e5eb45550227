// Work of one kind that comes while such work is being done is done together next: the more comes, the more goes in one transaction; and what comes
// alone never waits.
import { never, type Rarely } from '#kernel/rarely.ts'
import { isAway } from '../database/database.ts'

/** A group that takes longer than this keeps the next one waiting no more: it may wait for somebody's lock. */
export const usualPatienceMs = 50
const mostTogether = 64

/**
 * `work` answers each of its group, in order. When it fails for several it is done for each by itself, so that only the guilty one fails; a database that
 * is away is nobody's fault, and all of them hear so. `patienceMs` is Infinity where time is not the machine's own. `most`: in a group.
 */
export function inGroups<One, Answer>(
  work: (group: readonly One[]) => Promise<readonly Answer[]>,
  patienceMs: number,
  rarely: Rarely = never,
  most = mostTogether,
): (one: One) => Promise<Answer> {
  type Waiting = { one: One; resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  const waiting: Waiting[] = []
  let busy = false

  async function doGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const answers = await work(group.map(({ one }) => one))
      for (const [n, { resolve }] of group.entries()) resolve(answers[n]!)
    } catch (error) {
      if (group.length === 1 || isAway(error)) for (const { reject } of group) reject(error)
      else for (const one of group) await doGroup([one])
    }
  }

  function next(): void {
    if (busy || waiting.length === 0) return
    busy = true
    let isOver = false
    const over = () => {
      clearTimeout(slow)
      if (isOver) return
      isOver = true
      busy = false
      next()
    }
    const slow = patienceMs === Infinity ? undefined : setTimeout(over, patienceMs)
    void doGroup(waiting.splice(0, rarely('does by itself what could be done together') ? 1 : most)).then(over)
  }

  return (one) =>
    new Promise((resolve, reject) => {
      waiting.push({ one, resolve, reject })
      // After those that come in the same breath.
      queueMicrotask(next)
    })
}

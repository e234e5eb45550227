// Answers of pages that many ask for at the same moment: made once, for all who ask, until they are old or something happened that they show.
import type { PageAnswer } from '#kernel/page.ts'
import { epochMs, type Clock } from '#kernel/time.ts'
import type { Live } from '../events/live.ts'

type Shared = { answer: Promise<PageAnswer>; topics: readonly string[]; madeAt: number; goodForMs: number }

/** Pages that are there, by what their address means, however it is written: no stranger makes more of them. */
const mostKept = 500

/**
 * `make` is called when nothing is kept under `path` and nobody makes it. What is being made already when something happens is answered to those who asked
 * before, and to nobody after them. An answer without `cacheSeconds`, and a failure, are shared only while they are made.
 */
export function createSharedAnswers(clock: Clock, live: Live) {
  const making = new Map<string, Shared>()
  // What is not there is never in it: whoever asks for that drives nothing out.
  const kept = new Map<string, Shared>()

  live.subscribe((heard) => {
    for (const all of [making, kept])
      for (const [path, { topics }] of all) if (heard.includes('*') || topics.some((topic) => heard.includes(topic))) all.delete(path)
  })

  return (path: string, topics: readonly string[], make: () => Promise<PageAnswer>): Promise<PageAnswer> => {
    const now = epochMs(clock.now())
    const known = kept.get(path)
    if (known && now >= known.madeAt && now - known.madeAt < known.goodForMs) return known.answer
    const underWay = making.get(path)
    if (underWay) return underWay.answer
    const fresh: Shared = { answer: make(), topics, madeAt: now, goodForMs: 0 }
    making.set(path, fresh)
    fresh.answer.then(
      ({ cacheSeconds }) => {
        if (making.get(path) !== fresh) return
        making.delete(path)
        if (cacheSeconds !== undefined) keep(path, { ...fresh, goodForMs: cacheSeconds * 1000 })
      },
      () => void (making.get(path) === fresh && making.delete(path)),
    )
    return fresh.answer
  }

  function keep(path: string, answer: Shared): void {
    kept.delete(path)
    kept.set(path, answer)
    const [oldest] = kept.keys()
    if (kept.size > mostKept) kept.delete(oldest!)
  }
}

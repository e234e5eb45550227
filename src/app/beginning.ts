// How a node begins: steps in their order, each done once. While the database is away the one that failed is tried again, with pauses that grow.
import { setTimeout as pause } from 'node:timers/promises'
import { doesNotAnswer } from '#platform/database/database.ts'

export type Beginning = {
  /** Does what is left. Throws what the first step that fails throws; it and the steps after it are left. */
  begin(): Promise<void>
  /** Tries again until all is done: true; or until `stopping`: false. Throws what is no database that is away, and what is a mistake. */
  untilBegun(stopping: AbortSignal): Promise<boolean>
}

const firstPauseMs = 250
const longestPauseMs = 5000

/** What a failure is that trying again will not mend, after so long; undefined: it is tried again. */
export type MistakeIn = (error: unknown, triedMs: number) => Error | undefined

/** A step may have been done in part when it is done again. */
export function createBeginning(
  steps: readonly (() => Promise<void>)[],
  mistakeIn: MistakeIn = () => undefined,
  wait: typeof pause = pause,
): Beginning {
  const left = [...steps]
  async function begin(stopping?: AbortSignal): Promise<void> {
    for (let step = left[0]; step && !stopping?.aborted; step = left[0]) {
      await step()
      left.shift()
    }
  }
  return {
    begin: () => begin(),
    async untilBegun(stopping) {
      let triedMs = 0
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
        triedMs += pauseMs
        await wait(pauseMs, undefined, { signal: stopping }).catch(() => undefined)
        if (stopping.aborted) return false
        try {
          await begin(stopping)
          return left.length === 0
        } catch (error) {
          if (!doesNotAnswer(error)) throw error
          const mistake = mistakeIn(error, triedMs)
          if (mistake) throw mistake
        }
      }
    },
  }
}

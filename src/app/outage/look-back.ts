// The database was away, and answers again: does it still have what it said it has? A server that fails over to a copy which lags behind has lost the last
// moments. What this node took in then it takes in again, from its memory; of all else it says that it is gone.
import { system } from '#kernel/actor.ts'
import { weightOf } from '#kernel/signal.ts'
import type { Instant } from '#kernel/time.ts'
import { takeInLost, type Keepable, type TakenIn, type TakenInAgain } from '#domains/alerts/index.ts'
import { noteLoss, type Loss } from '#domains/watchdog/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { isAway } from '#platform/database/database.ts'
import { silentAfterMs } from '#platform/database/silence.ts'
import type { Log } from '#platform/log.ts'
import { realTiming, type Timing } from '../timing.ts'

export type LookBack = {
  /** This commit took these in, and its senders hear yes. */
  took(commit: string, what: readonly Keepable[]): void
  /** The database is away, or may have been: it is asked until it answers. Resolves when it has. */
  doubt(): Promise<void>
  /** It is asked no more. */
  stop(): void
}

// Copies lag by seconds; a flood fills the memory sooner.
const rememberedMs = 60_000
const mostBytes = 16 * 1024 * 1024
const askAgainMs = 1000

export function createLookBack(engine: Engine, log: Log, timing: Timing = realTiming): LookBack {
  const taken = new Map<string, TakenIn & { tookAt: number; bytes: number }>()
  let bytes = 0
  let endForgetting: (() => void) | undefined
  let isInDoubt = false
  let asking: Promise<void> | undefined
  let pause: { end(): void } | undefined
  let isStopped = false

  function forget(commit: string): void {
    bytes -= taken.get(commit)?.bytes ?? 0
    taken.delete(commit)
  }

  /** Again when the oldest of what is left is old: who hears nothing more keeps nothing. While the database is away nothing grows too old to be asked for. */
  function forgetOld(): void {
    const before = timing.elapsedMs() - rememberedMs
    for (const [commit, { tookAt }] of taken) {
      if (bytes <= mostBytes && (asking || tookAt > before)) break
      forget(commit)
    }
    const [oldest] = taken.values()
    if (oldest && !endForgetting)
      endForgetting = timing.after(Math.max(askAgainMs, oldest.tookAt - before), () => {
        endForgetting = undefined
        forgetOld()
      })
  }

  async function ask(): Promise<void> {
    while (isInDoubt && !isStopped) {
      isInDoubt = false
      try {
        await lookBack()
      } catch (err) {
        isInDoubt = true
        if (!isAway(err)) log.error({ err }, 'whether the database has lost something could not be asked; it is tried again')
        await rest()
      }
    }
  }

  const rest = () =>
    new Promise<void>((resolve) => {
      const end = timing.after(askAgainMs, resolve)
      pause = { end: () => (end(), resolve()) }
    })

  async function lookBack(): Promise<void> {
    const all = [...taken.values()]
    const lost = await engine.transact(
      system('watchdog.look-back'),
      async (context) => {
        const again = await takeInLost(context, all)
        const gone = await engine.witness.lost(context.tx)
        const loss = lossOf(again, gone)
        if (loss === undefined) return undefined
        await noteLoss(context, loss)
        return { loss, commits: again?.commits ?? [] }
      },
      { silentMs: silentAfterMs },
    )
    if (lost === undefined) return
    for (const commit of lost.commits) forget(commit)
    log.error(lost.loss, 'the database has lost what was written last: the alerts that this node had taken in are taken in again')
  }

  return {
    took(commit, what) {
      const size = what.reduce((sum, one) => sum + ('batch' in one ? weightOf(one.batch.signals) : one.request.unread.body.byteLength), 0)
      const kept = what.map((one): Keepable => ('batch' in one ? { batch: one.batch } : { request: one.request }))
      taken.set(commit, { commit, at: engine.clock.now(), what: kept, tookAt: timing.elapsedMs(), bytes: size })
      bytes += size
      forgetOld()
    },
    doubt() {
      isInDoubt = true
      return (asking ??= ask().finally(() => (asking = undefined)))
    },
    stop() {
      isStopped = true
      pause?.end()
      endForgetting?.()
    },
  }
}

/** `again`: what of it this node had taken in; `gone`: the times of all that it knows to be gone. */
function lossOf(again: TakenInAgain | undefined, gone: { since: Instant; until: Instant } | undefined): Loss | undefined {
  const times = [again, gone].flatMap((one) => (one ? [one.since, one.until] : [])).sort()
  if (times.length === 0) return undefined
  return { since: times[0]!, until: times.at(-1)!, alerts: again?.alerts ?? 0, unknown: again?.unknown ?? 0 }
}

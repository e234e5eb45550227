// Sends a synthetic alert through this node's own way in, again and again: over HTTP, parsed, stored, decided about, and on to the process that tells the
// outside. What stands still anywhere on the way, the outside does not hear of it.
import { RollBack } from '#kernel/command.ts'
import { system } from '#kernel/actor.ts'
import type { Signal } from '#kernel/signal.ts'
import { keyHash } from '#domains/alerts/index.ts'
import { cameThrough } from '#domains/watchdog/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import type { Log } from '#platform/log.ts'
import { postToOwnDoor } from '#platform/outbound/own-door.ts'

/** The reserved integration: its key is known to who has the master key, its signals leave nothing behind. */
export type Rehearsal = { keyHash: string; accept(signals: Signal[]): Promise<string[]> }

const keyOf = (engine: Engine): string => engine.signer.sign('synthetic alert', 'watchdog')

export function createRehearsal(engine: Engine): Rehearsal {
  const actor = system('watchdog')
  return {
    keyHash: keyHash(keyOf(engine)),
    accept: (signals) =>
      cameThrough(
        signals,
        (work) =>
          engine
            .transact(actor, async (context) => {
              const keys = await work(context)
              await context.outbox.flush()
              throw new RollBack(keys)
            })
            .catch((error: unknown) => {
              if (error instanceof RollBack) return error.answer as string[]
              throw error
            }),
        (work) => engine.transact(actor, work),
      ),
  }
}

const syntheticAlert = [{ labels: { alertname: 'TocsinWatchdog', severity: 'info' }, annotations: { summary: 'A synthetic alert' } }]

/** Sends one now and then every so many seconds. Answers the function that ends it. */
export function startHeartbeat(engine: Engine, address: string, everySeconds: number, log: Log): () => Promise<void> {
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  const send = async () => {
    try {
      const status = await postToOwnDoor(address, `/in/${keyOf(engine)}/api/v2/alerts`, syntheticAlert)
      if (status !== 200) log.error({ status }, 'the synthetic alert was not taken in: no heartbeat goes out')
    } catch (error) {
      log.error({ err: error }, 'the synthetic alert was not taken in: no heartbeat goes out')
    }
  }
  const loop = () =>
    send().finally(() => {
      if (!stopping) timer = setTimeout(() => void (sending = loop()), everySeconds * 1000)
    })
  let sending = loop()
  return async () => {
    stopping = true
    clearTimeout(timer)
    await sending
  }
}

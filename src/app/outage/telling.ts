// Tells one person while the database is away, by every method at once: who is on call may have no other chance to hear.
import type { ChannelDefinition, ChannelMessage, ChannelResult } from '#kernel/integration.ts'
import type { Secret } from '#kernel/secret.ts'
import { openAddress, type SealedAddress } from '#domains/notifications/index.ts'
import type { Engine } from '#platform/commands/engine.ts'
import type { Log } from '#platform/log.ts'
import type { Timing } from '../timing.ts'

export type TellingParts = {
  engine: Engine
  channels: ReadonlyMap<string, ChannelDefinition>
  settings: (name: string) => Secret | undefined
  log: Log
}

const mostTries = 5
const againMs = 10_000

/** Answers a function that resolves with whether any of the addresses took it; either signal ends the trying. */
export function createTelling({ engine, channels, settings, log }: TellingParts, stopping: AbortSignal, timing: Timing) {
  async function send(address: SealedAddress, message: Omit<ChannelMessage, 'repeated'>, signal: AbortSignal): Promise<boolean> {
    const channel = channels.get(address.channel)
    if (!channel) return false
    let repeated = false
    for (let tries = 1; ; tries++) {
      const context = { outbound: engine.outbound, now: engine.clock.now(), settings, publicUrl: engine.publicUrl }
      // An address that cannot be opened fails as one that does not answer: it costs the person none of their others.
      const result: ChannelResult = await Promise.resolve()
        .then(() => channel.send(context, openAddress(engine.vault, address), { ...message, repeated }))
        .catch((error: unknown) => ({ status: 'failed', canRetry: true, inDoubt: true, reason: String(error) }))
      if (result.status === 'delivered') return true
      log.warn({ channel: address.channel, reason: result.reason }, 'somebody could not be told that the database is away')
      if (!result.canRetry || tries === mostTries) return false
      repeated ||= result.inDoubt ?? false
      await pause(timing, againMs, signal)
      if (signal.aborted) return false
    }
  }

  return async (addresses: readonly SealedAddress[], message: Omit<ChannelMessage, 'repeated'>, ended: AbortSignal): Promise<boolean> => {
    const signal = AbortSignal.any([stopping, ended])
    return (await Promise.all(addresses.map((address) => send(address, message, signal)))).includes(true)
  }
}

/** So long, or until the signal ends it. */
function pause(timing: Timing, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  const over = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => over.resolve(), { once: true })
  return over.promise.finally(timing.after(ms, over.resolve))
}

// Hands what a watcher says to everybody who is to be told. Who could not be told is tried again, with the newest that there is to say to them; the others
// are not told once more for it.
import type { ChannelResult } from '#kernel/integration.ts'
import type { Said } from './decide.ts'

export type Teller = {
  /** Has this said to all; what somebody was not told yet is replaced by it. */
  say(said: Said): void
  /** Tries everybody who is to be told still. Answers a sentence for each who could not be. */
  handOver(): Promise<string[]>
}

/** `send` hands one message to one address. One that is refused for good is not tried again. */
export function createTeller(addresses: readonly string[], send: (to: string, said: Said) => Promise<ChannelResult>): Teller {
  const open = new Map<string, Said>()
  return {
    say(said) {
      for (const to of addresses) open.set(to, said)
    },
    async handOver() {
      const failures: string[] = []
      for (const [to, said] of open) {
        const result = await send(to, said)
        if (result.status === 'delivered' || !result.canRetry) open.delete(to)
        if (result.status === 'failed') failures.push(`${to} could not be told: ${result.reason}`)
      }
      return failures
    },
  }
}

// The effect that tells somebody outside that Tocsin works. Whoever hears nothing of it for a while pages by a way of its own.
import { z } from 'zod'
import { defineEffect, EffectFailure } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import { InstantOut } from '#kernel/time.ts'
import { lastSignedHead } from '#platform/record/heads-store.ts'

/** Posts a text that names the last signed head of the record: a copy of it, kept where nobody who alters the record can reach. */
export const sendHeartbeat = defineEffect({
  name: 'watchdog.send-heartbeat',
  input: z.object({ at: InstantOut }),
  outcome: z.object({ sentAt: InstantOut }),
  repeat: 'always',
  retry: { attempts: 2, firstSeconds: 5 },
  urgent: true,
  look: ({ scope }) => lastSignedHead(scope),
  async run({ outbound, settings, now }, { at }, head) {
    const address = settings('heartbeatUrl')
    if (!address) throw new EffectFailure('no address is set; set TOCSIN_HEARTBEAT_URL', { canRetry: false })
    const lines = [
      `Tocsin works: a synthetic alert of ${at} went the whole way.`,
      ...(head
        ? [`Record: ${head.entries} entries in ${head.streams} streams at ${head.at}, digest ${head.digest}, signed ${head.signature}`]
        : []),
    ]
    try {
      const { status } = await outbound.fetch({
        url: address.open(),
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: lines.join('\n'),
      })
      if (status >= 300) throw new EffectFailure(`it answers ${status}`, { canRetry: status >= 500 || status === 429 })
    } catch (error) {
      if (error instanceof AppError) throw new EffectFailure(error.message, { canRetry: error.code !== 'refused', cause: error })
      throw error
    }
    return { sentAt: now }
  },
})

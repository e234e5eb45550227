// Looks again at an alert that was held back, when the time for it has come: a silence ended, a hold ran out.
import { z } from 'zod'
import { defineProcess } from '#kernel/define.ts'
import { InstantOut, type Instant } from '#kernel/time.ts'
import { lookedAgain, type AlertId } from './events.ts'

const State = z.object({ until: InstantOut.nullable() })
type Held = { type: 'held'; until: Instant }

export const hold = defineProcess({
  name: 'alerts.hold',
  version: 1,
  state: State,
  input: z.object({ type: z.literal('held'), until: InstantOut }) as z.ZodType<Held, Held>,
  initial: (): z.output<typeof State> => ({ until: null }),
  decide(_, input) {
    if (input.type === 'held') return { state: { until: input.until }, reason: `looked at again at ${input.until}`, wakeAt: input.until }
    return { state: { until: null }, reason: 'its time has come', forgotten: true }
  },
  async record({ emit }, key, _, __, input) {
    if (input.type === 'woke') await emit(lookedAgain, { alertId: key as AlertId })
  },
})

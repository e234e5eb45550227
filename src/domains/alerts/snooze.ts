// A snoozed group pages again when its time is over, unless it was resolved or taken back before.
import { z } from 'zod'
import { defineProcess } from '#kernel/define.ts'
import { InstantOut, type Instant } from '#kernel/time.ts'
import { isRefusal } from '#kernel/errors.ts'
import type { GroupId } from './events.ts'
import { unacknowledge } from './group-lifecycle.ts'
import { lockGroup } from './store.ts'

const State = z.object({ until: InstantOut.nullable(), over: z.boolean() })
type Snoozed = { type: 'snoozed'; until: Instant }

export const snooze = defineProcess({
  name: 'alerts.snooze',
  version: 1,
  state: State,
  input: z.object({ type: z.literal('snoozed'), until: InstantOut }) as z.ZodType<Snoozed, Snoozed>,
  initial: (): z.output<typeof State> => ({ until: null, over: false }),
  decide(state, input) {
    if (input.type === 'snoozed')
      return { state: { until: input.until, over: false }, reason: `snoozed until ${input.until}`, wakeAt: input.until }
    return { state: { ...state, over: input.type === 'woke' }, reason: 'the snooze is over' }
  },
  async record({ scope, emit, now }, key, _, decision) {
    if (!decision.state.over) return
    const group = await lockGroup(scope, key as GroupId)
    if (group?.state !== 'acknowledged') return
    const moved = await unacknowledge({ scope, emit, now, actor: scope.actor }, group)
    if (isRefusal(moved)) throw new Error(moved.reason)
  },
})

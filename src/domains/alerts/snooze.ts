// A snoozed group pages again when its time is over, unless it was resolved or given back before; who takes it after that has it for good.
import { z } from 'zod'
import { defineProcess } from '#kernel/define.ts'
import { InstantOut, type Instant } from '#kernel/time.ts'
import { isRefusal } from '#kernel/errors.ts'
import type { GroupId } from './events.ts'
import { unacknowledge } from './group-lifecycle.ts'
import { lockGroup } from './store.ts'

/** `acknowledgedAt`: since when somebody had it when it was snoozed; absent when a version wrote it that did not know. */
const State = z.object({ until: InstantOut.nullable(), over: z.boolean(), acknowledgedAt: InstantOut.nullable().optional() })
type Snoozed = { type: 'snoozed'; until: Instant; acknowledgedAt?: Instant | null | undefined }

export const snooze = defineProcess({
  name: 'alerts.snooze',
  version: 1,
  state: State,
  input: z.object({
    type: z.literal('snoozed'),
    until: InstantOut,
    acknowledgedAt: InstantOut.nullable().optional(),
  }) as z.ZodType<Snoozed, Snoozed>,
  initial: (): z.output<typeof State> => ({ until: null, over: false }),
  decide(state, input) {
    if (input.type === 'snoozed')
      return {
        state: { until: input.until, over: false, acknowledgedAt: input.acknowledgedAt },
        reason: `snoozed until ${input.until}`,
        wakeAt: input.until,
      }
    return { state: { ...state, over: input.type === 'woke' }, reason: 'the snooze is over', forgotten: true }
  },
  async record({ scope, emit, now }, key, _, decision) {
    if (!decision.state.over) return
    const group = await lockGroup(scope, key as GroupId)
    if (group?.state !== 'acknowledged') return
    // Taken back meanwhile, and acknowledged anew: whoever has it now has not snoozed it.
    const { acknowledgedAt } = decision.state
    if (acknowledgedAt !== undefined && acknowledgedAt !== group.acknowledgedAt) return
    const moved = await unacknowledge({ scope, emit, now, actor: scope.actor }, group)
    if (isRefusal(moved)) throw new Error(moved.reason)
  },
})

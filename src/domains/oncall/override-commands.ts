// Changing for a while who is on call: taking over, swapping, adding a second person, taking somebody off.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import { defineCommand } from '#kernel/define.ts'
import { missing, refuse } from '#kernel/errors.ts'
import { InstantSchema } from '#kernel/time.ts'
import { done, Done, findUser, Slug } from '#domains/directory/index.ts'
import { handlesIn, readPeople } from './book.ts'
import { OverrideIdSchema, overrideAdded, overrideRemoved } from './events.ts'
import { OverrideSchema } from './schedule.ts'
import * as store from './schedule-store.ts'
import { OverrideView, overrideView } from './views.ts'

export const addOverride = defineCommand({
  name: 'oncall.addOverride',
  summary: 'Change for a while who is on call in a schedule',
  http: 'POST /schedules/{schedule}/overrides',
  status: 201,
  needs: 'oncall:respond',
  on: ({ schedule }) => ({ schedule }),
  input: z.strictObject({
    schedule: z.string().max(60),
    kind: z
      .enum(['replace', 'add', 'remove', 'takeover'])
      .default('takeover')
      .meta({ description: 'takeover: only this person; replace: one for another; add: beside the others; remove: without replacement' }),
    add: Slug.optional(),
    remove: Slug.optional(),
    from: InstantSchema,
    to: InstantSchema,
    why: z.string().trim().max(500).default(''),
  }),
  output: OverrideView,
  examples: [{ schedule: 'payments', add: 'mara', from: '2026-11-24T14:00:00Z', to: '2026-11-25T10:00:00Z', why: 'agreed with Tunde' }],
  async run({ scope, actor, emit, newId, now }, { schedule: key, kind, add, remove, from, to, why }) {
    const schedule = await store.findSchedule(scope, key)
    if (!schedule) throw missing('schedule')
    if (to <= now) return refuse('It would be over already; choose a later end.')
    if (kind !== 'remove' && add === undefined) return refuse('Say who is to be on call: add.')
    if ((kind === 'remove' || kind === 'replace') && remove === undefined) return refuse('Say who is not to be on call: remove.')
    const people = await readPeople(
      scope,
      [add, remove].filter((one) => one !== undefined),
    )
    if (add !== undefined && (!people[add] || people[add].disabled)) return refuse(`There is no person ${add} who could be on call.`)
    if (remove !== undefined && !people[remove]) return refuse(`There is no person ${remove}.`)
    const id = newId('ovr')
    const by = personOf(actor)
    const override = OverrideSchema.safeParse({
      kind,
      id,
      from,
      to,
      why,
      by: by ? ((await findUser(scope, by))?.handle ?? by) : 'tocsin',
      ...(kind === 'remove' ? {} : { add }),
      ...(kind === 'remove' || kind === 'replace' ? { remove } : {}),
    })
    if (!override.success) return refuse('The end has to be later than the beginning.')
    await store.insertOverride(scope, schedule.id, id, override.data)
    await emit(overrideAdded, {
      scheduleId: schedule.id,
      overrideId: id,
      kind,
      from,
      to,
      userId: (add ? people[add]?.id : undefined) ?? null,
    })
    return overrideView(
      await readPeople(scope, [...handlesIn(schedule), ...(add ? [add] : []), ...(remove ? [remove] : []), override.data.by]),
      override.data,
    )
  },
})

export const removeOverride = defineCommand({
  name: 'oncall.removeOverride',
  summary: 'Remove an override: the layers count again',
  http: 'DELETE /overrides/{overrideId}',
  needs: 'oncall:respond',
  on: ({ overrideId }) => ({ override: overrideId }),
  input: z.strictObject({ overrideId: OverrideIdSchema }),
  output: Done,
  examples: [{ overrideId: 'ovr_01k3v0v5b8e6w9d2m4q7r1s5t8' }],
  async run({ scope, emit }, { overrideId }) {
    const row = await store.findOverride(scope, overrideId)
    if (!row) throw missing('override')
    if (await store.removeOverride(scope, overrideId)) await emit(overrideRemoved, { scheduleId: row.scheduleId, overrideId })
    return done
  },
})

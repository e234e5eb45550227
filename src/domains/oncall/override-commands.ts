// Changing for a while who is on call: taking over, swapping, adding a second person, taking somebody off.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import { defineCommand } from '#kernel/define.ts'
import type { CommandContext } from '#kernel/command.ts'
import { missing, refuse, type Refusal } from '#kernel/errors.ts'
import { InstantSchema, latest } from '#kernel/time.ts'
import { done, Done, findUser, Slug } from '#domains/directory/index.ts'
import { handlesIn, readPeople } from './book.ts'
import { OverrideIdSchema, overrideAdded, overrideRemoved } from './events.ts'
import { OverrideSchema } from './schedule.ts'
import * as store from './schedule-store.ts'
import { tellConcerned } from './telling.ts'
import { OverrideView, overrideView } from './views.ts'

const Arranged = z.strictObject({
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
})

export const addOverride = defineCommand({
  name: 'oncall.addOverride',
  summary: 'Change for a while who is on call in a schedule',
  http: 'POST /schedules/{schedule}/overrides',
  status: 201,
  needs: 'oncall:respond',
  on: ({ schedule }) => ({ schedule }),
  input: Arranged,
  output: OverrideView,
  examples: [{ schedule: 'payments', add: 'mara', from: '2026-11-24T14:00:00Z', to: '2026-11-25T10:00:00Z', why: 'agreed with Tunde' }],
  run: (context, input) => arrange(context, input),
})

/** Makes the override, and tells whom it concerns but those of `told`, who hear it otherwise. */
export async function arrange(
  context: CommandContext,
  { schedule: key, kind, add, remove, from, to, why }: z.output<typeof Arranged>,
  told: readonly string[] = [],
): Promise<z.input<typeof OverrideView> | Refusal> {
  const { scope, actor, emit, newId, now } = context
  const schedule = await store.findSchedule(scope, key)
  if (!schedule) throw missing('schedule')
  if (from >= to) return refuse('The end has to be later than the beginning.')
  if (to <= now) return refuse('It would be over already; choose a later end.')
  if (kind !== 'remove' && add === undefined) return refuse('Say who is to be on call: add.')
  if ((kind === 'remove' || kind === 'replace') && remove === undefined) return refuse('Say who is not to be on call: remove.')
  const by = personOf(actor)
  const maker = by === undefined ? undefined : await findUser(scope, by)
  const named = [add, remove, maker?.handle].filter((one) => one !== undefined)
  const people = await readPeople(scope, [...handlesIn(schedule), ...named])
  if (add !== undefined && (!people[add] || people[add].disabled)) return refuse(`There is no person ${add} who could be on call.`)
  if (remove !== undefined && !people[remove]) return refuse(`There is no person ${remove}.`)
  const id = newId('ovr')
  // What is over stays as it was: somebody was on call then, and was paged.
  const begin = latest(from, now)
  const override = OverrideSchema.safeParse({
    kind,
    id,
    from: begin,
    to,
    why,
    by: maker?.handle ?? by ?? 'tocsin',
    ...(kind === 'remove' ? {} : { add }),
    ...(kind === 'remove' || kind === 'replace' ? { remove } : {}),
  })
  if (!override.success) return refuse('The end has to be later than the beginning.')
  await store.insertOverride(scope, schedule.id, id, override.data)
  await emit(overrideAdded, {
    scheduleId: schedule.id,
    overrideId: id,
    kind,
    from: begin,
    to,
    userId: (add ? people[add]?.id : undefined) ?? null,
  })
  const who = maker?.name ?? 'Tocsin'
  const instead = add === undefined || kind === 'remove' ? undefined : people[add]
  const after = { ...schedule, overrides: [...schedule.overrides, override.data] }
  const words = {
    loses:
      instead === undefined
        ? `${who} took you off call in ${schedule.name}`
        : instead.id === by
          ? `${who} takes your shift of ${schedule.name}`
          : `${who} gave your shift of ${schedule.name} to ${instead.name}`,
    gains: `${who} put you on call in ${schedule.name}`,
  }
  await tellConcerned(context, { at: `${id}/made`, before: schedule, after, from: begin, to, why, words }, people, told)
  return overrideView(people, override.data)
}

export const removeOverride = defineCommand({
  name: 'oncall.removeOverride',
  summary: 'Remove an override: the layers count again; one that has begun ends now',
  http: 'DELETE /overrides/{overrideId}',
  needs: 'oncall:respond',
  on: ({ overrideId }) => ({ override: overrideId }),
  input: z.strictObject({ overrideId: OverrideIdSchema }),
  output: Done,
  examples: [{ overrideId: 'ovr_01k3v0v5b8e6w9d2m4q7r1s5t8' }],
  async run(context, { overrideId }) {
    const { scope, actor, emit, now } = context
    const row = await store.findOverride(scope, overrideId)
    if (!row) throw missing('override')
    if (row.removedAt !== null) return done
    const { from, to } = row.override
    // Who was on call stays who was on call: they were paged then, and their load counts.
    if (to <= now) return refuse('It is over. Who was on call then stays as it was.')
    const before = await store.findSchedule(scope, row.scheduleId)
    const left = from < now ? { ...row.override, to: now } : undefined
    if (!(await (left ? store.endOverride(scope, overrideId, left) : store.removeOverride(scope, overrideId)))) return done
    await emit(overrideRemoved, { scheduleId: row.scheduleId, overrideId })
    if (!before) return done
    const by = personOf(actor)
    const who = (by === undefined ? undefined : await findUser(scope, by))?.name ?? 'Tocsin'
    const after = { ...before, overrides: before.overrides.flatMap((one) => (one.id !== overrideId ? [one] : left ? [left] : [])) }
    const words = {
      loses: `${who} removed an override: you are not on call in ${before.name}`,
      gains: `${who} removed an override: you are on call in ${before.name}`,
    }
    await tellConcerned(
      context,
      { at: `${overrideId}/removed`, before, after, from, to, why: '', words },
      await readPeople(scope, handlesIn(before)),
    )
    return done
  },
})

// Schedules and escalation policies as code. Overrides are made while it runs and stay out of it.
import { z } from 'zod'
import type { CommandContext } from '#kernel/command.ts'
import { defineResource } from '#kernel/define.ts'
import { changesOf } from '#platform/configuration/plan.ts'
import { Name, Slug, ZoneSchema } from '#domains/directory/index.ts'
import { policyChanged } from './events.ts'
import { addPolicy, changePolicy } from './policies.ts'
import { PolicySpecSchema, type PolicySpec } from './policy.ts'
import { LayerSchema } from './schedule.ts'
import { addSchedule, changeSchedule, removeSchedule } from './schedules.ts'
import * as store from './schedule-store.ts'

const ScheduleSpec = z.strictObject({
  slug: Slug,
  name: Name,
  team: Slug.nullable().default(null),
  zone: ZoneSchema,
  combine: z.enum(['priority', 'union']).default('priority'),
  layers: z
    .array(LayerSchema)
    .max(50)
    .refine((layers) => new Set(layers.map((layer) => layer.name)).size === layers.length, 'two layers have the same name')
    .default([]),
})
type ScheduleSpec = z.output<typeof ScheduleSpec>

export const scheduleResource = defineResource({
  kind: 'schedule',
  summary: 'Who is on call when: layers of rotations with their hours',
  schema: ScheduleSpec,
  key: (spec) => spec.slug,
  list: async (scope) =>
    (await store.listSchedules(scope)).map(({ slug, name, team, zone, combine, layers }) => ({
      slug,
      name,
      team: team?.slug ?? null,
      zone,
      combine,
      layers,
    })),
  async save({ run }: CommandContext, spec, before) {
    if (before) await run(changeSchedule, { schedule: spec.slug, ...changesOf(before, spec) })
    else await run(addSchedule, spec)
  },
  remove: async ({ run }, spec) => void (await run(removeSchedule, { schedule: spec.slug })),
  check: (spec: ScheduleSpec, all) => [
    ...(spec.team !== null && !all.has('team', spec.team) ? [{ path: '/team', message: `there is no team ${spec.team}` }] : []),
    ...spec.layers.flatMap((layer, l) =>
      layer.rotation.participants.flatMap((handle, p) =>
        handle === null || all.has('user', handle)
          ? []
          : [{ path: `/layers/${l}/rotation/participants/${p}`, message: `there is no user ${handle}` }],
      ),
    ),
  ],
})

export const policyResource = defineResource({
  kind: 'policy',
  summary: 'Whom to page, in which order, after how long',
  schema: PolicySpecSchema,
  key: (spec) => spec.slug,
  list: async (scope) =>
    (await store.listPolicies(scope)).map(({ slug, name, team, levels, repeat, ackTimeoutSeconds }) => ({
      slug,
      name,
      team: team?.slug ?? null,
      levels,
      repeat,
      ackTimeoutSeconds,
    })),
  async save({ run }: CommandContext, spec, before) {
    if (before) await run(changePolicy, { policy: spec.slug, ...changesOf(before, spec) })
    else await run(addPolicy, spec)
  },
  /** What else is no longer written may still name it: that is removed after it. What stays was checked before. */
  async remove({ scope, emit }, spec) {
    const policy = await store.findPolicy(scope, spec.slug)
    if (!policy) return
    await store.deletePolicy(scope, policy.id)
    await emit(policyChanged, { policyId: policy.id, what: 'removed', slug: policy.slug })
  },
  check: (spec: PolicySpec, all) => [
    ...(spec.team !== null && !all.has('team', spec.team) ? [{ path: '/team', message: `there is no team ${spec.team}` }] : []),
    ...spec.levels.flatMap((level, l) =>
      level.targets.flatMap((target, t) => {
        const [kind, name] = Object.entries(target)[0]!
        return all.has(kind, name) ? [] : [{ path: `/levels/${l}/targets/${t}/${kind}`, message: `there is no ${kind} ${name}` }]
      }),
    ),
  ],
})

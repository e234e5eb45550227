// What schedules, policies, shifts and pages look like from outside.
import { z } from 'zod'
import { idOf } from '#kernel/ids.ts'
import { InstantOut } from '#kernel/time.ts'
import { DeliveryView } from '#domains/notifications/index.ts'
import { TeamIdSchema, UserIdSchema } from '#domains/directory/index.ts'
import type { Book } from './level.ts'
import { OverrideIdSchema, PageIdSchema, PolicyIdSchema, ScheduleIdSchema } from './events.ts'
import { LevelSchema } from './policy.ts'
import { LayerSchema, type Override } from './schedule.ts'
import type { PageRow } from './page-store.ts'
import type { PolicyRow, ScheduleRow } from './schedule-store.ts'

/** `id` is null for a handle that is nobody's any more. */
export const PersonView = z.object({ id: UserIdSchema.nullable(), handle: z.string(), name: z.string() })
const TeamRef = z.object({ id: TeamIdSchema, slug: z.string(), name: z.string() }).nullable()
export const Span = z.object({ from: InstantOut, to: InstantOut })

export const OverrideView = z
  .object({
    id: OverrideIdSchema,
    kind: z.enum(['replace', 'add', 'remove', 'takeover', 'period']),
    from: InstantOut,
    to: InstantOut,
    add: PersonView.nullable(),
    remove: PersonView.nullable(),
    by: PersonView,
    why: z.string(),
  })
  .meta({ id: 'Override' })
export const ScheduleView = z
  .object({
    id: ScheduleIdSchema,
    slug: z.string(),
    name: z.string(),
    team: TeamRef,
    zone: z.string(),
    combine: z.enum(['priority', 'union']),
    layers: z.array(z.unknown()) as unknown as z.ZodArray<typeof LayerSchema>,
  })
  .meta({ id: 'Schedule' })
export const ShiftView = z.object({
  person: PersonView,
  from: InstantOut,
  to: InstantOut,
  layer: z.string().nullable(),
  override: z.string().nullable(),
  reason: z.string(),
})
export const PolicyView = z
  .object({
    id: PolicyIdSchema,
    slug: z.string(),
    name: z.string(),
    team: TeamRef,
    levels: z.array(LevelSchema),
    repeat: z.number(),
    ackTimeoutSeconds: z.number().nullable(),
  })
  .meta({ id: 'Policy' })

export const PageView = z
  .object({
    id: PageIdSchema,
    policy: z.string().nullable(),
    groupId: idOf('grp').nullable(),
    incidentId: idOf('inc').nullable(),
    severity: z.string().nullable(),
    title: z.string(),
    body: z.string(),
    state: z.enum(['paging', 'acknowledged', 'exhausted', 'ended']),
    reason: z.string(),
    level: z.number(),
    round: z.number(),
    nextAt: InstantOut.nullable(),
    next: z.string().nullable(),
    startedAt: InstantOut,
    acknowledgedAt: InstantOut.nullable(),
    acknowledgedBy: z.object({ id: UserIdSchema, name: z.string() }).nullable(),
    endedAt: InstantOut.nullable(),
  })
  .meta({ id: 'Page' })

export const PageDetailView = PageView.extend({
  steps: z.array(z.object({ seq: z.number(), at: InstantOut, kind: z.string(), level: z.number(), round: z.number(), reason: z.string() })),
  people: z.array(
    z.object({
      person: PersonView,
      level: z.number(),
      round: z.number(),
      reason: z.string(),
      at: InstantOut,
      deliveries: z.array(DeliveryView),
    }),
  ),
})

export const personView = (people: Book['people'], handle: string): z.input<typeof PersonView> => ({
  id: people[handle]?.id ?? null,
  handle,
  name: people[handle]?.name ?? handle,
})

export function overrideView(people: Book['people'], override: Override): z.input<typeof OverrideView> {
  const { id, kind, from, to, why } = override
  return {
    id: id as `ovr_${string}`,
    kind,
    from,
    to,
    why,
    add: 'add' in override ? personView(people, override.add) : null,
    remove: 'remove' in override ? personView(people, override.remove) : null,
    by: personView(people, override.by),
  }
}

export const scheduleView = ({ id, slug, name, team, zone, combine, layers }: ScheduleRow): z.input<typeof ScheduleView> => ({
  id,
  slug,
  name,
  team,
  zone,
  combine,
  layers,
})

export const policyView = ({ id, slug, name, team, levels, repeat, ackTimeoutSeconds }: PolicyRow): z.input<typeof PolicyView> => ({
  id,
  slug,
  name,
  team,
  levels,
  repeat,
  ackTimeoutSeconds,
})

export function pageView(row: PageRow): z.input<typeof PageView> {
  const { teamId: _, startedBy: __, acknowledgedBy, acknowledgedByName, ...shown } = row
  return { ...shown, acknowledgedBy: acknowledgedBy ? { id: acknowledgedBy, name: acknowledgedByName ?? 'Somebody' } : null }
}

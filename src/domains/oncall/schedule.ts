// What a schedule is: layers of rotations, their hours, and the overrides on top. Plain data, parsed once; who is on call is computed
// from it and never stored. Wall times are read in the schedule's zone; every range is half open: [from, to).
import { z } from 'zod'
import { InstantSchema, Temporal, ZoneSchema, type Instant } from '#kernel/time.ts'

/** A person as the directory names them. */
const PersonSchema = z.string().min(1).max(64)
/** `09:30` or `09:30:15`, on a wall clock. */
const TimeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'is not a time of day; write one like 09:30')
/** `2026-11-24T09:00`, on a wall clock: no offset. */
const WallTimeSchema = z.string().refine(isWallTime, 'is not a wall time; write one like 2026-11-24T09:00, without an offset')

/** The days of the week, Monday first. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const WeekdaySchema = z.enum(weekdays)

/** Whose turn it is: handoffs at anchor + k × length units on the wall clock, also for negative k; turn k is participant k mod n's. */
export const RotationSchema = z.strictObject({
  unit: z.enum(['hour', 'day', 'week', 'month']),
  length: z.int().min(1).max(9000),
  /** The wall time of a handoff to the first participant. A month that lacks its day runs over into the next. */
  anchor: WallTimeSchema,
  /** In order of their turns; null is a turn that nobody has. */
  participants: z.array(PersonSchema.nullable()).min(1).max(200),
})

const hours = { from: TimeOfDaySchema, to: TimeOfDaySchema }
/** Hours in which a layer has somebody. A window belongs to the day on which it starts; `to` not after `from` ends it on the next day. */
const WindowSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('daily'), ...hours }),
  z.strictObject({ kind: z.literal('weekdays'), days: z.array(WeekdaySchema).min(1).max(7), ...hours }),
  z.strictObject({ kind: z.literal('month-days'), days: z.array(z.int().min(1).max(31)).min(1).max(31), ...hours }),
  z.strictObject({
    kind: z.literal('time-of-week'),
    fromDay: WeekdaySchema,
    from: TimeOfDaySchema,
    toDay: WeekdaySchema,
    to: TimeOfDaySchema,
  }),
])

export const LayerSchema = z
  .strictObject({
    /** Unique in its schedule; sentences and shifts name the layer by it. */
    name: z.string().min(1).max(120),
    rotation: RotationSchema,
    /** Only in these windows; the rotation goes on turning outside them. Absent: always. */
    windows: z.array(WindowSchema).min(1).max(50).optional(),
    from: InstantSchema.optional(),
    until: InstantSchema.optional(),
    /** Stands beside the layer before it instead of hiding it (a shadow, a second person). Means nothing in a union. */
    beside: z.boolean().default(false),
  })
  .refine((layer) => !layer.from || !layer.until || layer.from < layer.until, { path: ['until'], message: 'must be later than from' })

const overrideFields = {
  id: z.string().min(1).max(64),
  from: InstantSchema,
  to: InstantSchema,
  /** Who made it, by id. */
  by: z.string().min(1).max(64),
  why: z.string().max(500).default(''),
}
/** A change of the layers' answer for a while. Overrides apply in the order of the list, which is the order in which they were made. */
export const OverrideSchema = z
  .discriminatedUnion('kind', [
    /** Where `remove` is on call, `add` is instead. */
    z.object({ kind: z.literal('replace'), remove: PersonSchema, add: PersonSchema, ...overrideFields }),
    z.object({ kind: z.literal('add'), add: PersonSchema, ...overrideFields }),
    z.object({ kind: z.literal('remove'), remove: PersonSchema, ...overrideFields }),
    /** Hides everybody of the layers and of earlier overrides. */
    z.object({ kind: z.literal('takeover'), add: PersonSchema, ...overrideFields }),
    /** A temporary schedule: only its own shifts count, also where they are nobody's. Lies above every other kind. */
    z.object({
      kind: z.literal('period'),
      shifts: z.array(z.object({ person: PersonSchema, from: InstantSchema, to: InstantSchema })).max(500),
      ...overrideFields,
    }),
  ])
  .refine((override) => override.from < override.to, { path: ['to'], message: 'must be later than from' })

export const ScheduleSchema = z.object({
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'may hold small letters, digits and hyphens'),
  name: z.string().min(1).max(120),
  zone: ZoneSchema,
  /** priority: of the layers that have somebody only the last counts. union: everybody of every layer is on call. */
  combine: z.enum(['priority', 'union']).default('priority'),
  layers: z
    .array(LayerSchema)
    .max(50)
    .refine((layers) => new Set(layers.map((layer) => layer.name)).size === layers.length, 'two layers have the same name'),
  overrides: z.array(OverrideSchema).default([]),
})

export type Person = z.output<typeof PersonSchema>
export type Weekday = z.output<typeof WeekdaySchema>
export type Rotation = z.output<typeof RotationSchema>
export type Window = z.output<typeof WindowSchema>
export type Layer = z.output<typeof LayerSchema>
export type Override = z.output<typeof OverrideSchema>
export type Schedule = z.output<typeof ScheduleSchema> & {
  /** People who were disabled, and since when: from then on a turn of theirs is nobody's, and what put them on call counts no longer. */
  gone?: ReadonlyMap<Person, Instant>
}
/** A schedule as a person writes it, before defaults. */
export type ScheduleInput = z.input<typeof ScheduleSchema>

function isWallTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return false
  try {
    Temporal.PlainDateTime.from(text, { overflow: 'reject' })
    return true
  } catch {
    return false
  }
}

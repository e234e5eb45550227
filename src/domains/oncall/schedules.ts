// Commands and queries about schedules: what they say, who is on call when, where nobody is.
import { z } from 'zod'
import type { TeamId } from '#kernel/actor.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { AppError, missing, refuse } from '#kernel/errors.ts'
import { namedBy } from '#kernel/naming.ts'
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, InstantOut, InstantSchema, secondsBetween, ZoneSchema, type Instant } from '#kernel/time.ts'
import { done, Done, findTeam, Name, Slug } from '#domains/directory/index.ts'
import { handlesIn, readPeople } from './book.ts'
import { scheduleChanged } from './events.ts'
import { finalShifts, gaps, layerShifts } from './final-schedule.ts'
import { quality } from './quality.ts'
import { LayerSchema, type Layer } from './schedule.ts'
import * as store from './schedule-store.ts'
import { OverrideView, overrideView, PersonView, personView, ScheduleView, scheduleView, ShiftView, Span } from './views.ts'

const longestSeconds = 400 * 86_400
const Layers = z
  .array(LayerSchema)
  .max(50)
  .refine((layers) => new Set(layers.map((layer) => layer.name)).size === layers.length, 'two layers have the same name')
const Key = z.string().max(60)

export const listSchedules = defineQuery({
  name: 'oncall.listSchedules',
  summary: 'List schedules',
  http: 'GET /schedules',
  needs: 'oncall:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ items: z.array(ScheduleView) }),
  examples: [{}],
  run: async ({ scope }) => ({ items: (await store.listSchedules(scope)).map(scheduleView) }),
})

export const getSchedule = defineQuery({
  name: 'oncall.getSchedule',
  summary: 'Show one schedule',
  http: 'GET /schedules/{schedule}',
  needs: 'oncall:read',
  on: ({ schedule }) => ({ schedule }),
  input: z.strictObject({ schedule: Key }),
  output: ScheduleView,
  examples: [{ schedule: 'payments' }],
  async run({ scope }, { schedule: key }) {
    const schedule = await store.findSchedule(scope, key)
    if (!schedule) throw missing('schedule')
    return scheduleView(schedule)
  },
})

const MonthView = z
  .object({
    schedule: ScheduleView,
    final: z.array(ShiftView),
    layers: z.array(z.object({ layer: z.string(), shifts: z.array(z.object({ person: PersonView, from: InstantOut, to: InstantOut })) })),
    overrides: z.array(OverrideView),
    gaps: z.array(Span),
  })
  .meta({ id: 'ScheduleRange' })

/** Everything to draw one schedule over a range. */
async function rangeOf(scope: Scope, schedule: store.ScheduleRow, from: Instant, to: Instant): Promise<z.input<typeof MonthView>> {
  const people = await readPeople(scope, handlesIn(schedule))
  const name = (handle: string) => people[handle]?.name ?? handle
  return {
    schedule: scheduleView(schedule),
    final: finalShifts(schedule, from, to, name).map((shift) => ({ ...shift, person: personView(people, shift.person) })),
    layers: layerShifts(schedule, from, to).map(({ layer, shifts }) => ({
      layer,
      shifts: shifts.map((shift) => ({ ...shift, person: personView(people, shift.person) })),
    })),
    overrides: schedule.overrides
      .filter((override) => override.from < to && override.to > from)
      .map((override) => overrideView(people, override)),
    gaps: gaps(schedule, from, to),
  }
}

const Range = { from: InstantSchema, to: InstantSchema }
function checkRange(from: Instant, to: Instant): void {
  if (from >= to) throw new AppError('invalid-input', 'to has to be later than from.')
  if (secondsBetween(from, to) > longestSeconds) throw new AppError('invalid-input', 'Ask for at most 400 days at once.')
}
const exampleRange = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }

export const finalSchedule = defineQuery({
  name: 'oncall.finalSchedule',
  summary: 'Who is on call when in one schedule: final shifts, layers, overrides, gaps',
  http: 'GET /schedules/{schedule}/shifts',
  needs: 'oncall:read',
  on: ({ schedule }) => ({ schedule }),
  input: z.strictObject({ schedule: Key, ...Range }),
  output: MonthView,
  examples: [{ schedule: 'payments', ...exampleRange }],
  async run({ scope }, { schedule: key, from, to }) {
    checkRange(from, to)
    const schedule = await store.findSchedule(scope, key, from)
    if (!schedule) throw missing('schedule')
    return rangeOf(scope, schedule, from, to)
  },
})

/** Of all schedules together: some 20 MB. */
const mostShifts = 50_000

export const finalSchedules = defineQuery({
  name: 'oncall.finalSchedules',
  summary: 'The same for every schedule, up to 50,000 shifts',
  http: 'GET /on-call/shifts',
  needs: 'oncall:read',
  on: 'organisation',
  input: z.strictObject(Range),
  output: z.object({ items: z.array(MonthView) }),
  examples: [exampleRange],
  async run({ scope }, { from, to }) {
    checkRange(from, to)
    const items: z.input<typeof MonthView>[] = []
    let shifts = 0
    for (const schedule of await store.listSchedules(scope, from)) {
      const range = await rangeOf(scope, schedule, from, to)
      shifts += range.final.length
      if (shifts > mostShifts)
        throw new AppError('invalid-input', `More than ${mostShifts} shifts lie there. Ask for fewer days, or for one schedule.`)
      items.push(range)
    }
    return { items }
  },
})

export const scheduleQuality = defineQuery({
  name: 'oncall.quality',
  summary: 'How good a schedule was over the last 90 days and is over the next 30: gaps, fair shares',
  http: 'GET /schedules/{schedule}/quality',
  needs: 'oncall:read',
  on: ({ schedule }) => ({ schedule }),
  input: z.strictObject({ schedule: Key }),
  output: z.object({
    reason: z.string(),
    gaps: z.array(Span),
    coverage: z.number(),
    from: InstantOut,
    to: InstantOut,
    shares: z.array(
      z.object({
        person: PersonView,
        shifts: z.number(),
        seconds: z.number(),
        nightSeconds: z.number(),
        weekendSeconds: z.number(),
        share: z.number(),
        load: z.number().nullable(),
      }),
    ),
  }),
  examples: [{ schedule: 'payments' }],
  async run({ scope, now }, { schedule: key }) {
    const [from, to] = [addSeconds(now, -90 * 86_400), now]
    const schedule = await store.findSchedule(scope, key, from)
    if (!schedule) throw missing('schedule')
    const people = await readPeople(scope, handlesIn(schedule))
    const nameOf = (handle: string) => people[handle]?.name ?? handle
    const past = quality(schedule, from, to, { nameOf, zoneOf: (handle) => people[handle]?.zone ?? schedule.zone })
    const ahead = gaps(schedule, now, addSeconds(now, 30 * 86_400))
    return {
      reason: past.reason,
      gaps: ahead,
      coverage: past.coverage,
      from,
      to,
      shares: past.shares.map((share) => ({ ...share, person: personView(people, share.person) })),
    }
  },
})

const fields = { name: Name, team: Slug.nullable(), zone: ZoneSchema, combine: z.enum(['priority', 'union']), layers: Layers }

export const addSchedule = defineCommand({
  name: 'oncall.addSchedule',
  summary: 'Add a schedule',
  http: 'POST /schedules',
  status: 201,
  needs: 'oncall:configure',
  on: ({ team }) => (team ? { team } : ({} as Record<string, string>)),
  input: z.strictObject({
    slug: Slug,
    name: fields.name,
    team: fields.team.default(null),
    zone: fields.zone,
    combine: fields.combine.default('priority'),
    layers: fields.layers.default([]),
  }),
  output: ScheduleView,
  examples: [
    {
      slug: 'payments',
      name: 'Payments',
      zone: 'Europe/Berlin',
      layers: [{ name: 'Weekly', rotation: { unit: 'week', length: 1, anchor: '2026-11-02T09:00', participants: ['mara', 'tunde'] } }],
    },
  ],
  async run({ scope, emit, newId }, { slug, team, ...content }) {
    await checkPeople(scope, content.layers)
    const id = newId('sch')
    const isNew = await store.insertSchedule(scope, id, slug, { ...content, teamId: await teamIdOf(scope, team) })
    if (!isNew) return refuse(`There is already a schedule ${slug}.`)
    await emit(scheduleChanged, { scheduleId: id, what: 'added', slug })
    return scheduleView((await store.findSchedule(scope, id))!)
  },
})

export const changeSchedule = defineCommand({
  name: 'oncall.changeSchedule',
  summary: 'Change a schedule',
  http: 'PATCH /schedules/{schedule}',
  needs: 'oncall:configure',
  on: ({ schedule, team }) => ({ schedule, ...(team ? { team } : {}) }),
  input: z.strictObject({ schedule: Key, ...z.strictObject(fields).partial().shape }),
  output: ScheduleView,
  examples: [{ schedule: 'payments', name: 'Payments' }],
  async run({ scope, emit }, { schedule: key, team, ...changes }) {
    await store.lockSchedule(scope, key)
    const schedule = await store.findSchedule(scope, key)
    if (!schedule) throw missing('schedule')
    const { id, slug, name, zone, combine, layers } = schedule
    const content = {
      name,
      zone,
      combine,
      layers,
      ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
      teamId: team === undefined ? (schedule.team?.id ?? null) : await teamIdOf(scope, team),
    }
    await checkPeople(scope, content.layers)
    await store.saveSchedule(scope, id, content)
    await emit(scheduleChanged, { scheduleId: id, what: 'changed', slug })
    return scheduleView((await store.findSchedule(scope, id))!)
  },
})

export const removeSchedule = defineCommand({
  name: 'oncall.removeSchedule',
  summary: 'Remove a schedule that no policy names',
  http: 'DELETE /schedules/{schedule}',
  needs: 'oncall:configure',
  on: ({ schedule }) => ({ schedule }),
  input: z.strictObject({ schedule: Key }),
  output: Done,
  examples: [{ schedule: 'payments' }],
  async run(context, { schedule: key }) {
    const { scope, emit } = context
    const schedule = await store.findSchedule(scope, key)
    if (!schedule) throw missing('schedule')
    const naming = await namedBy(context, 'schedule', schedule.slug, 'page it')
    if (naming !== undefined) return refuse(naming)
    await store.deleteSchedule(scope, schedule.id)
    await emit(scheduleChanged, { scheduleId: schedule.id, what: 'removed', slug: schedule.slug })
    return done
  },
})

/** Throws AppError 'missing' for a team that the scope does not see. */
export async function teamIdOf(scope: Scope, slug: string | null): Promise<TeamId | null> {
  if (slug === null) return null
  const team = await findTeam(scope, slug)
  if (!team) throw missing('team')
  return team.id
}

/** Throws AppError 'bad-configuration' with the place of everybody who is not there. */
async function checkPeople(scope: Scope, layers: readonly Layer[]): Promise<void> {
  const known = await readPeople(
    scope,
    layers.flatMap((layer) => layer.rotation.participants.filter((person) => person !== null)),
  )
  const faults = layers.flatMap((layer, l) =>
    layer.rotation.participants.flatMap((handle, p) =>
      handle === null || known[handle]
        ? []
        : [{ path: `/layers/${l}/rotation/participants/${p}`, message: `there is no person ${handle}` }],
    ),
  )
  if (faults.length > 0)
    throw new AppError('bad-configuration', `${faults[0]!.message.charAt(0).toUpperCase()}${faults[0]!.message.slice(1)}.`, { faults })
}

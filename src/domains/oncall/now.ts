// Who is on call now and next, with the reason; everywhere, and for oneself.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import { defineQuery } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, InstantOut, InstantSchema, type Instant } from '#kernel/time.ts'
import { findUser } from '#domains/directory/index.ts'
import { howReached, type HowReached } from '#domains/notifications/index.ts'
import { handlesIn, readPeople } from './book.ts'
import { finalShifts, gaps, nextChange, onCallAt, personShifts } from './final-schedule.ts'
import type { Book } from './level.ts'
import * as store from './schedule-store.ts'
import { PersonView, personView, ScheduleView, scheduleView, Span } from './views.ts'

const horizonSeconds = 90 * 86_400

const OnCall = z.object({ person: PersonView, reason: z.string(), reached: z.string(), channels: z.array(z.string()) })
const NowView = z
  .object({
    schedule: ScheduleView,
    at: InstantOut,
    people: z.array(OnCall),
    reason: z.string(),
    until: InstantOut.nullable(),
    next: z.array(PersonView),
    nextReason: z.string().nullable(),
    gap: Span.nullable(),
  })
  .meta({ id: 'OnCallNow' })

/** Who is on call in a schedule at a moment, and what comes after. Times are in the schedule's zone where sentences name them. */
async function nowOf(scope: Scope, schedule: store.ScheduleRow, at: Instant): Promise<z.input<typeof NowView>> {
  const people = await readPeople(scope, handlesIn(schedule))
  const nameOf = (handle: string) => people[handle]?.name ?? handle
  const current = onCallAt(schedule, at, nameOf)
  const change = nextChange(schedule, at, addSeconds(at, horizonSeconds), nameOf)
  const reached = await howReached(
    scope,
    current.people.flatMap((one) => people[one.person]?.id ?? []),
  )
  const [gap] = gaps(schedule, at, addSeconds(at, 7 * 86_400))
  return {
    schedule: scheduleView(schedule),
    at,
    reason: current.reason,
    people: current.people.map(({ person, reason }) => ({
      person: personView(people, person),
      reason,
      ...howOne(people, person, reached),
    })),
    until: change?.at ?? null,
    next: (change?.people ?? []).map((handle) => personView(people, handle)),
    nextReason: change?.reason ?? null,
    gap: gap ?? null,
  }
}

const howOne = (people: Book['people'], handle: string, reached: Map<string, HowReached>): { reached: string; channels: string[] } => {
  const person = people[handle]
  if (!person || person.disabled) return { reached: 'cannot be reached: there is no such person any more', channels: [] }
  const { words, channels } = reached.get(person.id) ?? { words: 'cannot be reached', channels: [] }
  return { reached: words, channels }
}

export const onCallNow = defineQuery({
  name: 'oncall.now',
  summary: 'Who is on call everywhere, until when, who is next, and why',
  http: 'GET /on-call',
  needs: 'oncall:read',
  on: 'organisation',
  input: z.strictObject({ at: InstantSchema.optional() }),
  output: z.object({ items: z.array(NowView) }),
  examples: [{}],
  async run({ scope, now }, { at = now }) {
    const items: z.input<typeof NowView>[] = []
    for (const schedule of await store.listSchedules(scope, at)) items.push(await nowOf(scope, schedule, at))
    return { items }
  },
})

export const onCallOfSchedule = defineQuery({
  name: 'oncall.who',
  summary: 'Who is on call in one schedule, at a moment',
  http: 'GET /schedules/{schedule}/on-call',
  needs: 'oncall:read',
  on: ({ schedule }) => ({ schedule }),
  input: z.strictObject({ schedule: z.string().max(60), at: InstantSchema.optional() }),
  output: NowView,
  examples: [{ schedule: 'payments' }],
  async run({ scope, now }, { schedule: key, at = now }) {
    const schedule = await store.findSchedule(scope, key, at)
    if (!schedule) throw missing('schedule')
    return nowOf(scope, schedule, at)
  },
})

const MyShift = z.object({ schedule: z.object({ slug: z.string(), name: z.string(), zone: z.string() }), from: InstantOut, to: InstantOut })

export const myShifts = defineQuery({
  name: 'oncall.myShifts',
  summary: 'When you are on call, 60 days ahead',
  http: 'GET /me/shifts',
  needs: 'signed-in',
  on: 'own',
  input: z.strictObject({}),
  output: z.object({ items: z.array(MyShift) }),
  examples: [{}],
  async run({ scope, actor, now }) {
    const id = personOf(actor)
    const user = id && (await findUser(scope, id))
    if (!user) throw missing('person')
    // From before now: a shift that runs began when it began, and not when somebody asked.
    const from = addSeconds(now, -32 * 86_400)
    const to = addSeconds(now, 60 * 86_400)
    const shifts = (await store.listSchedules(scope, from)).flatMap(({ slug, name, zone, ...schedule }) =>
      personShifts(finalShifts({ slug, name, zone, ...schedule }, from, to).filter((shift) => shift.person === user.handle))
        .filter((shift) => shift.to > now)
        .map((shift) => ({ schedule: { slug, name, zone }, from: shift.from, to: shift.to })),
    )
    return { items: shifts.sort((a, b) => (a.from < b.from ? -1 : 1)) }
  },
})

/** Who is on call in a schedule at a moment, as the scope sees it; undefined when it sees no such schedule. */
export async function whoIsOnCall(scope: Scope, slug: string, at: Instant) {
  const schedule = await store.findSchedule(scope, slug, at)
  if (!schedule) return undefined
  const people = await readPeople(scope, handlesIn(schedule))
  const { people: on, reason } = onCallAt(schedule, at, (handle) => people[handle]?.name ?? handle)
  return {
    reason,
    people: on.flatMap((one) =>
      people[one.person] && !people[one.person]!.disabled ? [{ ...people[one.person]!, reason: one.reason }] : [],
    ),
  }
}

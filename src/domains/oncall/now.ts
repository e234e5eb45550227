// Who is on call now and next, with the reason; everywhere, and for oneself.
import { z } from 'zod'
import { personOf } from '#kernel/actor.ts'
import { defineQuery } from '#kernel/define.ts'
import { AppError, missing } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, InstantOut, InstantSchema, type Instant } from '#kernel/time.ts'
import { findUser } from '#domains/directory/index.ts'
import { howReached, type HowReached } from '#domains/notifications/index.ts'
import { handlesIn, readPeople } from './book.ts'
import { finalShifts, onCallAt, outlookAt, personShifts } from './final-schedule.ts'
import type { Book } from './level.ts'
import * as store from './schedule-store.ts'
import { PersonView, personView, ScheduleView, scheduleView, Span } from './views.ts'

const horizonSeconds = 90 * 86_400
const gapSeconds = 7 * 86_400

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

/**
 * Who is on call in each of these schedules at a moment, and what comes after. Times are in the schedule's zone where sentences name them. Whom they name
 * is read at once, however many they are.
 */
async function nowOf(scope: Scope, schedules: readonly store.ScheduleRow[], at: Instant): Promise<z.input<typeof NowView>[]> {
  const people = await readPeople(scope, new Set(schedules.flatMap(handlesIn)))
  const nameOf = (handle: string) => people[handle]?.name ?? handle
  const reach = { near: addSeconds(at, gapSeconds), horizon: addSeconds(at, horizonSeconds) }
  const outlooks = schedules.map((schedule) => ({ schedule, ...outlookAt(schedule, at, reach, nameOf) }))
  const onCall = new Set(outlooks.flatMap((one) => one.people.flatMap(({ person }) => people[person]?.id ?? [])))
  const reached = await howReached(scope, [...onCall])
  return outlooks.map(({ schedule, people: on, reason, change, gap }) => ({
    schedule: scheduleView(schedule),
    at,
    reason,
    people: on.map((one) => ({ person: personView(people, one.person), reason: one.reason, ...howOne(people, one.person, reached) })),
    until: change?.at ?? null,
    next: (change?.people ?? []).map((handle) => personView(people, handle)),
    nextReason: change?.reason ?? null,
    gap,
  }))
}

/** What comes after it is answered too, and times end with the year 9999. */
function checkMoment(at: Instant): void {
  if (at >= '9999') throw new AppError('invalid-input', 'Ask about a time before the year 9999.')
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
    checkMoment(at)
    return { items: await nowOf(scope, await store.listSchedules(scope, at), at) }
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
    checkMoment(at)
    const schedule = await store.findSchedule(scope, key, at)
    if (!schedule) throw missing('schedule')
    return (await nowOf(scope, [schedule], at))[0]!
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
    // To look at every shift of every schedule would take the node's thread for longer, the larger the organisation, whenever somebody opens Home.
    const own = (await store.listSchedules(scope, from)).filter((schedule) => handlesIn(schedule).includes(user.handle))
    const shifts = own.flatMap(({ slug, name, zone, ...schedule }) =>
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

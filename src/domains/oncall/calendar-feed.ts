// Shifts as a calendar that any program subscribes to, under a signed address that can be revoked. It shows what its maker may see now, and
// nothing once they may not. A calendar program knows an event again by its UID: the range is cut at months, so that the cuts move seldom.
import { may, type Actor } from '#kernel/actor.ts'
import { definePage } from '#kernel/define.ts'
import type { PageAnswer } from '#kernel/page.ts'
import { instant, type Instant } from '#kernel/time.ts'
import { findUser, rightsOfUser } from '#domains/directory/index.ts'
import { handlesIn, readPeople } from './book.ts'
import { linkIdOf } from './calendar-links.ts'
import { findLink } from './calendar-store.ts'
import { personCalendar, scheduleCalendar } from './ical.ts'
import * as store from './schedule-store.ts'

const nothing: PageAnswer = { status: 404, body: 'There is no such calendar.\n', contentType: 'text/plain; charset=utf-8' }

export const calendarFeed = definePage({
  http: 'GET /oncall/ical/{file}',
  async run({ scope, signer, now, publicUrl }, { params }) {
    const id = linkIdOf(signer, params['file'] ?? '')
    const link = id && (await findLink(scope, id))
    const user = link && (await findUser(scope, link.userId))
    const rights = link && (await rightsOfUser(scope, link.userId))
    if (!link || !user || !rights) return nothing
    const actor: Actor = { kind: 'link', userId: link.userId, linkId: link.id, rights }
    const seen = { ...scope, actor }
    const { from, to } = monthsAround(now)
    const options = { from, to, now, linkOf: ({ slug }: { slug: string }) => `${publicUrl}/oncall/schedules/${slug}` }
    if (link.scheduleId === null) {
      const schedules = await store.listSchedules(seen, from)
      const nameOf = await namesOf(scope, schedules)
      return answer(personCalendar(user.handle, schedules, { ...options, nameOf }))
    }
    const schedule = await store.findSchedule(seen, link.scheduleId, from)
    if (!schedule || !may(actor, 'oncall:read', schedule.team?.id ?? null)) return nothing
    return answer(scheduleCalendar(schedule, { ...options, nameOf: await namesOf(scope, [schedule]) }))
  },
})

/** From the first of the month before last to the first of the fourth month ahead, in UTC. */
export function monthsAround(now: Instant): { from: Instant; to: Instant } {
  const [year, month] = [Number(now.slice(0, 4)), Number(now.slice(5, 7)) - 1]
  const first = (count: number) => instant(new Date(Date.UTC(year, month + count, 1)).toISOString())
  return { from: first(-2), to: first(4) }
}

async function namesOf(
  scope: Parameters<typeof readPeople>[0],
  schedules: readonly store.ScheduleRow[],
): Promise<(handle: string) => string> {
  const people = await readPeople(scope, schedules.flatMap(handlesIn))
  return (handle) => people[handle]?.name ?? handle
}

const answer = (body: string): PageAnswer => ({ status: 200, body, contentType: 'text/calendar; charset=utf-8' })

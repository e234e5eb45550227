// Every statement on calendar links: the addresses under which a person's shifts, or a schedule's, are read. One that lives per person and subject.
import type { UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { CalendarLinkId, ScheduleId } from './events.ts'

/** `scheduleId` is null for a person's own shifts in every schedule. */
export type CalendarLinkRow = {
  id: CalendarLinkId
  userId: UserId
  scheduleId: ScheduleId | null
  schedule: { slug: string; name: string } | null
  madeAt: Instant
}

const columns = sql`l.id, l.user_id as "userId", l.schedule_id as "scheduleId", l.made_at as "madeAt",
  case when s.id is null then null else json_build_object('slug', s.slug, 'name', s.name) end as schedule`
const living = sql`from calendar_links l left join schedules s on s.id = l.schedule_id where l.revoked_at is null`

/** Links that were not revoked, oldest first. */
export const linksOf = (scope: Scope, userId: UserId): Promise<CalendarLinkRow[]> =>
  scope.query(sql`select ${columns} ${living} and l.user_id = ${userId} order by l.id`)
/** Undefined also when it was revoked. */
export const findLink = (scope: Scope, id: string): Promise<CalendarLinkRow | undefined> =>
  scope.first(sql`select ${columns} ${living} and l.id = ${id}`)
/** Makes one, unless that person has one for that subject: then nothing changes. */
export const insertLink = async (scope: Scope, id: CalendarLinkId, userId: UserId, scheduleId: ScheduleId | null): Promise<boolean> =>
  (
    await scope.query(sql`insert into calendar_links (id, user_id, schedule_id, made_at) values (${id}, ${userId}, ${scheduleId}, ${scope.now})
      on conflict do nothing returning id`)
  ).length === 1
/** True when it was still there. */
export const revokeLink = async (scope: Scope, id: CalendarLinkId, userId: UserId): Promise<boolean> =>
  (
    await scope.query(sql`update calendar_links set revoked_at = ${scope.now} where id = ${id} and user_id = ${userId} and revoked_at is null
      returning id`)
  ).length === 1

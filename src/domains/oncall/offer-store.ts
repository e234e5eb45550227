// Every statement on offers of shifts. An offer waits until it is answered, or until its shift is over.
import type { TeamId, UserId } from '#kernel/actor.ts'
import { visible, type Scope } from '#kernel/scope.ts'
import { sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { OfferId, OverrideId, ScheduleId } from './events.ts'

type OfferPerson = { id: UserId; handle: string; name: string }
export type OfferRow = {
  id: OfferId
  schedule: { id: ScheduleId; slug: string; name: string; zone: string }
  teamId: TeamId | null
  offeredBy: OfferPerson
  offeredTo: OfferPerson
  from: Instant
  to: Instant
  why: string
  state: 'waiting' | 'accepted' | 'declined' | 'withdrawn'
  madeAt: Instant
}

const person = (alias: Sql): Sql => sql`json_build_object('id', ${alias}.id, 'handle', ${alias}.handle, 'name', ${alias}.name)`
const offers = (where: Sql): Sql => sql`
  select o.id, json_build_object('id', s.id, 'slug', s.slug, 'name', s.name, 'zone', s.zone) as schedule, s.team_id as "teamId",
    ${person(sql`gives`)} as "offeredBy", ${person(sql`takes`)} as "offeredTo", o.starts_at as "from", o.ends_at as "to", o.why, o.state, o.made_at as "madeAt"
  from shift_offers o join schedules s on s.id = o.schedule_id join users gives on gives.id = o.offered_by join users takes on takes.id = o.offered_to
  where ${where}`

/** Offers that wait and can still be taken: one's own, and those of schedules that the scope sees. */
export const waitingOffers = (scope: Scope, userId: UserId): Promise<OfferRow[]> =>
  scope.query(
    offers(sql`o.state = 'waiting' and o.ends_at > ${scope.now} and (${userId} in (o.offered_by, o.offered_to) or ${visible(scope, sql`s.team_id`)})
      order by o.starts_at, o.id`),
  )
/** One by its id, held until the transaction ends: only for its two people. */
export const lockOffer = async (scope: Scope, id: OfferId, userId: UserId): Promise<OfferRow | undefined> => {
  await scope.query(sql`select 1 from shift_offers where id = ${id} for update`)
  return scope.first(offers(sql`o.id = ${id} and ${userId} in (o.offered_by, o.offered_to)`))
}
export const insertOffer = (
  scope: Scope,
  offer: { id: OfferId; scheduleId: ScheduleId; offeredBy: UserId; offeredTo: UserId; from: Instant; to: Instant; why: string },
): Promise<unknown[]> =>
  scope.query(sql`insert into shift_offers (id, schedule_id, offered_by, offered_to, starts_at, ends_at, why, state, made_at)
    values (${offer.id}, ${offer.scheduleId}, ${offer.offeredBy}, ${offer.offeredTo}, ${offer.from}, ${offer.to}, ${offer.why}, 'waiting', ${scope.now})`)
export const saveAnswer = (scope: Scope, id: OfferId, state: OfferRow['state'], overrideId: OverrideId | null): Promise<unknown[]> =>
  scope.query(sql`update shift_offers set state = ${state}, answered_at = ${scope.now}, override_id = ${overrideId} where id = ${id}`)

// Every statement on reviews, their sections and action items. They are seen by whoever sees the incident, which the caller has found.
import type { UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import { allOf, json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'

export type ReviewId = Id<'rev'>
type ActionItemId = Id<'act'>
/** `dueOn` is a date: `2026-11-30`. */
export type Review = {
  id: ReviewId
  incidentId: Id<'inc'>
  ownerId: UserId | null
  dueOn: string
  openedAt: Instant
  publishedAt: Instant | null
  publishedBy: string | null
}
export type StoredSection = {
  id: string
  title: string
  prompt: string
  required: boolean
  text: string
  changedBy: string | null
  changedAt: Instant | null
}
export type StoredAction = {
  id: ActionItemId
  reviewId: ReviewId
  incidentId: Id<'inc'>
  title: string
  ownerId: UserId | null
  dueOn: string | null
  doneAt: Instant | null
  doneBy: string | null
  createdAt: Instant
}

const reviewColumns = sql`reviews.id, reviews.incident_id as "incidentId", reviews.owner_id as "ownerId", reviews.due_on as "dueOn",
  reviews.opened_at as "openedAt", reviews.published_at as "publishedAt", reviews.published_by as "publishedBy"`
const actionColumns = sql`action_items.id, review_id as "reviewId", reviews.incident_id as "incidentId", action_items.title, action_items.owner_id as "ownerId",
  action_items.due_on as "dueOn", done_at as "doneAt", done_by as "doneBy", created_at as "createdAt"`

/** False when the incident has one already. */
export const insertReview = async (scope: Scope, review: Pick<Review, 'id' | 'incidentId' | 'ownerId' | 'dueOn'>): Promise<boolean> =>
  (
    await scope.query(sql`insert into reviews (id, incident_id, owner_id, due_on, opened_at) values (${review.id}, ${review.incidentId}, ${review.ownerId}, ${review.dueOn}, ${scope.now})
    on conflict (incident_id) do nothing returning id`)
  ).length === 1
export const saveReview = (scope: Scope, review: Pick<Review, 'id' | 'ownerId' | 'dueOn' | 'publishedAt' | 'publishedBy'>) =>
  scope.query(
    sql`update reviews set owner_id = ${review.ownerId}, due_on = ${review.dueOn}, published_at = ${review.publishedAt}, published_by = ${review.publishedBy} where id = ${review.id}`,
  )
export const findReview = (scope: Scope, incidentId: string) =>
  scope.first<Review>(sql`select ${reviewColumns} from reviews where incident_id = ${incidentId}`)
export const lockReview = (scope: Scope, incidentId: string) =>
  scope.first<Review>(sql`select ${reviewColumns} from reviews where incident_id = ${incidentId} for update`)
/** Drafts by their due date, then the published ones, newest first. */
export const listReviews = (
  scope: Scope,
  filter: { published: boolean | undefined; ownerId: UserId | undefined; offset: number; limit: number },
) =>
  scope.query<Review>(
    sql`select ${reviewColumns} from reviews where ${allOf([
      ...(filter.published === undefined ? [] : [filter.published ? sql`published_at is not null` : sql`published_at is null`]),
      ...(filter.ownerId ? [sql`owner_id = ${filter.ownerId}`] : []),
    ])} order by published_at is not null, case when published_at is null then due_on end, published_at desc, id desc limit ${filter.limit} offset ${filter.offset}`,
  )

export const insertSections = (
  scope: Scope,
  reviewId: ReviewId,
  sections: readonly Pick<StoredSection, 'id' | 'title' | 'prompt' | 'required'>[],
) => {
  const rows = sections.map((section, position) => ({ ...section, position }))
  return scope.query(sql`insert into review_sections (review_id, id, position, title, prompt, required)
    select ${reviewId}, id, position, title, prompt, required from json_to_recordset(${json(rows)}::json) as row (id text, position int, title text, prompt text, required boolean)`)
}
export const sectionsOf = (scope: Scope, reviewIds: readonly string[]) =>
  scope.query<
    StoredSection & { reviewId: ReviewId }
  >(sql`select review_id as "reviewId", id, title, prompt, required, text, changed_by as "changedBy", changed_at as "changedAt"
    from review_sections where review_id = any(${reviewIds}::text[]) order by review_id, position`)
export const saveSection = (scope: Scope, reviewId: ReviewId, id: string, text: string, changedBy: string) =>
  scope.query(
    sql`update review_sections set text = ${text}, changed_by = ${changedBy}, changed_at = ${scope.now} where review_id = ${reviewId} and id = ${id}`,
  )

const actions = (scope: Scope, where: Sql, most: number | null = null) =>
  scope.query<StoredAction>(sql`select ${actionColumns} from action_items join reviews on reviews.id = review_id where ${where}
    order by done_at is not null, action_items.due_on nulls last, action_items.id limit ${most}`)
export const actionsOf = (scope: Scope, reviewIds: readonly string[]) => actions(scope, sql`review_id = any(${reviewIds}::text[])`)
export const findAction = async (scope: Scope, id: string) => (await actions(scope, sql`action_items.id = ${id}`))[0]
export const findActions = (scope: Scope, ids: readonly string[]) => actions(scope, sql`action_items.id = any(${ids}::text[])`)
/** The most urgent 500. */
export const listActions = (scope: Scope, filter: { ownerId: UserId | undefined; done: boolean | undefined }) =>
  actions(
    scope,
    allOf([
      ...(filter.ownerId ? [sql`action_items.owner_id = ${filter.ownerId}`] : []),
      ...(filter.done === undefined ? [] : [filter.done ? sql`done_at is not null` : sql`done_at is null`]),
    ]),
    500,
  )
export const insertAction = (scope: Scope, action: Pick<StoredAction, 'id' | 'reviewId' | 'title' | 'ownerId' | 'dueOn'>) =>
  scope.query(sql`insert into action_items (id, review_id, title, owner_id, due_on, created_at)
    values (${action.id}, ${action.reviewId}, ${action.title}, ${action.ownerId}, ${action.dueOn}, ${scope.now})`)
export const saveAction = (scope: Scope, action: Pick<StoredAction, 'id' | 'title' | 'ownerId' | 'dueOn' | 'doneAt' | 'doneBy'>) =>
  scope.query(
    sql`update action_items set title = ${action.title}, owner_id = ${action.ownerId}, due_on = ${action.dueOn}, done_at = ${action.doneAt}, done_by = ${action.doneBy} where id = ${action.id}`,
  )

/** Work with an owner and a date that is not done: a review to be written, or an action item. */
export type OpenWork = {
  kind: 'review' | 'action-item'
  id: string
  incidentId: Id<'inc'>
  ownerId: UserId
  /** Who writes the review that it belongs to. */
  writerId: UserId | null
  title: string
  dueOn: string
  remindedOn: string | null
}
/** Of all teams, due on `until` or before, the most urgent first. */
export const openWork = (scope: Scope, until: string) =>
  scope.query<OpenWork>(sql`select * from (
      select 'review' as kind, id, incident_id as "incidentId", owner_id as "ownerId", owner_id as "writerId", '' as title, due_on as "dueOn", reminded_on as "remindedOn"
        from reviews where published_at is null and owner_id is not null and due_on <= ${until}
      union all select 'action-item', action_items.id, incident_id, action_items.owner_id, reviews.owner_id, title, action_items.due_on, action_items.reminded_on
        from action_items join reviews on reviews.id = review_id
        where done_at is null and action_items.owner_id is not null and action_items.due_on <= ${until}
    ) as work order by "dueOn", id limit 1000`)
export const saveReminded = (scope: Scope, { kind, id }: Pick<OpenWork, 'kind' | 'id'>, day: string) =>
  kind === 'review'
    ? scope.query(sql`update reviews set reminded_on = ${day} where id = ${id}`)
    : scope.query(sql`update action_items set reminded_on = ${day} where id = ${id}`)

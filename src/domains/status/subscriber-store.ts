// Every statement on subscribers, on who asked to become one, and on the mails of an update.
import type { UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import { hashOfToken } from '#platform/secrets/token.ts'

export type SubscriberId = Id<'sub'>
/** `…Sealed` are the secrets of its two links under the master key; they are found by their hashes. */
export type Subscriber = {
  id: SubscriberId
  pageId: string
  email: string
  userId: UserId | null
  askedAt: Instant
  confirmedAt: Instant | null
  confirmSealed: string
  leaveSealed: string
}
export type NewSubscriber = Omit<Subscriber, 'askedAt'> & { confirmHash: string; leaveHash: string }
export type MailStatus = 'sending' | 'sent' | 'skipped' | 'failed' | 'unknown'

const columns = sql`id, page_id as "pageId", email, user_id as "userId", asked_at as "askedAt", confirmed_at as "confirmedAt",
  confirm_sealed as "confirmSealed", leave_sealed as "leaveSealed"`

export const findSubscriber = (scope: Scope, id: string) =>
  scope.first<Subscriber>(sql`select ${columns} from subscribers where id = ${id}`)
export const findByAddress = (scope: Scope, pageId: string, email: string) =>
  scope.first<Subscriber>(sql`select ${columns} from subscribers where page_id = ${pageId} and email = ${email} for update`)
export const findByConfirmToken = (scope: Scope, token: string) =>
  scope.first<Subscriber>(sql`select ${columns} from subscribers where confirm_hash = ${hashOfToken(token)}`)
export const findByUser = (scope: Scope, userId: UserId) =>
  scope.query<Subscriber>(sql`select ${columns} from subscribers where user_id = ${userId} and confirmed_at is not null`)

/** False when another request was faster with the same address. */
export const insertSubscriber = async (scope: Scope, row: NewSubscriber): Promise<boolean> =>
  (
    await scope.query(sql`insert into subscribers (id, page_id, email, address_hash, user_id, asked_at, confirmed_at, confirm_hash, confirm_sealed, leave_hash, leave_sealed)
    values (${row.id}, ${row.pageId}, ${row.email}, ${hashOfToken(row.email)}, ${row.userId}, ${scope.now}, ${row.confirmedAt}, ${row.confirmHash}, ${row.confirmSealed}, ${row.leaveHash}, ${row.leaveSealed})
    on conflict do nothing returning id`)
  ).length === 1
export const touchAsked = (scope: Scope, id: SubscriberId) =>
  scope.query(sql`update subscribers set asked_at = ${scope.now} where id = ${id}`)
export const confirm = (scope: Scope, id: SubscriberId, userId: UserId | null) =>
  scope.query(sql`update subscribers set confirmed_at = ${scope.now}, user_id = coalesce(${userId}, user_id) where id = ${id}`)
/** The row that this link belongs to is gone afterwards, whether it was there or not. */
export const deleteByLeaveToken = (scope: Scope, token: string) =>
  scope.query<{ id: SubscriberId; pageId: string }>(
    sql`delete from subscribers where leave_hash = ${hashOfToken(token)} returning id, page_id as "pageId"`,
  )
export const deleteByUser = (scope: Scope, pageId: string, userId: UserId) =>
  scope.query<{ id: SubscriberId }>(sql`delete from subscribers where page_id = ${pageId} and user_id = ${userId} returning id`)
/** Of those that are not confirmed: the ones that asked before then, and all but the newest `most`. */
export const deleteUnconfirmed = (scope: Scope, before: Instant, most: number) =>
  scope.query(sql`delete from subscribers where confirmed_at is null and (asked_at < ${before}
    or id in (select id from subscribers where confirmed_at is null order by asked_at desc offset ${most}))`)

/** Confirmed subscribers of these pages, by page. */
export const countByPage = async (scope: Scope, pageIds: readonly string[]): Promise<Map<string, number>> => {
  const rows = await scope.query<{ pageId: string; count: number }>(
    sql`select page_id as "pageId", count(*) as count from subscribers
      where confirmed_at is not null and page_id = any(${[...pageIds]}::text[]) group by page_id`,
  )
  return new Map(rows.map(({ pageId, count }) => [pageId, count]))
}
/** Different confirmed addresses on any of these pages. */
export const countAddresses = async (scope: Scope, pageIds: readonly string[]) =>
  (await scope.first<{ count: number }>(
    sql`select count(distinct email) as count from subscribers where confirmed_at is not null and page_id = any(${pageIds}::text[])`,
  ))!.count

export const insertAsks = (scope: Scope, askedFrom: readonly string[]) =>
  scope.query(
    sql`insert into subscription_asks (asked_from, at) select asked_from, ${scope.now} from unnest(${[...askedFrom]}::text[]) as asked_from`,
  )
export const countAsks = async (scope: Scope, askedFrom: string, since: Instant) =>
  (await scope.first<{ count: number }>(
    sql`select count(*) as count from subscription_asks where asked_from = ${askedFrom} and at > ${since}`,
  ))!.count
export const deleteAsks = (scope: Scope, before: Instant) => scope.query(sql`delete from subscription_asks where at < ${before}`)

/** `isNoted`: for this update. `isBusy`: one of the earlier updates is on its way to it. */
export type Follower = { id: SubscriberId; addressHash: string; isNoted: boolean; isBusy: boolean }
/** The next `most` confirmed subscribers of these pages in the order of their addresses, an address once for each of its pages. */
export const followersAfter = (
  scope: Scope,
  { updateId, earlier, pageIds }: { updateId: string; earlier: readonly string[]; pageIds: readonly string[] },
  after: string,
  most: number,
): Promise<Follower[]> =>
  scope.query<Follower>(sql`select id, address_hash as "addressHash",
      exists (select 1 from update_mails where update_id = ${updateId} and update_mails.address_hash = follower.address_hash) as "isNoted",
      exists (select 1 from update_mails where update_id = any(${earlier}::text[])
        and update_mails.address_hash = follower.address_hash and status = 'sending') as "isBusy"
    from (select nth.id, nth.address_hash from unnest(${pageIds}::text[]) as page (id)
        cross join lateral (select id, address_hash from subscribers where page_id = page.id and confirmed_at is not null and address_hash > ${after}
          order by address_hash limit ${most}) as nth
      order by address_hash, id limit ${most}) as follower
    order by address_hash, id`)
/** How the address of a mail follows the pages of its update now: the way by which it was chosen first. */
export const followedBy = (scope: Scope, updateId: string, subscriberId: string) =>
  scope.query<Subscriber>(sql`select ${columns} from subscribers where confirmed_at is not null
    and address_hash = (select address_hash from update_mails where update_id = ${updateId} and subscriber_id = ${subscriberId})
    and page_id in (select page_id from update_pages where update_id = ${updateId}) order by id <> ${subscriberId}, id`)
/** Notes that these subscribers are being told, so that no address is told twice. */
export const insertMails = (scope: Scope, updateId: string, subscriberIds: readonly string[]) =>
  scope.query(sql`insert into update_mails (update_id, address_hash, subscriber_id, status, reason, at)
    select ${updateId}, address_hash, id, 'sending', 'on its way', ${scope.now} from subscribers where id = any(${subscriberIds}::text[]) on conflict do nothing`)
export const saveMail = (scope: Scope, updateId: string, subscriberId: string, status: MailStatus, reason: string) =>
  scope.query(
    sql`update update_mails set status = ${status}, reason = ${reason}, at = ${scope.now} where update_id = ${updateId} and subscriber_id = ${subscriberId}`,
  )
/** How the mails of these updates went, by status. */
export const mailsOf = (scope: Scope, updateIds: readonly string[]) =>
  scope.query<{
    updateId: string
    status: MailStatus
    count: number
  }>(sql`select update_id as "updateId", status, count(*) as count from update_mails
    where update_id = any(${updateIds}::text[]) group by update_id, status`)

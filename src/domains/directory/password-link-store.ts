// Every statement on the links with which people set a password.
import type { UserId } from '#kernel/actor.ts'
import type { Id } from '#kernel/ids.ts'
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'

export type LinkId = Id<'pwl'>
/** `asked` for by its person, or who says so; an `invitation` to who has no password yet; `sent` to who has one; made at the `machine` that Tocsin runs on. */
export type LinkKind = 'asked' | 'invitation' | 'sent' | 'machine'
/** What made a link void. */
export type LinkEnd = 'use' | 'newer' | 'password' | 'address' | 'disabled'
export type PasswordLink = {
  id: LinkId
  /** Null: it was asked for an address that nobody has. */
  userId: UserId | null
  kind: LinkKind
  expiresAt: Instant
  endedBy: LinkEnd | null
}
type Person = { id: UserId; disabledAt: Instant | null; hasPassword: boolean }
const person = sql`id, disabled_at as "disabledAt", password_hash is not null as "hasPassword"`

/**
 * Of what makes, uses and ends links of one person at once, the second sees what the first did: whoever changes a link has locked its person before, as
 * whoever changes the person has.
 */
export const lockPerson = (scope: Scope, id: UserId) =>
  scope.first<Person>(sql`select ${person} from users where id = ${id} for no key update`)
/** The same, of whoever has this address and is not disabled. */
export const lockPersonAt = (scope: Scope, email: string) =>
  scope.first<Person>(sql`select ${person} from users where email = ${email.toLowerCase()} and disabled_at is null for no key update`)

export const insertLink = (
  scope: Scope,
  link: Omit<PasswordLink, 'endedBy'> & { sentBy: UserId | null; hash: string; tokenSealed: string | null; addressMark: string | null },
) =>
  scope.query(sql`insert into password_links (id, user_id, kind, sent_by, hash, token_sealed, address_mark, created_at, expires_at)
    values (${link.id}, ${link.userId}, ${link.kind}, ${link.sentBy}, ${link.hash}, ${link.tokenSealed}, ${link.addressMark}, ${scope.now}, ${link.expiresAt})`)

/** Makes every link of this person void that was not before. Null: of nobody. */
export const endLinks = (scope: Scope, userId: UserId | null, by: LinkEnd) =>
  scope.query(
    sql`update password_links set ended_at = ${scope.now}, ended_by = ${by}, token_sealed = null where user_id = ${userId} and ended_at is null`,
  )

/** False when it was void or too old by then. Asked by `ended_by`, so that it is found by its id and not among all that are open. */
export const useLink = async (scope: Scope, id: LinkId): Promise<boolean> =>
  (
    await scope.query(sql`update password_links set ended_at = ${scope.now}, ended_by = 'use', token_sealed = null
    where id = ${id} and ended_by is null and expires_at > ${scope.now} returning id`)
  ).length === 1

/** By the hash of what was presented: the index compares hashes, so nothing of the token leaks through time. */
export const findLink = (scope: Scope, hash: string) =>
  scope.first<PasswordLink>(
    sql`select id, user_id as "userId", kind, expires_at as "expiresAt", ended_by as "endedBy" from password_links where hash = ${hash}`,
  )

/** How many links were asked for since then, for the address with this mark. */
export const countAskedFor = async (scope: Scope, addressMark: string, since: Instant): Promise<number> =>
  (await scope.first<{ count: number }>(
    sql`select count(*) as count from password_links where address_mark = ${addressMark} and created_at > ${since}`,
  ))!.count
/** How many were made since then altogether. */
export const countMade = async (scope: Scope, since: Instant): Promise<number> =>
  (await scope.first<{ count: number }>(sql`select count(*) as count from password_links where created_at > ${since}`))!.count

export type LinkForMail = Omit<PasswordLink, 'userId'> & {
  userId: UserId
  tokenSealed: string | null
  email: string
  zone: string
  disabledAt: Instant | null
  /** The name of who sent it. */
  by: string | null
  organisation: string
}
/** Undefined also for one that was asked for an address that nobody has. */
export const linkForMail = (scope: Scope, id: LinkId) =>
  scope.first<LinkForMail>(sql`
    select links.id, links.user_id as "userId", links.kind, links.expires_at as "expiresAt", links.ended_by as "endedBy", links.token_sealed as "tokenSealed",
      users.email, users.zone, users.disabled_at as "disabledAt", sender.name as by, coalesce(organisation.name, 'Tocsin') as organisation
    from password_links links join users on users.id = links.user_id left join users sender on sender.id = links.sent_by
    left join organisation on organisation.id = 1 where links.id = ${id}`)

/** The mail is out, or will never be: from here on there is nothing but the hash. Whose it is. */
export const forgetToken = async (scope: Scope, id: LinkId): Promise<Pick<PasswordLink, 'userId' | 'kind'> | undefined> =>
  (
    await scope.query<Pick<PasswordLink, 'userId' | 'kind'>>(
      sql`update password_links set token_sealed = null where id = ${id} returning user_id as "userId", kind`,
    )
  )[0]

/** What nobody's address was asked for until `unknownBefore`, and all that was made until `before`. */
export const deleteLinks = (scope: Scope, { unknownBefore, before }: { unknownBefore: Instant; before: Instant }) =>
  scope.query(sql`delete from password_links where created_at < ${unknownBefore} and (user_id is null or created_at < ${before})`)

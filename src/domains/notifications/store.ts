// Every statement on contact methods, notification rules, notifications and the key of web push.
import type { UserId } from '#kernel/actor.ts'
import { gather, gatherByKey, gatherRows } from '#kernel/gather.ts'
import type { Scope } from '#kernel/scope.ts'
import { json, sql, type Sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { MethodId, NotificationId } from './events.ts'
import type { Rule } from './plan.ts'

export type Urgency = 'page' | 'update'
export type Method = {
  id: MethodId
  userId: UserId
  channel: string
  label: string
  createdAt: Instant
  verifiedAt: Instant | null
  codeExpiresAt: Instant | null
  codeTries: number
  deadAt: Instant | null
  deadReason: string | null
}
export type SealedMethod = Method & { addressSealed: string; codeSealed: string | null }
export type DeliveryStatus = 'waiting' | 'sending' | 'delivered' | 'failed' | 'unknown' | 'cancelled'
export type Delivery = {
  id: NotificationId
  reachKey: string
  userId: UserId
  userName: string
  methodId: string | null
  channel: string
  label: string
  urgency: Urgency
  title: string
  about: Record<string, string>
  status: DeliveryStatus
  reason: string
  dueAt: Instant
  settledAt: Instant | null
}

/** Where an address and a code are sealed: a ciphertext that was moved to another row does not open. */
export const addressPlace = (id: MethodId): string => `contact_methods/address/${id}`
export const codePlace = (id: MethodId): string => `contact_methods/code/${id}`

const methodColumns = sql`id, user_id as "userId", channel, label, created_at as "createdAt", verified_at as "verifiedAt", code_expires_at as "codeExpiresAt",
  code_tries as "codeTries", dead_at as "deadAt", dead_reason as "deadReason"`
const sealedColumns = sql`${methodColumns}, address_sealed as "addressSealed", code_sealed as "codeSealed"`

/** Everything that may reach these people, also what is not verified or dead. */
export const methodsOf = gatherRows(
  (scope: Scope, userIds: string[]) =>
    scope.query<Method>(sql`select ${methodColumns} from contact_methods where user_id = any(${userIds}::text[]) order by id`),
  ({ userId }) => userId,
)

/** What works for these people as far as is known, with its address. */
export const workingMethods = (scope: Scope, userIds: readonly UserId[]): Promise<SealedMethod[]> =>
  scope.query<SealedMethod>(sql`select ${sealedColumns} from contact_methods
    where user_id = any(${[...userIds]}::text[]) and verified_at is not null and dead_at is null order by id`)

/** One of a person's own methods. */
export const findMethod = async (scope: Scope, userId: UserId, id: string): Promise<SealedMethod | undefined> => {
  const method = await findAnyMethod(scope, id)
  return method?.userId === userId ? method : undefined
}
const findAnyMethod = gatherByKey(
  (scope: Scope, ids: string[]) =>
    scope.query<SealedMethod>(sql`select ${sealedColumns} from contact_methods where id = any(${ids}::text[])`),
  ({ id }) => id,
)

/** The same, held until the transaction ends. */
export const lockMethod = (scope: Scope, userId: UserId, id: string): Promise<SealedMethod | undefined> =>
  scope.first<SealedMethod>(sql`select ${sealedColumns} from contact_methods where id = ${id} and user_id = ${userId} for update`)

export const countMethods = async (scope: Scope, userId: UserId): Promise<number> =>
  (await scope.first<{ count: number }>(sql`select count(*) as count from contact_methods where user_id = ${userId}`))!.count

/** Whoever changes how this person is reached waits, from now on, until the transaction ends. */
export const lockWaysOf = (scope: Scope, userId: UserId): Promise<unknown[]> =>
  scope.query(sql`select pg_advisory_xact_lock(7477, hashtext(${userId}))`)

/** When this person asked for codes lately, newest first: the record keeps it also of methods that were removed. */
export const codesAskedBy = async (scope: Scope, userId: UserId, limit: number): Promise<Instant[]> =>
  (
    await scope.query<{ at: Instant }>(sql`select at from events where subject = ${userId} and type = 'contact-method.code-asked'
    order by position desc limit ${limit}`)
  ).map(({ at }) => at)

/** A person's method with this address, held until the transaction ends. */
export const lockMethodAt = (scope: Scope, userId: UserId, channel: string, addressHash: string): Promise<Method | undefined> =>
  scope.first<Method>(sql`select ${methodColumns} from contact_methods
    where user_id = ${userId} and channel = ${channel} and address_hash = ${addressHash} for update`)

/** Adds a method, or writes anew the one with this id: it keeps its place in the rules. */
export const putMethod = (
  scope: Scope,
  method: {
    id: MethodId
    userId: UserId
    channel: string
    label: string
    addressSealed: string
    addressHash: string
    verifiedAt: Instant | null
  },
): Promise<unknown[]> =>
  scope.query(sql`insert into contact_methods (id, user_id, channel, label, address_sealed, address_hash, created_at, verified_at)
    values (${method.id}, ${method.userId}, ${method.channel}, ${method.label}, ${method.addressSealed}, ${method.addressHash}, ${scope.now}, ${method.verifiedAt})
    on conflict (id) do update set label = excluded.label, address_sealed = excluded.address_sealed, verified_at = excluded.verified_at,
      dead_at = null, dead_reason = null`)

export const setCode = (scope: Scope, id: MethodId, code: { sealed: string; expiresAt: Instant }): Promise<unknown[]> =>
  scope.query(
    sql`update contact_methods set code_sealed = ${code.sealed}, code_expires_at = ${code.expiresAt}, code_tries = 0 where id = ${id}`,
  )
export const countTry = (scope: Scope, id: MethodId): Promise<unknown[]> =>
  scope.query(sql`update contact_methods set code_tries = code_tries + 1 where id = ${id}`)
export const setVerified = (scope: Scope, id: MethodId): Promise<unknown[]> =>
  scope.query(
    sql`update contact_methods set verified_at = ${scope.now}, code_sealed = null, code_expires_at = null, dead_at = null, dead_reason = null where id = ${id}`,
  )
/** True when it was alive before. */
export const setDead = async (scope: Scope, id: MethodId, reason: string): Promise<boolean> =>
  (
    await scope.query(
      sql`update contact_methods set dead_at = ${scope.now}, dead_reason = ${reason} where id = ${id} and dead_at is null returning id`,
    )
  ).length === 1

/** Removes a method and the rules that name it. */
export async function deleteMethod(scope: Scope, userId: UserId, id: MethodId): Promise<void> {
  await scope.query(sql`delete from notification_rules where user_id = ${userId} and method_id = ${id}`)
  await scope.query(sql`delete from contact_methods where id = ${id} and user_id = ${userId}`)
}

type RuleRow = Rule & { userId: UserId; urgency: Urgency }
const allRulesOf = gatherRows(
  (scope: Scope, userIds: string[]) =>
    scope.query<RuleRow>(sql`select user_id as "userId", urgency, after_seconds as "afterSeconds", method_id as "methodId" from notification_rules
      where user_id = any(${userIds}::text[]) order by user_id, position`),
  ({ userId }) => userId,
)
export const rulesOf = async (scope: Scope, userIds: readonly UserId[], urgency: Urgency): Promise<RuleRow[]> =>
  (await allRulesOf(scope, userIds)).filter((rule) => rule.urgency === urgency)

export async function saveRules(scope: Scope, userId: UserId, urgency: Urgency, rules: readonly Rule[]): Promise<void> {
  await scope.query(sql`delete from notification_rules where user_id = ${userId} and urgency = ${urgency}`)
  if (rules.length === 0) return
  const rows = rules.map((rule, position) => ({ position, ...rule }))
  await scope.query(sql`insert into notification_rules (user_id, urgency, position, after_seconds, method_id)
    select ${userId}, ${urgency}, position, "afterSeconds", "methodId" from json_to_recordset(${json(rows)}::json) as row (position int, "afterSeconds" int, "methodId" text)`)
}

/** Writes deliveries as they stand now; the same id again changes by what, status, reason and times. */
export const putDeliveries = gather(async (scope: Scope, all: readonly (readonly Omit<Delivery, 'userName'>[])[]) => {
  const rows = all.flat()
  if (rows.length === 0) return all
  const values = rows.map((row) => ({ ...row, about: json(row.about), subject: Object.values(row.about)[0] ?? row.userId }))
  await scope.query(sql`insert into notifications (id, reach_key, user_id, method_id, channel, label, urgency, title, about, subject, status, reason, due_at, settled_at)
    select id, "reachKey", "userId", "methodId", channel, label, urgency, title, about::json, subject, status, reason, "dueAt", "settledAt"
    from json_to_recordset(${json(values)}::json) as row (id text, "reachKey" text, "userId" text, "methodId" text, channel text, label text, urgency text, title text,
      about text, subject text, status text, reason text, "dueAt" timestamptz, "settledAt" timestamptz)
    on conflict (id) do update set method_id = excluded.method_id, channel = excluded.channel, label = excluded.label, status = excluded.status,
      reason = excluded.reason, due_at = excluded.due_at, settled_at = excluded.settled_at`)
  return all
})

/** Stands where words were that somebody has erased. */
export const erasedWords = '(erased)'
/** Whether a column says this text, which may have been cut off there. A few letters are looked for at its end only: there it stands by itself. */
export const says = (column: Sql, text: string): Sql =>
  text.length < 8 ? sql`right(${column}, ${[...text].length}) = ${text}` : sql`strpos(${column}, ${text.slice(0, 200)}) > 0`
/** Takes an erased text out of what is kept of the deliveries about these things. */
export const eraseFromDeliveries = (scope: Scope, subjects: readonly string[], text: string) =>
  scope.query(
    sql`update notifications set title = ${erasedWords} where subject = any(${[...subjects]}::text[]) and ${says(sql`title`, text)}`,
  )

/** Whether a delivery is still wanted, right before it is sent. */
export const statusOf = async (scope: Scope, id: NotificationId): Promise<DeliveryStatus | undefined> =>
  (await findStatus(scope, id))?.status
const findStatus = gatherByKey(
  (scope: Scope, ids: string[]) =>
    scope.query<{ id: NotificationId; status: DeliveryStatus }>(sql`select id, status from notifications where id = any(${ids}::text[])`),
  ({ id }) => id,
)

const deliveryColumns = sql`n.id, n.reach_key as "reachKey", n.user_id as "userId", users.name as "userName", n.method_id as "methodId", n.channel, n.label, n.urgency, n.title,
  n.about, n.status, n.reason, n.due_at as "dueAt", n.settled_at as "settledAt"`
const deliveries = (scope: Scope, where: Sql, order: Sql, limit: number): Promise<Delivery[]> =>
  scope.query<Delivery>(
    sql`select ${deliveryColumns} from notifications n join users on users.id = n.user_id where ${where} order by ${order} limit ${limit}`,
  )

/** The last 500 deliveries about one thing, in the order of their times. Whoever asks has shown that they may see the thing. */
export const deliveriesAbout = async (scope: Scope, subject: string): Promise<Delivery[]> =>
  (await deliveries(scope, sql`n.subject = ${subject}`, sql`n.due_at desc, n.id desc`, 500)).reverse()
/** A person's own deliveries, newest first. */
export const deliveriesTo = (
  scope: Scope,
  userId: UserId,
  after: readonly (string | number)[] | undefined,
  limit: number,
): Promise<Delivery[]> =>
  deliveries(
    scope,
    sql`n.user_id = ${userId} and ${after ? sql`(n.due_at, n.id) < (${after[0]}::timestamptz, ${after[1]})` : sql`true`}`,
    sql`n.due_at desc, n.id desc`,
    limit,
  )

export const readPushKey = (scope: Scope): Promise<{ publicKey: string; privateSealed: string } | undefined> =>
  scope.first(sql`select public_key as "publicKey", private_sealed as "privateSealed" from push_keys where id = 1`)
/** Keeps the first key that was made, whoever made it. */
export const insertPushKey = (scope: Scope, key: { publicKey: string; privateSealed: string }): Promise<unknown[]> =>
  scope.query(
    sql`insert into push_keys (id, public_key, private_sealed, made_at) values (1, ${key.publicKey}, ${key.privateSealed}, ${scope.now}) on conflict do nothing`,
  )

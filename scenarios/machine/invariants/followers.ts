// I11 for those who follow a status page: each of them hears each update at least once, or it is written down why not; nobody hears an older one of the
// same incident after a newer one.
import { sql } from '#kernel/sql.ts'
import { addSeconds, secondsBetween, type Instant } from '#kernel/time.ts'
import type { Database } from '#platform/database/database.ts'
import { concluded, demand, look, type Handed, type Seen } from '../record.ts'
import type { Invariant } from './invariant.ts'

const leaseSeconds = 3

type Row = {
  update: string
  subscriber: string
  earlier: boolean
  number: number
  incident: string
  email: string
  status: string | null
  reason: string | null
  key: string | null
  newest: number
  inside: boolean
  disabled: boolean
}

type Published = { incident: string; number: number; commit: number }
/** The commit in which each follower confirmed: time stands still while much happens. */
const confirmed = concluded('confirmed followers', () => new Map<string, number>())
/** By key of what tells of it. */
const published = concluded('published updates', () => new Map<string, Published>())
/** Of planned work no event tells which updates are of the same: whether a newer one of it overtook is asked of the database. */
const updateOf = (reachKey: string, seen: Seen): Published => published(seen).get(reachKey) ?? { incident: reachKey, number: 1, commit: 0 }

export const followers: Invariant = {
  id: 'I11',
  says: 'each follower hears each update at least once, or there is a reason, and never an older one after a newer one',
  always({ events, index }, { seen }) {
    const known = published(seen)
    const followers = confirmed(seen)
    for (const { type, about, data } of events) {
      if (type === 'update.published')
        known.set(`update/${about['update']}`, { incident: about['incident']!, number: (data as { number: number }).number, commit: index })
      if (type === 'subscriber.confirmed') followers.set(about['subscriber']!, index)
    }
  },
  async handing({ key, to, reachKey, at, lookedAt }, seen, { database }) {
    if (!reachKey.startsWith('update/')) return
    const update = updateOf(reachKey, seen)
    const isStale = secondsBetween(lookedAt, at) >= leaseSeconds
    for (const other of seen.handed) {
      if (other.to !== to || other.isForgotten || !other.reachKey.startsWith('update/')) continue
      demand('I11', other.reachKey !== reachKey || other.key === key, () => `${to} is sent ${reachKey} in two ways`)
      const { incident, number } = updateOf(other.reachKey, seen)
      demand(
        'I11',
        isStale || incident !== update.incident || number <= update.number,
        () => `${to} is sent update ${update.number} of ${incident} after update ${number}`,
      )
    }
    if (await somebodyWaits(database, at)) seen.reached.add('an update that waited for the one before')
    // One that was written down after the newer one was published hears of that before it goes out.
    const mail = await look(database, at, (scope) =>
      scope.first<{ status: string; before: number | null }>(sql`select m.status, (select min(older.number) from updates older
          join update_mails o on o.update_id = older.id and o.address_hash = m.address_hash and o.status = 'sending' and o.at < u.created_at
          where (older.incident_id = u.incident_id or older.maintenance_id = u.maintenance_id) and older.number < u.number) as before
        from update_mails m join updates u on u.id = m.update_id where m.update_id || '.' || m.subscriber_id = ${key}`),
    )
    // Its node stood still after it had looked: nobody could tell it.
    if (isStale) return
    demand('I4', mail?.status === 'sending', () => `${key} goes out and is ${mail?.status}`)
    demand('I11', mail.before === null, () => `${to} is sent update ${update.number} while update ${mail.before} is on its way`)
  },
  async quiet({ database, now, seen }) {
    const rows = await look(database, now, (scope) =>
      scope.query<Row>(sql`select u.id as update, s.id as subscriber, s.confirmed_at < u.created_at as earlier, u.number, u.incident_id as incident, s.email, m.status, m.reason,
          u.id || '.' || m.subscriber_id as key, p.visibility = 'internal' as inside, users.disabled_at is not null as disabled,
          (select max(newer.number) from updates newer where newer.incident_id = u.incident_id or newer.maintenance_id = u.maintenance_id) as newest
        from updates u join update_pages t on t.update_id = u.id join status_pages p on p.id = t.page_id
        join subscribers s on s.page_id = t.page_id and s.confirmed_at <= u.created_at
        left join update_mails m on m.update_id = u.id and m.address_hash = s.address_hash
        left join users on users.id = s.user_id order by u.id, s.email, inside`),
    )
    // Once for each address, however many pages of an update it follows.
    const asked = new Set<string>()
    for (const row of rows) {
      const one = `${row.update} ${row.email}`
      if (asked.has(one) || !(row.earlier || confirmedBefore(row, seen))) continue
      asked.add(one)
      demandReason(row, seen)
    }
    for (const [email, all] of Map.groupBy(seen.handed.filter(arrivedInOrder(seen)), ({ to }) => to)) demandOrder(email, all, seen)
  },
}

const somebodyWaits = async (database: Database, at: Instant): Promise<boolean> =>
  (
    await look(database, at, (scope) =>
      scope.query(sql`select 1 as one from processes where name = 'status.mailing' and wake_at is not null`),
    )
  ).length > 0

/** Of two things at one moment the commits tell which was first; of an announcement no event tells in which it was. */
function confirmedBefore({ subscriber, update }: Row, seen: Seen): boolean {
  const [confirm, publish] = [confirmed(seen).get(subscriber), published(seen).get(`update/${update}`)?.commit]
  return confirm !== undefined && publish !== undefined && confirm < publish
}

function demandReason({ update, number, email, status, reason, key, newest, inside, disabled }: Row, seen: Seen): void {
  const what = `update ${number} (${update}) for ${email}`
  demand('I11', status !== null, () => `${what} was never thought of`)
  demand('I11', status !== 'sending', () => `${what} is still on its way`)
  const arrived = seen.handed.some((one) => one.key === key && one.to === email && one.arrived)
  if (status === 'sent') {
    seen.reached.add('an update that reached a follower')
    return demand('I11', arrived, () => `${what} is recorded as sent and never arrived`)
  }
  const isOut = seen.handed.some((one) => one.key === key && one.to === email && one.arrived && !one.isForgotten)
  if (status === 'failed') return demand('I11', !isOut && reason !== '', () => `${what} is recorded as failed (${reason}) and has arrived`)
  if (status === 'unknown')
    return demand(
      'I11',
      seen.handed.some((one) => one.key === key),
      () => `${what} is in doubt and never went out`,
    )
  const overtaken = /^update (\d+) followed/.exec(reason ?? '')
  if (overtaken) seen.reached.add('an update that a newer one overtook')
  const holds = overtaken ? Number(overtaken[1]) > number && Number(overtaken[1]) <= newest : inside && disabled
  demand('I11', holds, () => `${what} was not sent, and it says: ${reason}`)
}

/** Mails of updates that arrived, but for those whose node stood still meanwhile: its work was given to others. */
const arrivedInOrder =
  (seen: Seen) =>
  ({ reachKey, arrivedAt, lookedAt, node, isForgotten }: Handed): boolean =>
    reachKey.startsWith('update/') &&
    !isForgotten &&
    arrivedAt !== undefined &&
    !seen.disturbed.some(
      (one) => one.kind === 'node stands still' && one.node === node && one.at <= arrivedAt && addSeconds(one.at, one.seconds) >= lookedAt,
    )

function demandOrder(email: string, handed: readonly Handed[], seen: Seen): void {
  const last = new Map<string, number>()
  const inOrder = handed
    .map((one, n) => ({ ...one, n }))
    .sort((a, b) => (a.arrivedAt! < b.arrivedAt! ? -1 : a.arrivedAt! > b.arrivedAt! ? 1 : a.n - b.n))
  for (const { reachKey } of inOrder) {
    const { incident, number } = updateOf(reachKey, seen)
    demand(
      'I11',
      number >= (last.get(incident) ?? 0),
      () => `update ${number} of ${incident} reached ${email} after update ${last.get(incident)}`,
    )
    last.set(incident, number)
  }
}

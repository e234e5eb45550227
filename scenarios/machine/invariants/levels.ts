// I3: each level is told when its time has come, no earlier and, where nothing was disturbed, no later: exactly those who are on call there then.
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds, inZone, secondsBetween, type Instant } from '#kernel/time.ts'
import type { Database } from '#platform/database/database.ts'
import { readBook } from '#domains/oncall/book.ts'
import { peopleOfLevel } from '#domains/oncall/index.ts'
import type { Level } from '#domains/oncall/policy.ts'
import { concluded, demand, look, type Seen } from '../record.ts'
import type { Invariant } from './invariant.ts'

type Told = { page: string; level: number; round: number; users: Set<string> }
type World = { seen: Seen; database: Database }
type Subject = { levels: Level[]; since: Instant }
/** By page: when the next level is due, and the level that was told last. */
const due = concluded('next levels', () => new Map<string, { at: Instant; level: number }>())

export const levels: Invariant = {
  id: 'I3',
  says: 'each level is told at its time, and exactly who is on call there then',
  async always({ events, at }, { seen, database }) {
    const next = due(seen)
    // One commit may tell more than one level of a page: its time had come, and somebody escalated.
    const told = new Map<string, Told>()
    for (const { type, about, data } of events) {
      if (type === 'page.exhausted') await demandNoneLeftOut({ seen, database }, at, about['page']!)
      if (type !== 'page.person-paged') continue
      const { level, round, userId } = data as { level: number; round: number; userId: string }
      const page = about['page']!
      const one = told.get(`${page} ${level} ${round}`) ?? { page, level, round, users: new Set() }
      one.users.add(userId)
      told.set(`${page} ${level} ${round}`, one)
    }
    for (const { page, level, round, users } of told.values()) {
      const { subject, reason, when, expected } = await look(database, at, async (scope) => {
        const row = await scope.first<{ state: { subject: Subject } }>(
          sql`select state from processes where name = 'oncall.page' and key = ${page}`,
        )
        const step = await scope.first<{ reason: string; at: Instant }>(
          sql`select reason, at from page_steps where page_id = ${page} and kind = 'paged' and level = ${level} and round = ${round}
            order by seq desc limit 1`,
        )
        const { subject } = row!.state
        const when = step!.at
        const book = await readBook(scope, subject.levels)
        const there = (then: Instant) => peopleOfLevel(subject.levels[level - 1]!, book, then).people
        // Whoever has it then, and needs help, is told nothing by that. By the end of the commit somebody else may have it.
        const helped = /^(.+?) has it\b.* asks for help$/.exec(step!.reason)?.[1]
        const people = there(when).filter(({ name }) => name !== helped)
        if (level > 1 && namesOf(there(addSeconds(when, -60))) !== namesOf(there(when))) seen.reached.add('a level at a change of shifts')
        if (isAfterSkippedHour(subject.levels[level - 1]!, book, when))
          seen.reached.add('a level within an hour after one that was skipped')
        await demandOverride(scope, subject.levels[level - 1]!, when, users, `level ${level} of ${page}`)
        return { subject, reason: step!.reason, when, expected: people.map(({ userId }) => userId as string) }
      })
      // By the node's clock, which says nearly what ours does.
      demand(
        'I3',
        Math.abs(secondsBetween(when, at)) <= seen.apartSeconds,
        () => `level ${level} of ${page} is told at ${at}, and says at ${when}`,
      )
      demand(
        'I3',
        expected.length === users.size && expected.every((id) => users.has(id)),
        () => `level ${level} of ${page} told ${[...users].join()} and not ${expected.join()}`,
      )
      await demandNoneLeftOut({ seen, database }, at, page, { level, round })
      const before = next.get(page)
      const byItself = /^(nobody answered|level \d+ has nobody)/.test(reason)
      if (before && byItself) {
        demand(
          'I3',
          at >= addSeconds(before.at, -seen.apartSeconds),
          () => `level ${level} of ${page} is told at ${at}, before its time ${before.at}`,
        )
        const late = secondsBetween(before.at, at)
        demand('I3', late <= lag(seen, before.at) + seen.apartSeconds, () => `level ${level} of ${page} is told ${late} s late`)
      }
      next.set(page, { at: addSeconds(at, subject.levels[level - 1]!.delaySeconds), level })
    }
  },
}

const namesOf = (people: readonly { userId: string }[]): string => people.map(({ userId }) => userId).join()

/** Whether the clocks of a schedule of this level were set forward within the hour before. */
const isAfterSkippedHour = ({ targets }: Level, { schedules }: Awaited<ReturnType<typeof readBook>>, at: Instant): boolean =>
  targets.some((target) => {
    const zone = 'schedule' in target ? schedules[target.schedule]?.zone : undefined
    return zone !== undefined && inZone(at, zone).offsetNanoseconds > inZone(addSeconds(at, -3600), zone).offsetNanoseconds
  })

/** Where one override alone changes the one schedule of a level, it can be told without the product's own reckoning what that means. Of somebody who is
 * disabled it means nothing. */
async function demandOverride(
  scope: Scope,
  { targets: [target, ...others] }: Level,
  at: Instant,
  told: ReadonlySet<string>,
  what: string,
): Promise<void> {
  if (!target || !('schedule' in target) || others.length > 0) return
  type Active = { kind: string; added: string | null; removed: string | null }
  const active = await scope.query<Active>(sql`select definition ->> 'kind' as kind, added.id as added, removed.id as removed
    from schedule_overrides overrides join schedules on schedules.id = overrides.schedule_id
    left join users added on added.handle = definition ->> 'add' and added.disabled_at is null
    left join users removed on removed.handle = definition ->> 'remove'
    where schedules.slug = ${target.schedule} and overrides.removed_at is null and starts_at <= ${at} and ends_at > ${at}`)
  const [one] = active
  if (!one || active.length > 1) return
  const { kind, added, removed } = one
  const isWrong =
    kind === 'remove'
      ? removed !== null && told.has(removed)
      : kind === 'replace'
        ? added !== null && removed !== added && removed !== null && told.has(removed)
        : added !== null && (!told.has(added) || (kind === 'takeover' && told.size > 1))
  demand('I3', !isWrong, () => `${what} told ${[...told].join()} in spite of an override (${kind} ${added ?? removed})`)
}

/**
 * Before a level is told, and before a page is exhausted, every level before was told in the same round, or it is written down why not. Whoever has had it
 * meanwhile may have asked another level for help.
 */
async function demandNoneLeftOut(
  { seen, database }: World,
  at: Instant,
  page: string,
  told?: { level: number; round: number },
): Promise<void> {
  if (seen.events.some(({ type, about }) => about['page'] === page && ['page.acknowledged', 'page.given-back'].includes(type))) return
  const leftOut = await look(database, at, (scope) =>
    scope.query<{
      level: number
    }>(sql`select level.level from processes, generate_series(1, coalesce(${told ? told.level - 1 : null}::int, json_array_length(state #> '{subject,levels}'))) as level (level)
      where name = 'oncall.page' and key = ${page} and not exists (select 1 from page_steps steps where steps.page_id = ${page} and steps.level = level.level
        and steps.kind in ('paged', 'skipped') and steps.round = coalesce(${told?.round ?? null}::int, (select max(round) from page_steps where page_id = ${page})))
      order by level.level`),
  )
  demand('I3', leftOut.length === 0, () => `level ${leftOut[0]!.level} of ${page} was left out`)
}

/** How late it may be: at once when nothing was disturbed, else by as much, and by what tries again meanwhile. */
export function lag(seen: Seen, since: Instant): number {
  const relevant = seen.disturbed.filter(({ at, seconds }) => addSeconds(at, seconds + 400) >= since)
  return relevant.reduce((sum, { seconds }) => sum + seconds, 0) + (seen.disturbed.length > 0 || seen.struck() ? 400 : 1)
}

// I3: each level is told when its time has come, no earlier and, where nothing was disturbed, no later: exactly those who are on call there then.
import { sql } from '#kernel/sql.ts'
import { addSeconds, secondsBetween, type Instant } from '#kernel/time.ts'
import { readBook } from '#domains/oncall/book.ts'
import { peopleOfLevel } from '#domains/oncall/index.ts'
import type { Level } from '#domains/oncall/policy.ts'
import { demand, look, type Seen } from '../record.ts'
import type { Invariant } from './invariant.ts'

type Told = { page: string; level: number; round: number; users: Set<string> }
type Subject = { levels: Level[]; since: Instant }
/** By page: when the next level is due, and the level that was told last. */
const due = new WeakMap<Seen, Map<string, { at: Instant; level: number }>>()

export const levels: Invariant = {
  id: 'I3',
  says: 'each level is told at its time, and exactly who is on call there then',
  async always({ events, at }, { seen, database }) {
    const next = due.get(seen) ?? new Map<string, { at: Instant; level: number }>()
    due.set(seen, next)
    // One commit may tell more than one level of a page: its time had come, and somebody escalated.
    const told = new Map<string, Told>()
    for (const { type, about, data } of events) {
      if (type !== 'page.person-paged') continue
      const { level, round, userId } = data as { level: number; round: number; userId: string }
      const page = about['page']!
      const one = told.get(`${page} ${level} ${round}`) ?? { page, level, round, users: new Set() }
      one.users.add(userId)
      told.set(`${page} ${level} ${round}`, one)
    }
    for (const { page, level, round, users } of told.values()) {
      const { subject, reason, expected } = await look(database, at, async (scope) => {
        const row = await scope.first<{ state: { subject: Subject } }>(
          sql`select state from processes where name = 'oncall.page' and key = ${page}`,
        )
        const steps = await scope.query<{ reason: string }>(
          sql`select reason from page_steps where page_id = ${page} and kind = 'paged' and level = ${level} and round = ${round}
            order by seq desc limit 1`,
        )
        const { subject } = row!.state
        const { people } = peopleOfLevel(subject.levels[level - 1]!, await readBook(scope, subject.levels), at)
        return { subject, reason: steps[0]?.reason ?? '', expected: people.map(({ userId }) => userId as string) }
      })
      demand(
        'I3',
        expected.length === users.size && expected.every((id) => users.has(id)),
        () => `level ${level} of ${page} told ${[...users].join()} and not ${expected.join()}`,
      )
      const before = next.get(page)
      const byItself = /^(nobody answered|level \d+ has nobody)/.test(reason)
      if (before && byItself) {
        demand('I3', at >= before.at, () => `level ${level} of ${page} is told at ${at}, before its time ${before.at}`)
        const late = secondsBetween(before.at, at)
        demand('I3', late <= lag(seen, before.at), () => `level ${level} of ${page} is told ${late} s late`)
      }
      next.set(page, { at: addSeconds(at, subject.levels[level - 1]!.delaySeconds), level })
    }
  },
}

/** How late it may be: at once when nothing was disturbed, else by as much, and by what tries again meanwhile. */
export function lag(seen: Seen, since: Instant): number {
  const relevant = seen.disturbed.filter(({ at, seconds }) => addSeconds(at, seconds + 400) >= since)
  return relevant.reduce((sum, { seconds }) => sum + seconds, 0) + (seen.disturbed.length > 0 || seen.struck() ? 400 : 1)
}

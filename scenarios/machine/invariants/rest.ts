// I10, I13 and I14: at the end no work is left, held or set aside, nothing is locked; and then nothing is sent for thirty days.
import { sql } from '#kernel/sql.ts'
import { demand, look } from '../record.ts'
import type { Invariant } from './invariant.ts'

export const rest: Invariant = {
  id: 'I10, I13',
  says: 'no work is left over, and nothing is locked',
  async quiet({ database, now }) {
    await look(database, now, async (scope) => {
      const jobs = await scope.query<{
        id: number
        kind: string
        lane: string
        owner: string | null
        parked: boolean
        error: string | null
      }>(sql`
        select id, kind, lane, owner, parked_at is not null as parked, last_error as error from jobs where kind <> 'recurring' or owner is not null`)
      const [job] = jobs
      demand(
        'I10',
        job === undefined,
        () =>
          `${jobs.length} jobs are left: ${job?.kind} ${job?.lane}, ${job?.parked ? `set aside: ${job.error}` : `held by ${job?.owner}`}`,
      )
      const [open] = await scope.query<{ name: string; key: string }>(
        sql`select name, key from processes where ended_at is null and wake_at is not null`,
      )
      demand('I10', open === undefined, () => `${open?.name} ${open?.key} waits for an alarm that never comes`)
      const [kept] = await scope.query<{ name: string; key: string }>(
        sql`select name, key from processes where name in ('alerts.hold', 'alerts.snooze') and wake_at is null`,
      )
      demand('I10', kept === undefined, () => `of ${kept?.name} ${kept?.key} nothing need be known any more, and it is kept`)
      const locks = await scope.query(
        sql`select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
      )
      demand('I13', locks.length === 0, () => `${locks.length} advisory locks are held`)
    })
  },
}

export const silence: Invariant = {
  id: 'I14',
  says: 'when nothing is due, nobody hears anything for thirty days',
  async quiet({ seen }, { passDays }) {
    const handed = seen.handed.length
    await passDays(30, 86_400 * 5)
    demand('I14', seen.handed.length === handed, () => `something is sent in the quiet: ${seen.handed.at(-1)?.title}`)
  },
}

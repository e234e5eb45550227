// I12: nobody is shown, and nobody is sent, what they may not see; and whoever may see it is shown it.
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import { secondsBetween } from '#kernel/time.ts'
import { demand, look } from '../record.ts'
import type { Invariant } from './invariant.ts'
import { maySee } from './may-see.ts'
import { pagesInSummary } from './summaries.ts'

const leaseSeconds = 3

const isAdministrator = async (scope: Scope, user: string): Promise<boolean> =>
  (await scope.first(sql`select 1 as one from users where id = ${user} and role = 'administrator'`)) !== undefined

export const walls: Invariant = {
  id: 'I12',
  says: 'nobody is told who may not see it',
  async answered({ user, kind, ids, all, asked, known }, { database, now, seen }) {
    // Who they are was read, and changed before they asked: as for any request that is under way.
    if (seen.walls > known) return void seen.reached.add('a walled team that changes while somebody asks')
    const allowed = await look(database, now, (scope) => maySee(scope, kind, user))
    for (const id of ids) demand('I12', allowed.has(id), () => `${user} is shown the ${kind} ${id}`)
    if (asked && !allowed.has(asked)) seen.reached.add('somebody asks for what is behind a wall')
    const hidden = all
      ? [...allowed].filter((id) => !ids.includes(id))
      : asked && allowed.has(asked)
        ? [asked].filter((id) => !ids.includes(id))
        : []
    demand('I12', hidden.length === 0, () => `${user} may see the ${kind} ${hidden[0]} and is not shown it`)
  },
  async handing({ key, reachKey, to, lookedAt, at, seen: known }, seen, { database }) {
    const [about = '', id = '', whom = ''] = reachKey.split('/')
    if (about === 'invitation' || about === 'degraded' || secondsBetween(lookedAt, at) >= leaseSeconds) return
    await look(database, at, async (scope) => {
      if (about === 'update') {
        // Somebody has stopped since it was looked whether they still follow.
        if (seen.left > known) return
        const [follower] = await scope.query(sql`select 1 as one from subscribers join status_pages on status_pages.id = page_id
          left join users on users.id = user_id where subscribers.email = ${to} and confirmed_at is not null
          and page_id in (select page_id from update_pages where update_id = ${id}) and (visibility = 'public' or users.disabled_at is null)`)
        return demand('I12', follower !== undefined, () => `${to} is sent the update ${id}, and follows none of its pages`)
      }
      const kind = about.startsWith('inc_') ? 'incident' : about.startsWith('run_') ? 'run' : 'page'
      // That all of a summary is over is of its pages too.
      const told = pagesInSummary(reachKey.replace(/\/over$/, ''), seen) ?? [reachKey]
      const pages = kind === 'page' ? told.map((one) => one.split('/')[0]!) : []
      // Whose address it is, whoever was meant.
      const owner = await scope.first<{ id: string; told: string[]; isOutside: boolean }>(
        sql`select id, array(select page_id from page_people where user_id = users.id and page_id = any(${pages}::text[])) as told,
            role <> 'administrator' and exists (select 1 from pages join teams on teams.id = team_id where pages.id = any(${pages}::text[]) and members_only
              and users.id not in (select user_id from memberships where memberships.team_id = teams.id)) as "isOutside"
          from users where email = ${to} or ${to} like 'https://push.example.test/' || handle || '/%'`,
      )
      demand('I12', owner !== undefined, () => `${key} (${reachKey}) goes to ${to}, who is nobody`)
      if (about === 'ended') return
      if (about === 'watchdog')
        return demand('I12', await isAdministrator(scope, owner.id), () => `${to} is told of ${reachKey}, and does not administer`)
      if (about.startsWith('ovr_'))
        return demand('I12', owner.id === whom, () => `${to} is told of ${about} by ${reachKey}, which tells somebody else`)
      for (const page of pages)
        demand('I12', owner.told.includes(page), () => `${to} is told of ${page} by ${reachKey}, which tells others`)
      if (kind !== 'page')
        demand(
          'I12',
          (await maySee(scope, kind, owner.id)).has(about),
          () => `${to} is told of ${about} by ${reachKey}, and may not see it`,
        )
      if (owner.isOutside) seen.reached.add('somebody is paged from outside of a wall')
    })
  },
}

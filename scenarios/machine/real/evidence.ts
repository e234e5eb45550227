// What a run left behind, put in order as the invariants of the first layer want to see it: every commit with its events, every mail, every answer.
import type { EventRecord } from '#kernel/event.ts'
import { epochMs, instant } from '#kernel/time.ts'
import { nothingSeen, type Commit, type Handed, type Seen } from '../record.ts'
import { lookedAt, overAt, type Diary } from './diary.ts'
import type { Store } from './installation.ts'
import type { Mail, Outside } from './outside.ts'
import type { Traffic } from './traffic.ts'
import type { Claim, Entered } from './watch.ts'

export type Evidence = {
  /** Everything, at the end. */
  seen: Seen
  /** In the order of their commits, by the database's own log of commit times. */
  commits: Commit[]
  /** When a commit was, in epoch milliseconds. */
  timeOf: (commit: Commit) => number
  /** Mails that told a follower of an update. */
  updateMails: Handed[]
  claims: Claim[]
  entered: Entered[]
}

type Row = Omit<EventRecord, 'at' | 'position'> & { position: string; at: Date; tx: string; committed: Date }

/** `since`: when the run began. Rows are read past every proxy. */
export async function readEvidence(
  { query }: Store,
  { mails, posted }: Outside,
  traffic: Traffic,
  diary: Diary,
  since: number,
): Promise<Evidence> {
  const rows = await query<Row>(`
    select position, stream, sequence, type, version, at, actor, about, data || coalesce(inputs, '{}') as data, encode(hash, 'hex') as hash,
      events.xmin::text as tx, pg_xact_commit_timestamp(events.xmin) as committed
    from (select xmin, position, stream, sequence, type, version, at, actor, about, data::jsonb as data, hash from events) events
    left join (select id, inputs::jsonb as inputs from runs) runs on type = 'run.started' and runs.id = about ->> 'run' order by position`)
  const times = new Map<Commit, number>()
  const grouped = [...Map.groupBy(rows, ({ tx }) => tx).values()].sort((a, b) => a[0]!.committed.getTime() - b[0]!.committed.getTime())
  const commits = grouped.map((all, n): Commit => {
    const events = all.map(({ tx: _, committed: __, ...row }): EventRecord => ({
      ...row,
      position: Number(row.position),
      at: instant(row.at.getTime()),
    }))
    const commit = { index: n + 1, at: events[0]!.at, events }
    times.set(commit, all[0]!.committed.getTime())
    return commit
  })

  const notifications = await query<{ id: string; reachKey: string; channel: string; title: string; urgency: 'page' | 'update' }>(
    `select id, reach_key as "reachKey", channel, title, urgency from notifications`,
  )
  const known = new Map(notifications.map((one) => [one.id, one]))
  const commitTimes = commits.map((commit) => times.get(commit)!)
  const handedOf = ({ key, node, began, repeated }: Mail): Handed => {
    const { reachKey = '', channel = 'email', title = '', urgency = 'page' } = known.get(key) ?? {}
    const looked = lookedAt(diary, node, began)
    const seen = commitTimes.filter((at) => at <= looked).length
    const about = { key, reachKey, channel, to: '', title, url: '', stopUrl: undefined, urgency, repeated, node, recognisesKey: true }
    return { ...about, at: instant(began), lookedAt: instant(Math.max(since, looked)), seen, arrived: true }
  }

  const inOrder = (all: Handed[]) => all.sort((a, b) => epochMs(a.at) - epochMs(b.at))
  const updateMails = mails
    .filter(({ key }) => key.startsWith('upd_'))
    .map((mail): Handed => ({
      ...handedOf(mail),
      to: mail.to,
      reachKey: `update/${mail.key.split('.')[0]}`,
      arrivedAt: instant(mail.arrived),
    }))
  const seen = nothingSeen(() => true)
  seen.commits = commits.length
  seen.events = commits.flatMap(({ events }) => events).sort((a, b) => a.position - b.position)
  // Mails of another kind than a person's delivery have other keys.
  seen.handed = inOrder(mails.filter(({ key }) => key.startsWith('ntf_')).map(handedOf))
  seen.posted = posted
  seen.again = [...traffic.again]
  seen.sent = traffic.sendings.map(({ integration, key, action, node, began, ended, status }) => {
    // Unanswered, it may still have been on its way, until what kept it there was over.
    const over = status === 0 ? overAt(diary, node, began, ended) + 5000 : ended
    return { integration, key, action, node, began, beganAt: instant(began), ended: over, endedAt: instant(over), stored: status === 202 }
  })
  // What each level may be late by is judged by `late.ts`, which knows what was well when.
  seen.disturbed = [{ kind: 'clock', at: instant(since), seconds: 1e6 }]
  const claims = await query<Claim>('select at, who, job::int, kind, was, owner from machine.claims order by at')
  const entered = await query<Entered>('select at, who, id from machine.entered order by at')
  return { seen, commits, timeOf: (commit) => times.get(commit)!, updateMails: inOrder(updateMails), claims, entered }
}

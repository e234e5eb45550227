// I11 and I12 for those who follow a status page: the first layer's question, whether each has each update in its order or there is a reason, asked of
// what the mail servers got; and whether anybody is told who has stopped.
import { epochMs, instant } from '#kernel/time.ts'
import { nothingSeen, type Handed, type Seen } from '../record.ts'
import { stalls, type Diary, type Wrong } from './diary.ts'
import type { Evidence } from './evidence.ts'
import type { Follower } from './following.ts'
import type { Store } from './installation.ts'

/** What the first layer's invariant looks at. Where a node or one of its ways stood still, mails may have come late. */
export function seenByFollowers({ updateMails, seen }: Evidence, diary: Diary, nodes: readonly string[]): Seen {
  const disturbed: Seen['disturbed'] = nodes.flatMap((node) =>
    stalls(diary, node).map(({ from, to }) => ({ kind: 'node stands still', at: instant(from), seconds: (to - from) / 1000, node })),
  )
  return { ...nothingSeen(() => true), events: seen.events, handed: [...updateMails], disturbed }
}

/** Whoever was told of an update and, when the sender last looked, followed none of its pages any more. */
export async function toldAfterStopping(
  { query }: Store,
  { commits, timeOf, updateMails }: Evidence,
  followers: readonly Follower[],
): Promise<Wrong[]> {
  const rows = await query<{ update: string; page: string }>('select update_id as update, page_id as page from update_pages')
  const left = new Map(
    commits.flatMap((commit) =>
      commit.events.flatMap(({ type, about }) => (type === 'subscriber.left' ? [[about['subscriber']!, timeOf(commit)] as const] : [])),
    ),
  )
  return updateMails
    .filter((mail) => !followers.some((follower) => isFollowing(follower, mail)))
    .map(({ to, reachKey, at }) => ({ invariant: 'I12', sentence: `${to} is told of ${reachKey} at ${at}, and follows none of its pages` }))

  function isFollowing({ id, email, page }: Follower, { to, reachKey, lookedAt }: Handed): boolean {
    const isOnPage = rows.some((row) => reachKey === `update/${row.update}` && row.page === page)
    return email === to && isOnPage && (left.get(id) ?? Infinity) >= epochMs(lookedAt)
  }
}

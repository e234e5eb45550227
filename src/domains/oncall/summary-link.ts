// Who stands behind the signed link of a summary, looked at again each time it is used: which of its pages there still are, and who has them.
import type { UserId } from '#kernel/actor.ts'
import type { Scope } from '#kernel/scope.ts'
import type { Signer } from '#kernel/secret.ts'
import { findUser, type User } from '#domains/directory/index.ts'
import { linkToken, pagesInSummary, readSummaryLink, severityRank } from '#domains/notifications/index.ts'
import { findPages, type PageRow } from './page-store.ts'
import { linkActor } from './phone-link.ts'

/** One page of a summary. `path`: its own signed page. */
export type Listed = { row: PageRow; service: string; path: string }
export type OpenedSummary = {
  found: 'summary'
  user: User
  /** Those that are not over: what nobody has comes first, then the worst, then what came first. */
  pages: Listed[]
  /** How many of its pages are over. */
  over: number
}

/** `unknown`: answered like an address that never was. `gone`: it was a link, and no longer opens anything. */
export async function openSummary(
  scope: Scope,
  signer: Signer,
  token: string,
): Promise<OpenedSummary | { found: 'unknown' } | { found: 'gone'; reason: string }> {
  const target = readSummaryLink(signer, token)
  if (target === 'unknown') return { found: 'unknown' }
  if (target === 'expired') return { found: 'gone', reason: 'This link is too old. Sign in to see the pages.' }
  const { userId, summaryId } = target
  const user = await findUser(scope, userId)
  const entries = (await pagesInSummary(scope, summaryId)).filter((entry) => entry.userId === userId)
  if (!user || user.disabledAt !== null || entries.length === 0) return { found: 'gone', reason: 'This link no longer opens anything.' }
  const services = new Map(entries.map(({ pageId, service }) => [pageId, service]))
  const rows = await seenPages(scope, userId, [...services.keys()])
  const open = rows.filter((row) => row.state !== 'ended')
  if (open.length === 0) return { found: 'gone', reason: rows.length === 1 ? 'It is over.' : `All ${rows.length} are over.` }
  const listed = open.map((row) => ({
    row,
    service: services.get(row.id) ?? '',
    path: `/p/${linkToken(signer, { userId, pageId: row.id })}`,
  }))
  const pages = listed.sort(
    (a, b) => Number(isOwned(a)) - Number(isOwned(b)) || severityRank(a.row.severity) - severityRank(b.row.severity),
  )
  return { found: 'summary', user, pages, over: rows.length - open.length }
}

export const isOwned = ({ row }: Listed): boolean => row.state === 'acknowledged'

/** Pages that told this person, in the order of the ids given. */
async function seenPages(scope: Scope, userId: UserId, ids: readonly string[]): Promise<PageRow[]> {
  const rows = new Map(
    (await findPages({ ...scope, actor: linkActor(userId, 'summary', null) }, ids)).map((row) => [row.id as string, row]),
  )
  return ids.flatMap((id) => rows.get(id) ?? [])
}

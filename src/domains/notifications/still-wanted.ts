// What is still to be told: whether an alert group pages at all, and what of a summary has not been answered yet. Looked at right before every sending.
import type { Scope } from '#kernel/scope.ts'
import { findGroup, isAnyOpen, type GroupId } from '#domains/alerts/index.ts'
import type { SummaryId } from './events.ts'
import { entriesOf, entriesWith, type Entry } from './summary-store.ts'

/** Why a group pages nobody any more, or undefined while it does. */
export async function whyGroupIsQuiet(scope: Scope, groupId: GroupId): Promise<string | undefined> {
  const group = await findGroup(scope, groupId)
  if (!group) return 'the alert group is gone'
  return group.state === 'triggered' ? undefined : `${group.state} by then`
}

/** Why a summary is not sent of which nothing is left. */
export const everythingAnswered = 'everything in it was answered by then'

/** The pages of a summary that are still wanted, in the order in which they came, and the keys of the others. */
export async function contentsOf(scope: Scope, id: SummaryId): Promise<{ wanted: Entry[]; leftOut: string[] }> {
  const entries = await entriesOf(scope, id)
  const quiet = new Map<GroupId, boolean>()
  for (const { groupId, leftWhy } of entries) {
    if (groupId === null || leftWhy !== null || quiet.has(groupId)) continue
    quiet.set(groupId, (await whyGroupIsQuiet(scope, groupId)) !== undefined)
  }
  const isWanted = ({ groupId, leftWhy }: Entry) => leftWhy === null && (groupId === null || quiet.get(groupId) === false)
  return { wanted: entries.filter(isWanted), leftOut: entries.filter((entry) => !isWanted(entry)).map((entry) => entry.reachKey) }
}

/** Why nobody is told singly that a page is over. `pages`: those of its summary, once all of them are over. */
export type WhatIsOver = { reason: string; summary?: SummaryId; pages?: Entry[] }

/** By what somebody was told of a page, under these keys; undefined when it was not by summaries only. */
export async function whatIsOver(scope: Scope, reachKeys: readonly string[]): Promise<WhatIsOver | undefined> {
  const entries = await entriesWith(scope, reachKeys)
  if (entries.length === 0 || entries.length < reachKeys.length) return undefined
  const summary = entries.findLast((entry) => entry.summaryId !== null)?.summaryId
  if (!summary) return { reason: 'not told: it was over before a summary told of it' }
  const pages = (await entriesOf(scope, summary)).filter((entry) => entry.groupId !== null)
  const isOpen = await isAnyOpen(
    scope,
    pages.map((entry) => entry.groupId!),
  )
  return isOpen
    ? { reason: 'not told singly: it came in a summary, of which some is still open' }
    : { reason: 'told of all of its summary at once', summary, pages }
}

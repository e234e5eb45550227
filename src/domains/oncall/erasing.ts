// Words that were erased in an incident leave what is kept of the messages about it: its pages, their deliveries, and what summaries say of them.
import type { Scope } from '#kernel/scope.ts'
import { eraseFromDeliveries, eraseFromEntries } from '#domains/notifications/index.ts'
import { eraseFromPages, reachKeysOf } from './page-store.ts'

/** What has been sent stays where it arrived, and a page that still runs goes on in the words that it began with. */
export async function eraseFromMessages(scope: Scope, incidentId: string, text: string): Promise<void> {
  const pageIds = await eraseFromPages(scope, incidentId, text)
  await eraseFromDeliveries(scope, [incidentId, ...pageIds], text)
  if (pageIds.length > 0) await eraseFromEntries(scope, await reachKeysOf(scope, pageIds), text)
}

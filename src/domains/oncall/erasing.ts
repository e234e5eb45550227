// Words that were erased in an incident leave what is kept of the messages about it: its pages, their deliveries, and what summaries say of them.
import type { CommandContext } from '#kernel/command.ts'
import { erasedWords, eraseFromDeliveries, eraseFromEntries } from '#domains/notifications/index.ts'
import { page } from './page-process.ts'
import { eraseFromPages, lockPagesOfIncident, reachKeysOf } from './page-store.ts'

/** What has been sent stays where it arrived; a page that still runs says them to nobody more. */
export async function eraseFromMessages(
  { scope, tell }: Pick<CommandContext, 'scope' | 'tell'>,
  incidentId: string,
  text: string,
): Promise<void> {
  const pageIds = await eraseFromPages(scope, incidentId, text)
  await eraseFromDeliveries(scope, [incidentId, ...pageIds], text)
  if (pageIds.length === 0) return
  await eraseFromEntries(scope, await reachKeysOf(scope, pageIds), text)
  for (const { id, title, body } of await lockPagesOfIncident(scope, incidentId))
    if (title === erasedWords || body === erasedWords) await tell(page, id, { type: 'hidden', title })
}

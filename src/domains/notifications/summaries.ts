// The process that puts what waits for one person into summaries. It never ends, so that nothing that joins is dropped.
import { z } from 'zod'
import type { UserId } from '#kernel/actor.ts'
import { defineProcess } from '#kernel/define.ts'
import { InstantOut } from '#kernel/time.ts'
import { UserIdSchema } from '#domains/directory/index.ts'
import { pagesSummarised, SummaryIdSchema } from './events.ts'
import { decideSummaries, type SummariesFacts, type SummariesState } from './summaries-decision.ts'
import { SummariesInput, summariesName } from './summaries-input.ts'
import * as store from './summary-store.ts'

const StateSchema: z.ZodType<SummariesState> = z.object({
  userId: UserIdSchema,
  sent: z.number(),
  opened: SummaryIdSchema.nullable(),
  storm: z.object({ sent: z.number(), nextAt: InstantOut }).nullable(),
})

/** Keyed by the person's id. */
export const summaries = defineProcess<SummariesState, SummariesInput, SummariesFacts>({
  name: summariesName,
  version: 1,
  state: StateSchema,
  input: SummariesInput,
  initial: (key) => ({ userId: key as UserId, sent: 0, opened: null, storm: null }),
  facts: async (scope, { userId }) => ({
    waiting: await store.lockWaitingEntries(scope, userId),
    recent: await store.recentPages(scope, userId),
  }),
  decide: decideSummaries,
  async record({ scope, emit }, _, __, { state: { userId, opened } }) {
    if (opened === null) return
    const reachKeys = await store.assignWaiting(scope, userId, opened)
    await emit(pagesSummarised, { summaryId: opened, userId, reachKeys })
  },
})

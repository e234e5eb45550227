// What the process of a person's summaries is told. Apart from it, for the processes that tell it are told by it.
import type { UserId } from '#kernel/actor.ts'
import type { Told } from '#kernel/process.ts'
import { z } from 'zod'

export const summariesName = 'notifications.summaries'

/** A page waits: which ones do stands in their table. */
export const SummariesInput = z.object({ type: z.literal('joined') })
export type SummariesInput = z.output<typeof SummariesInput>

export const toldSummaries = (userId: UserId, input: SummariesInput): Told => ({ process: summariesName, key: userId, input })

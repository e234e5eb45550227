// What became of what was sent lately, by channel: whether a provider works is told by what it did, not by asking it.
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'

/** `reason` is of the last that failed. */
export type ChannelOutcomes = { channel: string; delivered: number; failed: number; reason: string | null }

/** Of everything that was settled since then. */
export const channelOutcomes = (scope: Scope, since: Instant): Promise<ChannelOutcomes[]> =>
  scope.query<ChannelOutcomes>(sql`
    select channel, count(*) filter (where status = 'delivered')::int as delivered, count(*) filter (where status in ('failed', 'unknown'))::int as failed,
      (array_agg(reason order by settled_at desc) filter (where status in ('failed', 'unknown')))[1] as reason
    from notifications where settled_at >= ${since} group by channel order by channel`)

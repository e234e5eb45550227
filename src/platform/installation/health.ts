// The state of the machinery under an installation, as facts. What is to be thought of them, `tocsin doctor` says.
import { z } from 'zod'
import type { Scope } from '#kernel/scope.ts'
import { sql } from '#kernel/sql.ts'
import { addSeconds, InstantOut, secondsBetween } from '#kernel/time.ts'
import { sealedWith } from '../backup/tables.ts'
import { readNewestHeads } from '../events/read.ts'
import { jobsLate, nodesNow } from '../jobs/store.ts'
import { readQuiet } from './quiet.ts'

/** Work that has waited for as long as this is late. */
const lateAfterSeconds = 60

export const Health = z
  .object({
    quietSince: InstantOut.nullable(),
    fsync: z.boolean().meta({ description: 'Whether the database waits for the disk at a commit' }),
    copies: z.object({ following: z.number(), isWaitedFor: z.boolean() }).meta({
      description: 'How many copies follow the database at this moment, and whether a commit waits for one',
    }),
    clockAheadSeconds: z.number().meta({ description: "How far this node's clock is ahead of the database's; negative: behind" }),
    jobs: z.object({ parked: z.number(), overdue: z.number(), oldest: InstantOut.nullable() }),
    nodes: z.array(z.object({ id: z.string(), startedAt: InstantOut, silentSeconds: z.number() })),
    keys: z.array(z.string()).meta({ description: 'Ids of the master keys that sealed secrets need' }),
    heads: z.object({
      looked: z.number(),
      broken: z.array(z.object({ stream: z.string(), reason: z.string() })),
    }),
  })
  .meta({ id: 'Health' })

/** Reads it all in one transaction; of the record only the ends of the chains that were written last. */
export async function readHealth(scope: Scope): Promise<z.input<typeof Health>> {
  const [setting] = await scope.query<{ fsync: string; following: number; waits: boolean }>(
    sql`select current_setting('fsync') as fsync, (select count(*)::int from pg_stat_replication) as following,
      current_setting('synchronous_standby_names') <> '' as waits`,
  )
  const { at, nodes } = await nodesNow(scope)
  return {
    quietSince: (await readQuiet(scope))?.since ?? null,
    fsync: setting!.fsync === 'on',
    copies: { following: setting!.following, isWaitedFor: setting!.waits },
    clockAheadSeconds: secondsBetween(at, scope.now),
    jobs: await jobsLate(scope, addSeconds(scope.now, -lateAfterSeconds)),
    nodes,
    keys: await sealedWith(scope),
    heads: await readNewestHeads(scope),
  }
}

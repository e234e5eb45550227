// The record as it can be asked: the audit log, whether a chain is intact, and what the machinery has set aside.
import { z } from 'zod'
import { defineQuery, defineRecurring, defineSlice } from '#kernel/define.ts'
import { decodeCursor, encodeCursor, listInput, listOutput } from '#kernel/list.ts'
import { allOf, sql } from '#kernel/sql.ts'
import { addSeconds, InstantOut } from '#kernel/time.ts'
import { accessRefused, moreAccessRefused } from '../access/events.ts'
import { readEvents, verifyStream } from '../events/read.ts'
import { parkedJobs } from '../jobs/store.ts'
import { keepHeads, listSigned, readHeads } from './heads-store.ts'
import { signHeads, SignedHeadsSchema } from './heads.ts'

const Entry = z
  .object({
    position: z.number(),
    at: InstantOut,
    type: z.string(),
    actor: z.string(),
    actorName: z.string(),
    sentence: z.string(),
    about: z.record(z.string(), z.string()),
    stream: z.string(),
    sequence: z.number(),
    hash: z.string(),
  })
  .meta({ id: 'RecordEntry' })

const listAudit = defineQuery({
  name: 'audit.list',
  summary: 'Read the record of everything, newest first',
  http: 'GET /audit',
  needs: 'platform:audit',
  on: 'organisation',
  input: listInput({ subject: z.string().max(60).optional(), type: z.string().max(60).optional(), actor: z.string().max(60).optional() }),
  output: listOutput(Entry),
  examples: [{}],
  async run({ scope, describe }, { subject, type, actor, limit, cursor }) {
    const where = allOf([
      ...(subject ? [sql`subject = ${subject}`] : []),
      ...(type ? [sql`type = ${type}`] : []),
      ...(actor ? [sql`(actor = ${actor} or actor like ${`${actor.replace(/[\\%_]/g, '\\$&')} by %`})`] : []),
    ])
    const rows = await readEvents(scope, where, limit + 1, decodeCursor(cursor)?.[0] as number | undefined)
    const items = (await describe(scope, rows.slice(0, limit))).map(({ version: _, data: __, ...entry }) => entry)
    return { items, nextCursor: rows.length > limit ? encodeCursor([items.at(-1)!.position]) : undefined }
  },
})

const verifyRecord = defineQuery({
  name: 'audit.verify',
  summary: "Verify one chain of the record: an incident's, or any subject's",
  http: 'GET /audit/verify/{stream}',
  needs: 'platform:audit',
  on: 'organisation',
  input: z.strictObject({ stream: z.string().max(60) }),
  output: z.object({
    intact: z.boolean(),
    length: z.number().optional(),
    head: z.string().optional(),
    sequence: z.number().optional(),
    reason: z.string().optional(),
  }),
  examples: [{ stream: 'inc_01k3v0v5b8e6w9d2m4q7r1s5t8' }],
  run: ({ scope }, { stream }) => verifyStream(scope, stream),
})

const listHeads = defineQuery({
  name: 'record.heads',
  summary: 'Read where all chains of the record ended, as it is signed every six hours',
  http: 'GET /audit/heads',
  needs: 'platform:audit',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ items: z.array(SignedHeadsSchema) }),
  examples: [{}],
  run: async ({ scope }) => ({ items: await listSigned(scope, 100) }),
})

const listParked = defineQuery({
  name: 'platform.parked',
  summary: 'Work that was set aside because it kept failing',
  http: 'GET /platform/parked',
  needs: 'platform:configure',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({
    items: z.array(
      z.object({ id: z.number(), kind: z.string(), lane: z.string(), lastError: z.string().nullable(), parkedAt: InstantOut }),
    ),
  }),
  examples: [{}],
  run: async ({ scope }) => ({
    items: (await parkedJobs(scope, 200)).map((job) => ({ ...job, lastError: job.lastError?.split('\n')[0] ?? null })),
  }),
})

/** What is kept only for a while. */
const forgetOld = defineRecurring({
  name: 'platform.forget-old',
  everySeconds: 3600,
  async run({ scope, now }) {
    await scope.query(sql`delete from idempotency_keys where created_at < ${addSeconds(now, -3 * 86_400)}`)
    await scope.query(sql`delete from processes where ended_at < ${addSeconds(now, -30 * 86_400)}`)
  },
})

const signRecordHeads = defineRecurring({
  name: 'record.sign-heads',
  everySeconds: 6 * 3600,
  run: async ({ scope, now, signer }) => keepHeads(scope, signHeads(await readHeads(scope), now, signer)),
})

export const record = defineSlice({
  name: 'record',
  operations: { listAudit, verifyRecord, listHeads, listParked },
  events: { accessRefused, moreAccessRefused },
  recurring: [forgetOld, signRecordHeads],
})

// Runs processes: locks the row, takes its inputs in order, lets the pure function decide, and stores state, effects and timers together.
import { z } from 'zod'
import type { AnyProcess, Decision, Ended, ProcessContext, ProcessDefinition, Woke } from '#kernel/process.ts'
import { json, sql } from '#kernel/sql.ts'
import type { Instant } from '#kernel/time.ts'
import type { Transaction } from '../database/database.ts'
import type { Outbox } from '../events/outbox.ts'
import { drainLane } from '../jobs/store.ts'

export type ProcessPayload = { process: string; key: string; input: unknown }
export type EffectPayload = { process: string; key: string; step: number; effect: string; tag: string; input: unknown }

type Row = { version: number; state: unknown; reason: string; step: number; wakeAt: Instant | null; endedAt: Instant | null }

export const laneOf = (process: string, key: string): string => `${process}/${key}`

/** Decides everything that waits for one process. `context` is the engine's, over the same transaction. */
export async function advance(
  tx: Transaction,
  outbox: Outbox,
  context: ProcessContext,
  definition: AnyProcess,
  key: string,
): Promise<void> {
  const process = definition as unknown as ProcessDefinition<unknown, unknown, unknown>
  const now = context.now
  await tx.query(sql`insert into processes (name, key, version, state, reason) values (${process.name}, ${key}, ${process.version}, ${json(process.initial(key))}::json, 'not begun')
    on conflict do nothing`)
  const [row] = await tx.query<Row>(sql`select version, state, reason, step, wake_at as "wakeAt", ended_at as "endedAt" from processes
    where name = ${process.name} and key = ${key} for update`)
  if (!row) throw new Error(`process ${process.name} ${key} vanished`)
  const inputs = (await drainLane(tx, laneOf(process.name, key), now)).map((job) => (job.payload as ProcessPayload).input)
  let { state, reason, step, wakeAt, endedAt } = row
  state = z.parse(process.state, state)

  for (const raw of inputs) {
    if (endedAt !== null) break
    const woke = (raw as Woke).type === 'woke'
    if (woke && (wakeAt === null || wakeAt > now)) continue
    const input = woke || (raw as Ended).type === 'effect' ? (raw as Woke | Ended) : z.parse(process.input, raw)
    const facts = process.facts ? await process.facts(context.scope, state, input) : undefined
    const decision: Decision<unknown> = process.decide(state, input, now, facts)
    if (process.record) await process.record(context, key, state, decision, input)
    for (const call of decision.effects ?? []) {
      step++
      const payload: EffectPayload = { process: process.name, key, step, effect: call.effect, tag: call.tag, input: call.input }
      outbox.enqueue({ kind: 'effect', lane: laneOf(process.name, key), due: now, payload })
    }
    for (const told of decision.tell ?? []) {
      outbox.enqueue({ kind: 'process', lane: laneOf(told.process, told.key), due: now, payload: told })
    }
    state = decision.state
    reason = decision.reason
    wakeAt = decision.wakeAt ?? null
    if (decision.ended === true) endedAt = now
    if (wakeAt !== null && endedAt === null) {
      outbox.enqueue({
        kind: 'process',
        lane: laneOf(process.name, key),
        due: wakeAt,
        payload: { process: process.name, key, input: { type: 'woke' } },
      })
    }
  }
  await tx.query(sql`update processes set state = ${json(state)}::json, reason = ${reason}, step = ${step}, wake_at = ${endedAt === null ? wakeAt : null}, ended_at = ${endedAt}
    where name = ${process.name} and key = ${key}`)
}

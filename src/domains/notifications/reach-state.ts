// What the process of reaching one person knows: the message, its planned deliveries and how each of them stands.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { idOf } from '#kernel/ids.ts'
import { InstantOut } from '#kernel/time.ts'
import { UserIdSchema } from '#domains/directory/index.ts'
import type { NotificationId } from './events.ts'

const GroupRef = z.object({ group: idOf('grp') })

export const MessageSchema = z.object({
  userId: UserIdSchema,
  /** What it is about, the subject first: deliveries are listed by it. */
  about: z.record(z.string(), z.string()),
  urgency: z.enum(['page', 'update']),
  title: z.string().max(1100),
  body: z.string().max(8000),
  /** Address below ours that the message links to. */
  path: z.string().startsWith('/').max(500),
  /** When given, the message links to this person's signed phone page of it instead. */
  page: idOf('pag').optional(),
  /** Told only while this alert group is still triggered; looked at again right before every sending. */
  onlyWhile: GroupRef.optional(),
  /** Only this method, whatever the rules say: a test. */
  onlyMethod: z.string().max(40).optional(),
})
export type Message = z.output<typeof MessageSchema>

export const ReachInput = z.discriminatedUnion('type', [
  MessageSchema.extend({ type: z.literal('start') }),
  z.object({ type: z.literal('cancel'), reason: z.string() }),
])
export type ReachInput = z.output<typeof ReachInput>

/** `again`: a try failed that may succeed later; the next one is at `dueAt`. `withdrawn`: taken back while on its way, outcome still open. */
const StepSchema = z.object({
  methodId: z.string(),
  channel: z.string(),
  label: z.string(),
  status: z.enum(['waiting', 'sending', 'withdrawn', 'again', 'delivered', 'failed', 'unknown', 'cancelled']),
  reason: z.string(),
  dueAt: InstantOut,
  settledAt: InstantOut.nullable(),
  tries: z.number(),
  /** An earlier try may have arrived: the next one says that it is a repeat. */
  inDoubt: z.boolean(),
})
export type Step = z.output<typeof StepSchema>

export const ReachState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('new'), key: z.string() }),
  z.object({ phase: z.literal('reaching'), key: z.string(), message: MessageSchema, steps: z.array(StepSchema) }),
  z.object({ phase: z.literal('over'), key: z.string(), message: MessageSchema, steps: z.array(StepSchema), reached: z.boolean() }),
])
export type ReachState = z.output<typeof ReachState>

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** The id of a process's nth delivery: the same whenever it is asked, so that a repeat is recognised. */
export function deliveryId(key: string, n: number): NotificationId {
  const bytes = createHash('sha256').update(`${key}\n${n}`).digest()
  return `ntf_${Array.from({ length: 26 }, (_, i) => alphabet[bytes[i]! & 31]).join('')}`
}

// What the process of reaching one person knows: the message, its planned deliveries and how each of them stands. A page that joined a summary has no
// deliveries of its own making: they are those of the summary.
import { hash } from 'node:crypto'
import { z } from 'zod'
import { idOf } from '#kernel/ids.ts'
import { InstantOut } from '#kernel/time.ts'
import { UserIdSchema } from '#domains/directory/index.ts'
import { SummaryIdSchema, type NotificationId, type SummaryId } from './events.ts'

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
  /** It says that a page is over, of which its person was told under these keys: told by a summary, they hear it of all of that summary at once. */
  overOf: z.array(z.string()).max(20).optional(),
  /** How bad it is and which service it is about, for when it stands in a summary. */
  severity: z.string().max(20).nullable().optional(),
  service: z.string().max(4000).optional(),
  /** This message is a summary: what it says, whatever its title here, is made of its pages right before every sending, and it links to the page of all of them. */
  summary: SummaryIdSchema.optional(),
})
export type Message = z.output<typeof MessageSchema>

/** Whether it is one of the pages that make a storm, and may have to wait for a summary: one that can be answered from there. */
export const isSinglePage = ({ urgency, page, onlyMethod, summary }: Message): boolean =>
  urgency === 'page' && page !== undefined && onlyMethod === undefined && summary === undefined

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
  /** Of a summary that was delivered: the keys of what was answered before, and so was not in it any more. */
  leftOut: z.array(z.string()).optional(),
})
export type Step = z.output<typeof StepSchema>

/** How a summary stands, as one of its pages hears it. `pages`: how many it was made of. `unwanted`: it was not begun, for nothing in it was left. */
const NewsSchema = z.object({
  type: z.literal('news'),
  pages: z.number(),
  steps: z.array(StepSchema),
  over: z.boolean(),
  unwanted: z.boolean(),
  reason: z.string(),
})
export type News = z.output<typeof NewsSchema>

export const ReachInput = z.discriminatedUnion('type', [
  MessageSchema.extend({ type: z.literal('start') }),
  z.object({ type: z.literal('cancel'), reason: z.string() }),
  NewsSchema,
])
export type ReachInput = z.output<typeof ReachInput>

/** `unwanted`: nobody was told, for it was answered before it began. */
export const ReachState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('new'), key: z.string() }),
  z.object({ phase: z.literal('reaching'), key: z.string(), message: MessageSchema, steps: z.array(StepSchema) }),
  z.object({ phase: z.literal('joined'), key: z.string(), message: MessageSchema, steps: z.array(StepSchema) }),
  z.object({
    phase: z.literal('over'),
    key: z.string(),
    message: MessageSchema,
    steps: z.array(StepSchema),
    reached: z.boolean(),
    unwanted: z.boolean().optional(),
  }),
])
export type ReachState = z.output<typeof ReachState>

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** The id of a process's nth delivery: the same whenever it is asked, so that a repeat is recognised. */
export const deliveryId = (key: string, n: number): NotificationId => `ntf_${digest(`${key}\n${n}`)}`

/** The id of a person's nth summary, and the key of the process that tells it. */
export const summaryIdOf = (userId: string, n: number): SummaryId => `sum_${digest(`summary\n${userId}\n${n}`)}`
export const summaryKey = (id: SummaryId): string => `summary/${id}`

function digest(text: string): string {
  let id = ''
  for (const byte of hash('sha256', text, 'buffer').subarray(0, 26)) id += alphabet[byte & 31]
  return id
}

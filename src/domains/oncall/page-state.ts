// What the process of one page knows: a copy of the policy as it was at the start, where it stands, whom it told.
import { z } from 'zod'
import { idOf } from '#kernel/ids.ts'
import { InstantOut } from '#kernel/time.ts'
import { UserIdSchema } from '#domains/directory/index.ts'
import { LevelSchema } from './policy.ts'

/** What is paged about. `since`: when it began, for "for 2 min". `changed`: what was changed last before that. */
const SubjectSchema = z.object({
  policy: z.string().nullable(),
  levels: z.array(LevelSchema),
  repeat: z.number(),
  ackTimeoutSeconds: z.number().nullable(),
  groupId: idOf('grp').nullable(),
  incidentId: idOf('inc').nullable(),
  teamId: idOf('tem').nullable(),
  severity: z.string().nullable().default(null),
  title: z.string(),
  body: z.string(),
  since: InstantOut,
  changed: z.object({ summary: z.string(), at: InstantOut }).nullable().default(null),
})
export type Subject = z.output<typeof SubjectSchema>

/** Who has it: a person, or its source (null). */
const TakerSchema = z.object({ by: UserIdSchema.nullable(), name: z.string() })
export type Taker = z.output<typeof TakerSchema>

/** What starts with a taker was answered before anybody could be paged. */
export const PageInput = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), subject: SubjectSchema, taker: TakerSchema.optional() }),
  z.object({ type: z.literal('acknowledged'), ...TakerSchema.shape }),
  z.object({ type: z.literal('given-back'), reason: z.string() }),
  /** `from`: where it stood when that was asked. Asked twice, it goes on once. */
  z.object({ type: z.literal('escalate'), name: z.string(), from: z.object({ level: z.number(), round: z.number() }).optional() }),
  /** What it is about is hidden from now on: whoever is paged later reads this instead. */
  z.object({ type: z.literal('hidden'), title: z.string() }),
  z.object({ type: z.literal('end'), reason: z.string(), over: z.boolean() }),
])
export type PageInput = z.output<typeof PageInput>

/** Somebody whom a step told: `reachKey` names the process that reaches them. */
const ToldSchema = z.object({ userId: UserIdSchema, reachKey: z.string(), reason: z.string() })
export type Told = z.output<typeof ToldSchema>

/** One line of the trace. Levels and rounds count from 1. */
const StepSchema = z.object({
  kind: z.enum(['paged', 'skipped', 'acknowledged', 'given-back', 'exhausted', 'ended']),
  level: z.number(),
  round: z.number(),
  reason: z.string(),
  people: z.array(ToldSchema),
})
export type Step = z.output<typeof StepSchema>

/** Who comes next if nobody answers, as the decision knew it. */
const NextSchema = z.object({ at: InstantOut, level: z.number(), names: z.array(z.string()) })

const common = {
  key: z.string(),
  subject: SubjectSchema,
  /** 1 is the first level. */
  level: z.number(),
  /** Grows each time the levels begin anew, also after it was given back. */
  round: z.number(),
  roundsLeft: z.number(),
  told: z.array(ToldSchema),
  /** What this decision did; the one before it has been written down. */
  news: z.array(StepSchema),
  next: NextSchema.nullable(),
  /** When it looks again by itself. */
  alarm: InstantOut.nullable(),
}

export const PageState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('new'), key: z.string() }),
  z.object({ phase: z.literal('paging'), ...common }),
  z.object({ phase: z.literal('acknowledged'), ...common, ...TakerSchema.shape }),
  z.object({ phase: z.literal('exhausted'), ...common }),
  z.object({ phase: z.literal('ended'), ...common }),
])
export type PageState = z.output<typeof PageState>
export type Running = Exclude<PageState, { phase: 'new' }>

// What a run knows and where it stands: one place at a time. What cannot be (a question without a step, an end that still waits) cannot be written.
import { z } from 'zod'
import { InstantOut } from '#kernel/time.ts'
import { Runbook, Who } from './definition.ts'
import { RunIdSchema, RunbookIdSchema, UserIdSchema } from './events.ts'

/** How the last step that ended did. `step` null: a section was passed over. */
const Ending = z.object({
  seq: z.number(),
  step: z.string().nullable(),
  section: z.number(),
  status: z.enum(['done', 'failed', 'skipped', 'unknown']),
  reason: z.string(),
  output: z.string().optional(),
  extracted: z.record(z.string(), z.unknown()).optional(),
})
export type Ending = z.output<typeof Ending>

/** Everything that a later step may ask of an earlier one. */
const Progress = z.object({
  runId: RunIdSchema,
  runbookId: RunbookIdSchema,
  version: z.number(),
  incidentId: z.string().nullable(),
  starter: z.object({ userId: UserIdSchema, limitedTo: z.array(z.string()).nullable() }).nullable(),
  inputs: z.record(z.string(), z.unknown()),
  values: z.record(z.string(), z.record(z.string(), z.unknown())),
  answers: z.record(z.string(), z.string()),
  /** By step: the hash of the call that was approved, and by whom. */
  approved: z.record(z.string(), z.object({ hash: z.string(), by: z.array(UserIdSchema) })),
  /** Number of the newest visit of a step; each visit is one row. */
  seq: z.number(),
  ended: Ending.nullable(),
})
export type Progress = z.output<typeof Progress>

/** What a pending question, approval or doubt asks; kept as a row as long as it waits. */
export const Pending = z.object({
  question: z.string(),
  shown: z.array(z.object({ label: z.string(), value: z.string() })),
  answers: z.array(z.object({ id: z.string(), text: z.string(), consequence: z.string() })),
  who: z.array(Who),
  also: z.array(Who),
  alsoAt: InstantOut.nullable(),
  endsAt: InstantOut.nullable(),
  /** What happens then, in words. */
  atEnd: z.string().nullable(),
})
export type Pending = z.output<typeof Pending>

const at = <Phase extends string, Shape extends z.ZodRawShape>(phase: Phase, shape: Shape) =>
  z.object({ phase: z.literal(phase), ...Progress.shape, ...shape })
const here = { step: z.string() }

export const RunState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('not-begun') }),
  /** About to enter `to`, at once. */
  at('moving', { to: z.string(), through: z.enum(['order', 'jump']) }),
  /** A call is under way. `stopping`: the run ends as soon as it is known how the call ended. */
  at('calling', { ...here, stopping: z.boolean() }),
  at('waiting', { ...here, until: InstantOut }),
  at('asking', { ...here, pending: Pending }),
  at('approving', {
    ...here,
    pending: Pending,
    target: z.string(),
    hash: z.string(),
    preview: z.string(),
    danger: z.string(),
    quorum: z.number(),
    by: z.array(UserIdSchema),
  }),
  /** A call may or may not have happened; a person says which. */
  at('doubt', { ...here, pending: Pending }),
  /** A step failed; a person tries again, skips it or stops the run. */
  at('stuck', { ...here, through: z.enum(['order', 'jump']) }),
  at('ended', { outcome: z.enum(['done', 'cancelled', 'failed']) }),
])
export type RunState = z.output<typeof RunState>
export type Phase = RunState['phase']
export type Begun = Exclude<RunState, { phase: 'not-begun' }>
export type At<P extends Phase> = Extract<RunState, { phase: P }>

const by = UserIdSchema.nullable()
export const RunInput = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), progress: Progress }),
  z.object({ type: z.literal('answered'), seq: z.number(), answer: z.string(), by }),
  z.object({ type: z.literal('approved'), seq: z.number(), by: UserIdSchema }),
  z.object({ type: z.literal('refused'), seq: z.number(), by, reason: z.string() }),
  z.object({ type: z.literal('retry'), seq: z.number(), by }),
  z.object({ type: z.literal('skip'), seq: z.number(), by, reason: z.string() }),
  z.object({ type: z.literal('cancel'), by, reason: z.string() }),
])
export type RunInput = z.output<typeof RunInput>

/** What the decision is given beside its state: the definition at its version, the incident and the connections' addresses as
 * they are now, and what waits in the pending row. */
export type RunFacts = {
  runbook: Runbook
  incident: Readonly<Record<string, unknown>> | null
  addresses: Readonly<Record<string, string>>
  /** A person's answer, or that they skip it, is recorded but not yet decided: a timer must not overtake it. */
  isAnswered: boolean
}

/** Names a call of one visit, so that an outcome of an earlier one is told from it. */
export const tagOf = ({ step, seq }: { step: string; seq: number }): string => `${step}#${seq}`

/** Answers to a doubt. */
export const doubtAnswers = [
  { id: 'happened', text: 'It happened', consequence: 'the run goes on as if the step were done; nothing is sent' },
  { id: 'again', text: 'Do it again', consequence: 'the same call is sent once more' },
  { id: 'skip', text: 'Skip it', consequence: 'the run goes on without it; nothing is sent' },
] as const

// What runbooks, connections and runs look like from outside.
import { z } from 'zod'
import { InstantOut } from '#kernel/time.ts'
import { TeamIdSchema, UserIdSchema } from '#domains/directory/index.ts'
import { dangers, Runbook } from './definition.ts'
import { ConnectionIdSchema, RunIdSchema, RunbookIdSchema } from './events.ts'

const Problem = z.object({ path: z.string(), message: z.string() })
const TeamRef = z.object({ id: TeamIdSchema, slug: z.string(), name: z.string() }).nullable()
const Person = z.object({ id: UserIdSchema, name: z.string() })

export const RunbookItem = z
  .object({
    id: RunbookIdSchema,
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    team: TeamRef,
    version: z.number(),
    changedAt: InstantOut,
    steps: z.number(),
    asks: z.number(),
    changes: z.number(),
    problems: z.array(Problem),
    lastRun: z.object({ number: z.number(), phase: z.string(), startedAt: InstantOut }).nullable(),
  })
  .meta({ id: 'RunbookItem' })

export const RunbookView = z
  .object({
    id: RunbookIdSchema,
    slug: z.string(),
    name: z.string(),
    team: TeamRef,
    version: z.number(),
    createdAt: InstantOut,
    changedAt: InstantOut,
    changedBy: z.string(),
    definition: Runbook.meta({ id: 'RunbookDefinition' }),
    problems: z.array(Problem),
    /** The prose of each section and each step, as sanitised HTML. */
    prose: z.object({ sections: z.array(z.string()), steps: z.record(z.string(), z.string()) }),
    /** By step: what it is in a few words, who is asked, where it may go. */
    outline: z.array(
      z.object({
        section: z.number(),
        step: z.string(),
        name: z.string(),
        kind: z.string(),
        danger: z.enum(dangers),
        says: z.string(),
        next: z.array(z.object({ label: z.string(), to: z.string() })),
      }),
    ),
    versions: z.array(z.object({ version: z.number(), savedBy: z.string(), savedAt: InstantOut })),
  })
  .meta({ id: 'RunbookView' })

export const ConnectionView = z
  .object({
    id: ConnectionIdSchema,
    slug: z.string(),
    name: z.string(),
    team: z.string().nullable(),
    address: z.string(),
    scheme: z.string(),
    createdAt: InstantOut,
    rotatedAt: InstantOut,
    usedBy: z.array(z.object({ slug: z.string(), name: z.string() })),
  })
  .meta({ id: 'Connection' })

const IncidentRef = z.object({ id: z.string(), number: z.number(), title: z.string() }).nullable()

/** `phase`: moving, calling, stopping, waiting, asking, approving, doubt, stuck; at its end done, cancelled or failed. */
export const RunItem = z
  .object({
    id: RunIdSchema,
    number: z.number(),
    runbook: z.object({ slug: z.string(), name: z.string(), version: z.number() }),
    incident: IncidentRef,
    phase: z.string(),
    reason: z.string(),
    step: z.object({ id: z.string(), name: z.string(), place: z.number(), of: z.number() }).nullable(),
    startedBy: z.string(),
    startedFor: z.string().nullable(),
    startedAt: InstantOut,
    endedAt: InstantOut.nullable(),
  })
  .meta({ id: 'RunItem' })

export const PendingView = z
  .object({
    run: z.object({ id: RunIdSchema, number: z.number(), name: z.string() }),
    incident: IncidentRef,
    kind: z.enum(['question', 'approval', 'doubt']),
    seq: z.number(),
    step: z.string(),
    name: z.string(),
    question: z.string(),
    shown: z.array(z.object({ label: z.string(), value: z.string() })),
    answers: z.array(
      z.object({
        id: z.string(),
        text: z.string(),
        consequence: z.string(),
        changes: z.boolean().meta({ description: 'Something outside is changed right after it' }),
      }),
    ),
    who: z.string(),
    people: z.array(Person),
    isMine: z.boolean(),
    askedAt: InstantOut,
    also: z.object({ who: z.string(), at: InstantOut }).nullable(),
    end: z.object({ then: z.string(), at: InstantOut }).nullable(),
    danger: z.string().nullable(),
    preview: z.string().nullable(),
    hash: z.string().nullable(),
    quorum: z.number(),
    approvals: z.array(Person.extend({ at: InstantOut, note: z.string().nullable() })),
    ifNothing: z.string(),
  })
  .meta({ id: 'RunPending' })
export type PendingView = z.input<typeof PendingView>

const stepStates = ['upcoming', 'running', 'waiting', 'done', 'failed', 'skipped', 'unknown'] as const
const PathStep = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  danger: z.enum(dangers),
  state: z.enum(stepStates),
  reason: z.string(),
  says: z.string(),
  visits: z.number(),
  seq: z.number().nullable(),
  startedAt: InstantOut.nullable(),
  endedAt: InstantOut.nullable(),
  output: z.string().nullable(),
  extracted: z.record(z.string(), z.unknown()),
})

export const RunView = z
  .object({
    ...RunItem.shape,
    inputs: z.record(z.string(), z.unknown()),
    sections: z.array(z.object({ name: z.string(), html: z.string(), reason: z.string().nullable(), steps: z.array(PathStep) })),
    visits: z.array(
      z.object({
        seq: z.number(),
        name: z.string(),
        by: z.enum(['machine', 'person']),
        startedAt: InstantOut,
        endedAt: InstantOut.nullable(),
      }),
    ),
    values: z.array(z.object({ name: z.string(), value: z.string() })),
    answered: z.array(
      z.object({
        step: z.string(),
        kind: z.string(),
        question: z.string(),
        answer: z.string(),
        note: z.string().nullable(),
        by: z.string(),
        at: InstantOut,
      }),
    ),
    pending: PendingView.nullable(),
    stuck: z.object({ seq: z.number(), step: z.string(), name: z.string(), reason: z.string() }).nullable(),
    ifNothing: z.string(),
    machineSeconds: z.number(),
    peopleSeconds: z.number(),
  })
  .meta({ id: 'Run' })

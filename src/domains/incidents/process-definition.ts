// What a process is, as people write it in YAML. What must stay true: it is plain data, and a parsed one is complete, so that what is exported
// and applied again changes nothing.
import { z } from 'zod'
import { Name, Slug } from '#domains/directory/index.ts'

/** The id of a state, role, category or level: `on-hold`. */
export const Word = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'write lower-case letters, digits and single hyphens, like on-hold')
/** The id of a field: `rootCause`. */
const FieldId = z
  .string()
  .max(40)
  .regex(/^[a-z][A-Za-z0-9]*$/, 'write letters and digits and begin with a lower-case letter, like rootCause')
const Condition = z
  .string()
  .min(1)
  .max(4000)
  .meta({ description: 'CEL over the incident: severity, priority, openTasks, fields.rootCause …' })
const Sentence = z.string().trim().min(1).max(300)
/** `30 min`: s, min, h or d. */
const Duration = z.string().regex(/^[1-9]\d{0,4} (s|min|h|d)$/, 'write a number and a unit (s, min, h, d), like `30 min`')
const secondsPerUnit: Record<string, number> = { s: 1, min: 60, h: 3600, d: 86_400 }

/** Seconds of a Duration. */
export function secondsOf(duration: string): number {
  const [count, unit] = duration.split(' ')
  return Number(count) * secondsPerUnit[unit!]!
}

/** Severity slots of the whole product, worst first; a process names and uses some of them. */
export const severityIds = ['SEV1', 'SEV2', 'SEV3', 'SEV4', 'SEV5'] as const
export const SeverityId = z.enum(severityIds)
export type SeverityId = z.output<typeof SeverityId>

export const stateKinds = ['open', 'resolved', 'closed', 'cancelled'] as const
export type StateKind = (typeof stateKinds)[number]
/** How a state is drawn; the word is the process's own. */
const Glyph = z.enum(['new', 'acknowledged', 'worked', 'held', 'paused', 'resolved', 'closed', 'suppressed'])

const State = z.strictObject({
  id: Word,
  name: Name,
  kind: z.enum(stateKinds),
  glyph: Glyph,
  means: z.string().max(300).default('').meta({ description: 'What is done in it, shown on the screen' }),
  requires: z.array(FieldId).max(30).default([]).meta({ description: 'Fields that must be filled before it is entered' }),
  hold: z.boolean().default(false).meta({ description: 'Entering it asks for one of the hold reasons' }),
  said: Name.nullable().default(null).meta({ description: 'The word that an update announces to stakeholders; empty: its name' }),
  aside: z.boolean().default(false).meta({ description: 'Not on the straight path: shown only while the incident is in it' }),
})

const Transition = z.strictObject({
  from: z.array(Word).min(1).max(40),
  to: Word,
  label: Name.meta({ description: 'The verb on the button' }),
  needs: z.array(FieldId).max(30).default([]),
  when: Condition.nullable().default(null),
  because: Sentence.nullable().default(null).meta({ description: 'What is told when `when` does not hold' }),
  by: z.array(Word).max(20).default([]).meta({ description: 'Only holders of these roles; empty: whoever may respond' }),
  asksReason: z.boolean().default(false),
})

const Level = z.strictObject({ id: Word, name: Name, means: z.string().max(300).default('') })
const Severity = z.strictObject({
  id: SeverityId,
  name: Name,
  means: z.string().max(300).default(''),
  atLeast: z.string().max(10).nullable().default(null),
})
const Risk = Level.extend({ raises: z.number().int().min(-2).max(2).default(0).meta({ description: 'Steps by which the priority rises' }) })
const PriorityId = z
  .string()
  .max(10)
  .regex(/^P[1-9]$/, 'write P1 to P9')
const Priority = z.strictObject({ id: PriorityId, name: Name, severity: SeverityId })

const Role = z.strictObject({
  id: Word,
  name: Name,
  does: z.string().max(300).default(''),
  takenBy: z.enum(['opener', 'nobody']).default('nobody').meta({ description: 'Who has it when the incident begins' }),
  communicates: z.boolean().default(false).meta({ description: 'Is reminded of updates' }),
})

const Field = z
  .strictObject({
    id: FieldId,
    name: Name,
    type: z.enum(['text', 'long-text', 'choice', 'yes-no']),
    options: z.array(Name).max(40).default([]),
    hint: z.string().max(300).default(''),
  })
  .refine((field) => (field.type === 'choice') === field.options.length > 0, {
    path: ['options'],
    message: 'a choice has options, and only a choice does',
  })

const Start = z.union([z.literal('opened'), z.strictObject({ state: Word })])
const Sla = z.strictObject({
  id: Word,
  name: Name,
  metBy: z.array(Word).min(1).max(40).meta({ description: 'Entering any of these states meets it' }),
  by: z.enum(['priority', 'severity']),
  within: z.record(z.string().max(10), Duration).meta({ description: 'Per priority or severity; one that is not named has no target' }),
  warnAt: z.number().min(0.1).max(0.99).default(0.8),
  tells: z.array(Word).max(20).default([]),
  pages: Slug.nullable().default(null).meta({ description: 'Escalation policy that is paged when it is missed' }),
})

const ProcessObject = z.strictObject({
  slug: Slug,
  name: Name,
  summary: z.string().max(600).default(''),
  start: Word,
  states: z.array(State).min(2).max(40),
  transitions: z.array(Transition).min(1).max(200),
  holdReasons: z
    .array(Level.extend({ pauses: z.boolean().default(false), asksReason: z.boolean().default(false) }))
    .max(20)
    .default([]),
  fields: z.array(Field).max(60).default([]),
  roles: z.array(Role).min(1).max(20),
  lead: Word.meta({ description: 'The role that leads' }),
  severities: z.array(Severity).min(1).max(5),
  priorities: z.array(Priority).max(9).default([]).meta({ description: 'From the most urgent' }),
  impacts: z.array(Level).max(9).default([]),
  urgencies: z.array(Level).max(9).default([]),
  risks: z.array(Risk).max(9).default([]),
  matrix: z.record(Word, z.record(Word, PriorityId)).default({}).meta({ description: 'impact → urgency → priority' }),
  categories: z
    .array(Level.extend({ subcategories: z.array(Level).max(40).default([]) }))
    .max(40)
    .default([]),
  defaults: z.strictObject({ severity: SeverityId, risk: Word.nullable().default(null) }),
  fromAlerts: z.strictObject({ critical: SeverityId, error: SeverityId, warning: SeverityId, info: SeverityId }),
  slas: z.array(Sla).max(10).default([]),
  updates: z
    .strictObject({
      every: z
        .union([Duration, z.partialRecord(SeverityId, Duration)])
        .meta({ description: 'For all, or per severity; one that is not named has none' }),
      remindBefore: Duration.default('5 min'),
    })
    .nullable()
    .default(null),
  tasks: z
    .array(z.strictObject({ on: Start, title: Name, role: Word.nullable().default(null), within: Duration.nullable().default(null) }))
    .max(40)
    .default([]),
  runbooks: z
    .array(z.strictObject({ runbook: Slug, on: Start, when: Condition.nullable().default(null) }))
    .max(40)
    .default([]),
  review: z
    .strictObject({
      when: Condition.nullable().default(null),
      within: Duration.default('5 d').meta({ description: 'After the end, in weekdays; a part of a day counts as one' }),
      sections: z
        .array(z.strictObject({ id: Word, title: Name, prompt: z.string().max(600).default('') }))
        .min(1)
        .max(30),
    })
    .nullable()
    .default(null),
  closure: z.strictObject({
    confirmedBy: z.enum(['reporter', 'nobody']).default('nobody'),
    closes: Word.meta({ description: 'The state that a confirmation, or silence, leads to' }),
    autoCloseAfter: Duration.nullable().default(null),
    reopens: Word.meta({ description: 'The state that a refusal, or reopening, leads to' }),
    reopenWithin: Duration.nullable().default(null).meta({ description: 'After it was resolved; null: always' }),
  }),
})

export const ProcessSpec = ProcessObject.meta({ id: 'Process' })
export type ProcessSpec = z.output<typeof ProcessSpec>
export type State = ProcessSpec['states'][number]
export type Transition = ProcessSpec['transitions'][number]
export type SlaSpec = ProcessSpec['slas'][number]

/** A process at one of its versions: what an incident keeps from its first moment to its last. */
export type Process = ProcessSpec & { version: number }

/** Fields that every incident has; the rest are the process's own. */
const knownFields = {
  title: 'Title',
  description: 'Description',
  occurredAt: 'When it occurred',
  errorCode: 'Error code',
  reporter: 'Reporter',
  services: 'Services',
  severity: 'Severity',
  impact: 'Impact',
  urgency: 'Urgency',
  risk: 'Risk',
  priority: 'Priority',
  category: 'Category',
  subcategory: 'Subcategory',
} as const
export type KnownField = keyof typeof knownFields
export const isKnownField = (field: string): field is KnownField => Object.hasOwn(knownFields, field)

/** The state with this id. Throws for an id that a checked process does not have. */
export function stateOf(process: Pick<ProcessSpec, 'states' | 'slug'>, id: string): State {
  const state = process.states.find((candidate) => candidate.id === id)
  if (!state) throw new Error(`the process ${process.slug} has no state ${id}`)
  return state
}

/** The name of a field, the incident's or the process's. */
export const fieldName = (process: Pick<ProcessSpec, 'fields'>, field: string): string =>
  isKnownField(field) ? knownFields[field] : (process.fields.find((candidate) => candidate.id === field)?.name ?? field)

/** `on-hold` → `On hold`: what a state or role is called where only its id is at hand. */
export const spokenId = (id: string): string => {
  const words = id.replaceAll('-', ' ').replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

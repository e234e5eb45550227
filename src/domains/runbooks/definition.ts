// What a runbook is, as people write it in YAML: sections of prose and steps. What must stay true: a step is exactly one kind of thing, and a
// step that changes something outside says so in `danger`.
import { z } from 'zod'
import { Name, Slug } from '#domains/directory/index.ts'

/** The name of a step, an input or a value in conditions and templates: `find_deploys`. */
export const Key = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9_]*$/, 'write lower-case letters, digits and underscores, like find_deploys')
  .refine((key) => key !== 'end' && key !== 'next', 'is reserved: `end` ends the run, `next` is the following step')
/** Where to go on: a step, the following one (`next`), or nowhere (`end`). */
const StepRef = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9_]*$/, 'is the id of a step, `next` or `end`')
const Template = z.string().min(1).max(8000).meta({ description: 'Liquid over incident, inputs, steps and answers' })
const Condition = z.string().min(1).max(2000).meta({ description: 'CEL over incident, inputs, steps and answers' })
/** `5 min`: s, min, h or d. */
const Duration = z.string().regex(/^[1-9]\d{0,4} (s|min|h|d)$/, 'write a number and a unit (s, min, h, d), like `5 min`')
const secondsPerUnit: Record<string, number> = { s: 1, min: 60, h: 3600, d: 86_400 }

/** Seconds of a Duration. */
export function secondsOf(duration: string): number {
  const [count, unit] = duration.split(' ')
  return Number(count) * secondsPerUnit[unit!]!
}

/** Who is asked: the holder of a role in the incident, a person, a team's members, or whoever is on call in a schedule. */
export const Who = z.union([
  z.strictObject({ role: Slug }),
  z.strictObject({ user: z.string().max(60) }),
  z.strictObject({ team: Slug }),
  z.strictObject({ schedule: Slug }),
])
export type Who = z.output<typeof Who>
const Whom = z.array(Who).max(10)
const AskAlso = z.strictObject({ after: Duration, who: Whom.min(1) })

export const dangers = ['reads', 'changes', 'destroys'] as const
/** What a call does to the world outside. */
export type Danger = (typeof dangers)[number]
const Danger = z.enum(dangers)
/** Why a step that changes something needs nobody's approval. */
const WithoutApproval = z.string().min(8).max(300)
const Pointer = z
  .string()
  .max(300)
  .regex(/^(\/([^~/]|~[01])*)*$/, 'is a JSON pointer, like /items/0/version')
const Extract = z.record(Key, Pointer)

/** A value of a JSON body or of a command's input; every text in it is a template. */
export type Fillable = string | number | boolean | null | Fillable[] | { [key: string]: Fillable }
const Fillable: z.ZodType<Fillable, Fillable> = z.lazy(() =>
  z.union([z.string().max(8000), z.number(), z.boolean(), z.null(), z.array(Fillable).max(100), z.record(z.string().max(100), Fillable)]),
) as z.ZodType<Fillable, Fillable>

const Http = z.strictObject({
  connection: Slug.optional().meta({ description: 'Whose credentials are sent; the address must be below its own' }),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  url: Template,
  headers: z.record(z.string().max(100), Template).default({}),
  body: Template.optional(),
  json: Fillable.optional(),
  danger: Danger,
  withoutApproval: WithoutApproval.optional(),
  expect: z.array(z.number().int().min(200).max(599)).min(1).max(20).optional().meta({ description: 'Default: any 2xx' }),
  extract: Extract.default({}),
  timeoutSeconds: z.number().int().min(1).max(60).default(10),
})

const Answer = z.strictObject({
  id: Key,
  text: z.string().min(1).max(120),
  consequence: z.string().min(1).max(200).meta({ description: 'What follows, as the reader sees it before the click' }),
  goto: StepRef.default('next'),
})
const Ask = z.strictObject({
  question: Template,
  who: Whom.default([]).meta({ description: 'Nobody named: whoever may work on runs' }),
  show: z
    .array(z.strictObject({ label: Name, value: Template }))
    .max(12)
    .default([]),
  answers: z.array(Answer).max(8).default([]),
  askAlso: AskAlso.optional(),
  timeout: z.strictObject({ after: Duration, answer: Key }).optional(),
})

const Approve = z.strictObject({
  who: Whom.default([]),
  quorum: z.number().int().min(1).max(5).default(1),
  danger: Template.meta({ description: 'What it does to production, in words' }),
  refused: StepRef.default('end'),
  askAlso: AskAlso.optional(),
  timeout: z.strictObject({ after: Duration, goto: StepRef.default('end') }).optional(),
})

const Branch = z.strictObject({
  cases: z
    .array(z.strictObject({ when: Condition, goto: StepRef }))
    .min(1)
    .max(20),
  otherwise: StepRef.default('next'),
})

const Update = z.strictObject({
  text: Template,
  state: Template.optional(),
  whoIsHit: Template.optional(),
  whatWeDo: Template.optional(),
  whenItEnds: Template.optional(),
  whatToSay: Template.optional(),
  components: z
    .array(z.strictObject({ component: Slug, status: z.string().max(40) }))
    .max(50)
    .optional(),
  pages: z.array(Slug).max(20).optional(),
  nextUpdateIn: Duration.optional(),
})

const Do = z.strictObject({
  command: z.string().regex(/^[a-z]+\.[a-zA-Z]+$/, 'is a command of the catalogue, like incidents.changeState'),
  input: z.record(z.string().max(100), Fillable).default({}),
  danger: Danger.default('reads').meta({ description: 'What it does outside Tocsin; its own records are not outside' }),
  withoutApproval: WithoutApproval.optional(),
  extract: Extract.default({}),
})

const kinds = {
  http: Http,
  ask: Ask,
  approve: Approve,
  branch: Branch,
  update: Update,
  do: Do,
  wait: z.strictObject({ for: Duration }),
  set: z.record(Key, Template),
  note: Template,
}
type Kind = keyof typeof kinds
const kindNames = Object.keys(kinds) as Kind[]

export const Step = z
  .strictObject({
    id: Key,
    name: Name,
    prose: z.string().max(8000).default(''),
    next: StepRef.default('next'),
    failed: StepRef.optional().meta({ description: 'Where to go when it fails; absent: the run stands and asks' }),
    ...z.strictObject(kinds).partial().shape,
  })
  .superRefine((step, context) => {
    const given = kindNames.filter((kind) => step[kind] !== undefined)
    if (given.length !== 1)
      context.addIssue({
        code: 'custom',
        message: `is ${given.length === 0 ? 'nothing' : given.join(' and ')}: give exactly one of ${kindNames.join(', ')}`,
      })
  })
export type Step = z.output<typeof Step>

const Section = z.strictObject({
  name: Name,
  when: Condition.optional().meta({ description: 'Asked when the run comes to it; a jump into it is not held up' }),
  prose: z.string().max(20_000).default(''),
  steps: z.array(Step).max(60).default([]),
})

const Input = z.strictObject({
  name: Key,
  label: Name,
  type: z.enum(['text', 'number', 'boolean', 'choice']).default('text'),
  options: z.array(z.string().max(120)).max(50).default([]),
  required: z.boolean().default(true),
  default: Template.optional().meta({ description: 'Liquid over incident' }),
})
export type RunbookInput = z.output<typeof Input>

export const Runbook = z.strictObject({
  slug: Slug,
  name: Name,
  description: z.string().max(4000).default(''),
  team: Slug.nullable().default(null),
  inputs: z.array(Input).max(20).default([]),
  sections: z.array(Section).min(1).max(30),
})
export type Runbook = z.output<typeof Runbook>

/** A step as what it is: `act.kind === 'http'` has its settings under `act.http`. */
export type Act = { [K in Kind]: { kind: K } & { [P in K]: NonNullable<Step[P]> } }[Kind]

/** Throws when the step is not one kind of thing, which the schema has refused. */
export function actOf(step: Step): Act {
  const kind = kindNames.find((name) => step[name] !== undefined)
  if (!kind) throw new Error(`step ${step.id} is nothing`)
  return { kind, [kind]: step[kind] } as unknown as Act
}

/** What a step does to the world outside. */
export function dangerOf(step: Step): Danger {
  const act = actOf(step)
  return act.kind === 'http' ? act.http.danger : act.kind === 'do' ? act.do.danger : 'reads'
}

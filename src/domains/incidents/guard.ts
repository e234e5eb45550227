// What the conditions of a process may look at, and their compiled forms. A condition that cannot be told counts as not holding, with its reason.
import { compileCondition, evaluate, type CompiledCondition, type ConditionFault, type Declarations } from '#kernel/conditions.ts'
import { kept } from '#kernel/kept.ts'
import type { Instant } from '#kernel/time.ts'

/** The incident as conditions see it. What is not set is an empty text. */
export const guardDeclarations = {
  state: 'text',
  severity: 'text',
  priority: 'text',
  impact: 'text',
  urgency: 'text',
  risk: 'text',
  category: 'text',
  subcategory: 'text',
  confirmation: 'text',
  openTasks: 'number',
  hypotheses: 'number',
  confirmedHypotheses: 'number',
  decisions: 'number',
  openAlertGroups: 'number',
  openedAt: 'instant',
  now: 'instant',
  roles: 'texts',
  services: 'texts',
  fields: 'labels',
  reported: 'boolean',
  fromAlert: 'boolean',
  private: 'boolean',
} as const satisfies Declarations

export type GuardValues = {
  [Name in keyof typeof guardDeclarations]: {
    text: string
    number: number
    boolean: boolean
    instant: Instant
    texts: string[]
    labels: Record<string, string>
  }[(typeof guardDeclarations)[Name]]
}

/** The compiled condition, or its faults. Kept: a process has few, and they are asked for at every look at an incident. */
export const guard: (source: string) => CompiledCondition | { faults: ConditionFault[] } = kept((source) =>
  compileCondition(source, guardDeclarations),
)

/** Whether the condition holds, and why. `null` always holds. */
export function holds(source: string | null, values: GuardValues): { holds: boolean; reason: string } {
  if (source === null) return { holds: true, reason: 'always' }
  const condition = guard(source)
  if ('faults' in condition)
    return { holds: false, reason: `the condition \`${source}\` does not compile: ${condition.faults[0]!.message}` }
  const answer = evaluate(condition, values)
  return 'error' in answer ? { holds: false, reason: `it cannot be told: ${answer.error}` } : answer
}

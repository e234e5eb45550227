// Whether a condition can ever hold in a process: tried on all values that its variables can take, as far as they are countable. Pure.
import { evaluate, type CompiledCondition } from '#kernel/conditions.ts'
import { instant } from '#kernel/time.ts'
import { guardDeclarations, type GuardValues } from './guard.ts'
import type { ProcessSpec } from './process-definition.ts'

const mostTries = 20_000

/** False only when no incident of this process could make it hold. What would take too long to try counts as possible. */
export function canHold(process: ProcessSpec, condition: CompiledCondition): boolean {
  const mentioned = (Object.keys(guardDeclarations) as (keyof GuardValues)[]).filter((name) =>
    new RegExp(`(^|[^.\\w'"])${name}\\b`).test(condition.source),
  )
  if (mentioned.includes('now') || mentioned.includes('openedAt')) return true
  const candidates = mentioned.map((name) => valuesOf(name, process, condition.source))
  if (candidates.reduce((product, values) => product * values.length, 1) > mostTries) return true
  return combinations(candidates).some((values) => {
    const given: Record<string, unknown> = { ...nothing, ...Object.fromEntries(mentioned.map((name, index) => [name, values[index]])) }
    const answer = evaluate(condition, given)
    return 'holds' in answer && answer.holds
  })
}

const nothing: GuardValues = {
  state: '',
  severity: '',
  priority: '',
  impact: '',
  urgency: '',
  risk: '',
  category: '',
  subcategory: '',
  confirmation: '',
  openTasks: 0,
  hypotheses: 0,
  confirmedHypotheses: 0,
  decisions: 0,
  openAlertGroups: 0,
  openedAt: instant(0),
  now: instant(0),
  roles: [],
  services: [],
  fields: {},
  reported: false,
  fromAlert: false,
  private: false,
}

function valuesOf(name: keyof GuardValues, process: ProcessSpec, source: string): unknown[] {
  const idsOf = (list: readonly { id: string }[]) => ['', ...list.map((entry) => entry.id)]
  switch (name) {
    case 'state':
      return process.states.map((state) => state.id)
    case 'severity':
      return process.severities.map((severity) => severity.id)
    case 'priority':
      return idsOf(process.priorities)
    case 'impact':
      return idsOf(process.impacts)
    case 'urgency':
      return idsOf(process.urgencies)
    case 'risk':
      return idsOf(process.risks)
    case 'category':
      return idsOf(process.categories)
    case 'subcategory':
      return idsOf(process.categories.flatMap((category) => category.subcategories))
    case 'confirmation':
      return ['none', 'asked', 'confirmed', 'refused']
    case 'roles':
      return [[], process.roles.map((role) => role.id), ...process.roles.map((role) => [role.id])]
    case 'services':
      return [[], textsIn(source), ...textsIn(source).map((text) => [text])]
    case 'fields':
      return fieldValues(process, source)
    case 'reported':
    case 'fromAlert':
    case 'private':
      return [false, true]
    default:
      return [
        ...new Set([
          0,
          1,
          ...[...source.matchAll(/\b\d+(\.\d+)?/g)].flatMap(([number]) => [Number(number) - 1, Number(number), Number(number) + 1]),
        ]),
      ].filter((value) => value >= 0)
  }
}

/** Every choice of options for the choice fields, and for the others each text that the condition names, or another one. */
function fieldValues(process: ProcessSpec, source: string): Record<string, string>[] {
  const used = process.fields.filter((field) => new RegExp(`fields\\.${field.id}\\b|['"]${field.id}['"]`).test(source))
  const options = used.map((field) => {
    const texts = field.type === 'choice' ? field.options : field.type === 'yes-no' ? ['yes', 'no'] : [...textsIn(source), 'something else']
    return [undefined, ...texts]
  })
  return combinations(options).map((texts) =>
    Object.fromEntries(used.flatMap((field, index) => (texts[index] === undefined ? [] : [[field.id, texts[index]]]))),
  )
}

const textsIn = (source: string): string[] => [...source.matchAll(/'([^']*)'|"([^"]*)"/g)].map((match) => match[1] ?? match[2] ?? '')

/** At most `mostTries + 1` of them are ever looked at. */
function combinations<Value>(lists: Value[][]): Value[][] {
  return lists.reduce<Value[][]>(
    (found, list) => (found.length > mostTries ? found : found.flatMap((values) => list.map((value) => [...values, value]))),
    [[]],
  )
}

// Routing: a tree of rules, depth first. An alert goes to the deepest rule that matches; the first child that does ends the search among its
// siblings, unless it continues. A child inherits what it does not set, but for mute and active times. Every rule tried says why.
import { evaluate, type CompiledCondition } from '#kernel/conditions.ts'
import type { Fault } from '#kernel/errors.ts'
import type { Labels } from '#kernel/signal.ts'
import { compileMatchers, mismatch, type CompiledMatcher, type Matcher } from './matcher.ts'
import type { MuteTimes } from './muting.ts'

/** How a group of a rule is formed and told. `groupBy: ['...']` is by all labels: every alert by itself. */
export type GroupingOptions = {
  groupBy: readonly string[]
  groupWaitSeconds: number
  groupIntervalSeconds: number
  repeatIntervalSeconds: number
}

/** Alertmanager's defaults. */
export const defaultGrouping: GroupingOptions = {
  groupBy: [],
  groupWaitSeconds: 30,
  groupIntervalSeconds: 300,
  repeatIntervalSeconds: 14_400,
}

/** `Target` is what else a rule may say and inherit: whom it pages, whether it opens an incident. */
export type Route<Target extends object> = {
  /** Unique in the tree. */
  name: string
  match?: readonly Matcher[]
  condition?: CompiledCondition
  continue?: boolean
  options?: Partial<GroupingOptions & Target>
  times?: MuteTimes
  routes?: readonly Route<Target>[]
}

export type CompiledRoute<Target extends object> = {
  name: string
  match: readonly CompiledMatcher[]
  condition: CompiledCondition | undefined
  continue: boolean
  options: GroupingOptions & Target
  times: MuteTimes
  routes: readonly CompiledRoute<Target>[]
}

/** `outcome`: it applies, or it matched and a rule below it applies, or it does not match, or a rule before it ended the search. */
export type RuleTried = { rule: string; depth: number; outcome: 'applies' | 'matched' | 'does-not-match' | 'not-tried'; reason: string }

export type Routed<Target extends object> = { matched: CompiledRoute<Target>[]; trace: RuleTried[] }

/** Resolves inheritance and compiles. The root takes every alert: it has no matchers, condition or times. Gives `{ faults }` by rule. */
export function compileRoutes<Target extends object>(
  root: Route<Target>,
  defaults: GroupingOptions & Target,
): CompiledRoute<Target> | { faults: Fault[] } {
  const faults: Fault[] = []
  const names = new Set<string>()
  const compile = (route: Route<Target>, inherited: GroupingOptions & Target): CompiledRoute<Target> => {
    const match = compileMatchers(route.match ?? [])
    if ('faults' in match) faults.push(...match.faults.map((fault) => ({ path: `${route.name}: ${fault.path}`, message: fault.message })))
    if (names.has(route.name)) faults.push({ path: route.name, message: 'is the name of two rules' })
    names.add(route.name)
    const options = { ...inherited, ...route.options }
    return {
      name: route.name,
      match: 'faults' in match ? [] : match,
      condition: route.condition,
      continue: route.continue ?? false,
      options,
      times: route.times ?? {},
      routes: (route.routes ?? []).map((child) => compile(child, options)),
    }
  }
  const compiled = compile(root, defaults)
  if (compiled.match.length > 0 || compiled.condition)
    faults.push({ path: root.name, message: 'is the root and takes every alert: it cannot have conditions' })
  if (compiled.times.muteTimes?.length || compiled.times.activeTimes?.length)
    faults.push({ path: root.name, message: 'is the root: it cannot have mute or active times' })
  return faults.length > 0 ? { faults } : compiled
}

/** Which rules take an alert, in order, never none. `values` are what the rules' conditions are asked about. */
export function route<Target extends object>(
  root: CompiledRoute<Target>,
  labels: Labels,
  values: Readonly<Record<string, unknown>> = {},
): Routed<Target> {
  const trace: RuleTried[] = []
  const visit = (rule: CompiledRoute<Target>, depth: number): CompiledRoute<Target>[] => {
    const verdict = matchRule(rule, labels, values)
    const tried: RuleTried = { rule: rule.name, depth, outcome: verdict.matches ? 'matched' : 'does-not-match', reason: verdict.reason }
    trace.push(tried)
    if (!verdict.matches) return []
    const below: CompiledRoute<Target>[] = []
    let endedBy: CompiledRoute<Target> | undefined
    for (const child of rule.routes) {
      if (endedBy !== undefined) {
        trace.push({
          rule: child.name,
          depth: depth + 1,
          outcome: 'not-tried',
          reason: `'${endedBy.name}' took it before and does not continue`,
        })
        continue
      }
      const found = visit(child, depth + 1)
      below.push(...found)
      if (found.length > 0 && !child.continue) endedBy = child
    }
    if (below.length > 0) return below
    tried.outcome = 'applies'
    if (rule.routes.length > 0) tried.reason = `${verdict.reason}, and no rule below it does`
    return [rule]
  }
  return { matched: visit(root, 0), trace }
}

function matchRule<Target extends object>(
  rule: CompiledRoute<Target>,
  labels: Labels,
  values: Readonly<Record<string, unknown>>,
): { matches: boolean; reason: string } {
  const why = mismatch(rule.match, labels)
  if (why !== undefined) return { matches: false, reason: why }
  if (rule.condition === undefined)
    return { matches: true, reason: rule.match.length === 0 ? 'it takes every alert' : 'its matchers match' }
  const answer = evaluate(rule.condition, values)
  if ('error' in answer) return { matches: false, reason: `its condition cannot be told: ${answer.error}` }
  return { matches: answer.holds, reason: answer.reason }
}

// Routes, inhibition rules and time intervals as they are written, and compiled for deciding.
import { z } from 'zod'
import { compileCondition, type Declarations } from '#kernel/conditions.ts'
import type { Fault } from '#kernel/errors.ts'
import { Name, Slug } from '#domains/directory/index.ts'
import { Opens } from './events.ts'
import { compileInhibitionRule, type CompiledInhibitionRule } from './inhibition.ts'
import { compileMatchers, parseMatchers, type Matcher } from './matcher.ts'
import type { NamedIntervals } from './muting.ts'
import { compileRoutes, defaultGrouping, type CompiledRoute, type GroupingOptions, type Route } from './routing.ts'
import { TimeIntervalSchema } from './time-interval.ts'

/** `severity=~"critical|error", team=payments`; empty matches everything. */
export const Matchers = z
  .string()
  .max(2000)
  .superRefine((text, context) => {
    const parsed = text.trim() === '' ? [] : parseMatchers(text)
    if ('faults' in parsed) return parsed.faults.forEach(({ message }) => context.addIssue({ code: 'custom', message }))
    // A rule whose pattern is none would be left out without a word.
    const compiled = compileMatchers(parsed)
    if ('faults' in compiled)
      compiled.faults.forEach(({ path, message }) => context.addIssue({ code: 'custom', message: `${path}: ${message}` }))
  })
export const readMatchers = (text: string): Matcher[] => {
  const parsed = text.trim() === '' ? [] : parseMatchers(text)
  return 'faults' in parsed ? [] : parsed
}

/** The route above all others, which takes what none of them takes. */
const rootName = 'default'

export const RouteSchema = z.strictObject({
  slug: Slug.refine((slug) => slug !== rootName, 'is what the alerts go by that no route takes: choose another one'),
  name: Name,
  position: z.number().int().min(0).max(10_000).default(100).meta({ description: 'Routes are tried from the lowest to the highest' }),
  match: Matchers.default('').meta({ description: 'Label matchers; `service`, `severity` and `integration` can be asked of too' }),
  when: z
    .string()
    .max(4096)
    .nullable()
    .default(null)
    .meta({ description: 'A CEL condition on title, body, severity, source, service and labels' }),
  continue: z.boolean().default(false),
  service: Slug.nullable().default(null).meta({ description: 'The service that is broken, when the alert names none' }),
  groupBy: z.array(z.string().min(1).max(200)).max(20).default(['alertname']),
  holdSeconds: z.number().int().min(0).max(3600).default(0).meta({ description: 'Wait so long whether it clears by itself' }),
  pages: z.boolean().default(true),
  policy: Slug.nullable().default(null).meta({ description: "Escalation policy; else the service's" }),
  opens: Opens.strict().nullable().default(null).meta({ description: 'The incident to open: its process, and a severity' }),
  muteTimes: z.array(Slug).max(20).default([]),
  activeTimes: z.array(Slug).max(20).default([]),
})
export type RouteSpec = z.output<typeof RouteSchema>

export const InhibitionSchema = z.strictObject({
  slug: Slug,
  name: Name,
  source: Matchers,
  target: Matchers,
  equal: z.array(z.string().min(1).max(200)).max(20).default([]),
})
export type InhibitionSpec = z.output<typeof InhibitionSchema>

export const IntervalSchema = z.strictObject({ slug: Slug, name: Name, intervals: z.array(TimeIntervalSchema).min(1).max(50) })
export type IntervalSpec = z.output<typeof IntervalSchema>

/** What a route says beyond grouping. */
export type Target = {
  slug: string | null
  name: string
  pages: boolean
  policy: string | null
  opens: z.output<typeof Opens> | null
  service: string | null
  holdSeconds: number
}
export type Rules = { root: CompiledRoute<Target>; inhibitions: CompiledInhibitionRule[]; intervals: NamedIntervals }

/** What a route's condition can ask about. */
const conditionDeclarations: Declarations = {
  title: 'text',
  body: 'text',
  severity: 'text',
  source: 'text',
  service: 'text',
  labels: 'labels',
}

/** Compiles what is written. A rule that does not compile is left out and named in `faults`. */
export function compileRules(
  routes: readonly RouteSpec[],
  inhibitions: readonly InhibitionSpec[],
  intervals: readonly IntervalSpec[],
): Rules & { faults: Fault[] } {
  const faults: Fault[] = []
  const children = routes.flatMap((spec): Route<Target>[] => {
    const condition = spec.when === null ? undefined : compileCondition(spec.when, conditionDeclarations)
    if (condition !== undefined && 'faults' in condition) {
      faults.push(...condition.faults.map((fault) => ({ path: `route ${spec.slug}, when`, message: fault.message })))
      return []
    }
    return [
      {
        name: spec.slug,
        match: readMatchers(spec.match),
        ...(condition ? { condition } : {}),
        continue: spec.continue,
        options: {
          groupBy: spec.groupBy,
          slug: spec.slug,
          name: spec.name,
          pages: spec.pages,
          policy: spec.policy,
          opens: spec.opens,
          service: spec.service,
          holdSeconds: spec.holdSeconds,
        },
        times: { muteTimes: spec.muteTimes, activeTimes: spec.activeTimes },
      },
    ]
  })
  const defaults: GroupingOptions & Target = {
    ...defaultGrouping,
    groupBy: ['alertname'],
    slug: null,
    name: rootName,
    pages: true,
    policy: null,
    opens: null,
    service: null,
    holdSeconds: 0,
  }
  const compiled = compileRoutes({ name: rootName, routes: children }, defaults)
  const root = 'faults' in compiled ? compileRoutes<Target>({ name: rootName }, defaults) : compiled
  if ('faults' in compiled) faults.push(...compiled.faults)
  if ('faults' in root) throw new Error('the empty tree of routes does not compile')
  return {
    root,
    faults,
    inhibitions: inhibitions.flatMap((spec) => {
      const rule = compileInhibitionRule({
        name: spec.name,
        source: readMatchers(spec.source),
        target: readMatchers(spec.target),
        equal: spec.equal,
      })
      if (!('faults' in rule)) return [rule]
      faults.push(...rule.faults)
      return []
    }),
    intervals: new Map(intervals.map((spec) => [spec.slug, spec.intervals])),
  }
}

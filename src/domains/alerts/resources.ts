// Routes, inhibition rules and time intervals as code. An integration's key is a secret and stays out of it.
import type { CommandContext } from '#kernel/command.ts'
import { defineResource } from '#kernel/define.ts'
import { AppError, type Fault } from '#kernel/errors.ts'
import type { AllSpecs } from '#kernel/resource.ts'
import { inhibitionChanged, routesChanged, timeIntervalChanged } from './events.ts'
import * as store from './rule-store.ts'
import { compileRules, InhibitionSchema, IntervalSchema, RouteSchema, type RouteSpec } from './rules.ts'

export const intervalResource = defineResource({
  kind: 'time-interval',
  summary: 'Named times at which routes are muted or active',
  schema: IntervalSchema,
  key: (spec) => spec.slug,
  list: store.listIntervals,
  async save({ scope, emit }: CommandContext, spec, before) {
    await store.saveInterval(scope, spec)
    await emit(timeIntervalChanged, { slug: spec.slug, what: before ? 'changed' : 'added' })
  },
  async remove({ scope, emit }, { slug }) {
    await store.removeInterval(scope, slug)
    await emit(timeIntervalChanged, { slug, what: 'removed' })
  },
})

export const inhibitionResource = defineResource({
  kind: 'inhibition',
  summary: 'One alert holds back others',
  schema: InhibitionSchema,
  key: (spec) => spec.slug,
  list: store.listInhibitions,
  async save({ scope, emit }: CommandContext, spec, before) {
    await store.saveInhibition(scope, spec)
    await emit(inhibitionChanged, { slug: spec.slug, what: before ? 'changed' : 'added' })
  },
  async remove({ scope, emit }, { slug }) {
    await store.removeInhibition(scope, slug)
    await emit(inhibitionChanged, { slug, what: 'removed' })
  },
})

export const routeResource = defineResource({
  kind: 'route',
  summary: 'Which alerts page whom, and what they open',
  schema: RouteSchema,
  key: (spec) => spec.slug,
  list: store.listRoutes,
  async save({ scope, emit }: CommandContext, spec, before) {
    const { faults } = compileRules([spec], [], [])
    if (faults.length > 0)
      throw new AppError('bad-configuration', `The route ${spec.slug} is not right: ${faults[0]!.message}.`, {
        faults: faults.map(({ message }) => ({ path: '/when', message })),
      })
    await store.saveRoute(scope, spec)
    await emit(routesChanged, { slug: spec.slug, what: before ? 'changed' : 'added' })
  },
  async remove({ scope, emit }, { slug }) {
    await store.removeRoute(scope, slug)
    await emit(routesChanged, { slug, what: 'removed' })
  },
  check(spec: RouteSpec, all) {
    const faults = compileRules([spec], [], []).faults.map(({ message }) => ({ path: '/when', message }))
    if (spec.service !== null && !all.has('service', spec.service))
      faults.push({ path: '/service', message: `there is no service ${spec.service}` })
    if (spec.policy !== null && !all.has('policy', spec.policy))
      faults.push({ path: '/policy', message: `there is no policy ${spec.policy}` })
    if (spec.opens !== null) faults.push(...opensFaults(spec.opens, all))
    for (const [field, names] of [
      ['muteTimes', spec.muteTimes],
      ['activeTimes', spec.activeTimes],
    ] as const) {
      names.forEach((name, index) => {
        if (!all.has('time-interval', name)) faults.push({ path: `/${field}/${index}`, message: `there is no time-interval ${name}` })
      })
    }
    return faults
  },
})

/** What alerts need to know of a process, which belongs to a later slice. */
type Process = { slug: string; severities: readonly { id: string }[] }

/** A severity that the process does not have would not be what the incident gets. */
function opensFaults({ type, severity }: NonNullable<RouteSpec['opens']>, all: AllSpecs): Fault[] {
  if (!all.has('process', type)) return [{ path: '/opens/type', message: `there is no process ${type}` }]
  const severities = (all.of('process') as Process[]).find(({ slug }) => slug === type)?.severities.map(({ id }) => id) ?? []
  return severity === null || severities.length === 0 || severities.includes(severity)
    ? []
    : [{ path: '/opens/severity', message: `the process ${type} has no severity ${severity}: write one of ${severities.join(', ')}` }]
}

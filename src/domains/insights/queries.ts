// The questions that Insights answers: how fast, who carries it, what was noise. Every figure has its n; a trend needs five.
import { z } from 'zod'
import { defineQuery } from '#kernel/define.ts'
import { AppError } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, InstantOut, InstantSchema, secondsBetween, type Instant } from '#kernel/time.ts'
import { findUsers, readOrganisation, Slug, type Service } from '#domains/directory/index.ts'
import { localTimes, weeksBetween } from './calendar.ts'
import { claimOf } from './claim.ts'
import { readLog, type GroupFacts, type IncidentFacts, type Log, type PageFacts, type Window } from './log.ts'
import { changeOf, countChange, distributionOf, trendPoint } from './statistics.ts'

const ordinaryWeeks = 12
const longestDays = 400
const acknowledgeBounds = [60, 120, 300, 900, 3600]
const resolveBounds = [900, 1800, 3600, 4 * 3600, 24 * 3600]

const input = z.strictObject({
  from: InstantSchema.optional(),
  to: InstantSchema.optional(),
  team: Slug.optional(),
  service: Slug.optional(),
})
const Range = z.object({ from: InstantOut, to: InstantOut, zone: z.string() })
const ChangeView = z
  .object({ difference: z.number(), share: z.number().nullable() })
  .nullable()
  .meta({ description: 'Against the stretch before; null when either has fewer than 5' })
const FigureView = z.object({ value: z.number().nullable(), n: z.number(), change: ChangeView })
const DistributionView = z
  .object({
    n: z.number(),
    median: z.number().nullable(),
    nineOfTen: z.number().nullable(),
    buckets: z.array(z.object({ upTo: z.number().nullable(), count: z.number() })),
  })
  .meta({ id: 'Distribution' })
const PointView = z
  .object({ n: z.number(), median: z.number().nullable(), nineOfTen: z.number().nullable() })
  .meta({ description: 'Null under n = 5' })

export const response = defineQuery({
  name: 'insights.response',
  summary: 'How fast alerts are acknowledged and incidents resolved, in seconds',
  http: 'GET /insights/response',
  needs: 'insights:read',
  on: 'organisation',
  input,
  output: Range.extend({
    claim: z.string(),
    figures: z.object({
      acknowledge: FigureView,
      resolve: FigureView,
      incidents: FigureView,
      nightPages: FigureView,
      alertsPerPage: FigureView,
    }),
    weeks: z.array(
      z.object({
        week: z.string(),
        alerts: z.number(),
        pages: z.number(),
        incidents: z.number(),
        acknowledge: PointView,
        resolve: PointView,
      }),
    ),
    acknowledge: DistributionView,
    resolve: DistributionView,
    services: z.array(
      z.object({
        service: z.object({ slug: z.string(), name: z.string() }).nullable(),
        acknowledge: DistributionView,
        resolve: DistributionView,
        incidents: z.number(),
      }),
    ),
  }),
  examples: [{}],
  async run({ scope }, given) {
    const { window, before, zone } = await stretch(scope, given)
    const now = await readLog(scope, window, given)
    const earlier = await readLog(scope, before, given)
    const [nights, nightsBefore] = [await nightPages(scope, now.pages), await nightPages(scope, earlier.pages)]
    const [answered, restored] = [secondsOf(now.groups), secondsToResolve(now.incidents)]
    const claim = claimOf({
      acknowledge: { now: answered, before: secondsOf(earlier.groups) },
      resolve: { now: restored, before: secondsToResolve(earlier.incidents) },
      nights,
    })
    return {
      ...window,
      zone,
      claim,
      figures: figuresOf(now, earlier, sum(nights), sum(nightsBefore)),
      weeks: weeksOf(now, window, zone),
      acknowledge: distributionOf(answered, acknowledgeBounds),
      resolve: distributionOf(restored, resolveBounds),
      services: servicesOf(now),
    }
  },
})

export const load = defineQuery({
  name: 'insights.load',
  summary: 'Who is paged, and when',
  http: 'GET /insights/load',
  needs: 'insights:read',
  on: 'organisation',
  input,
  output: Range.extend({
    people: z.array(
      z.object({
        person: z.object({ id: z.string(), name: z.string() }),
        working: z.number(),
        evening: z.number(),
        night: z.number(),
        total: z.number(),
      }),
    ),
    /** Seven days from Monday, 24 hours each, in the organisation's zone. */
    hours: z.array(z.array(z.number())),
    pages: z.number(),
  }),
  examples: [{}],
  async run({ scope }, given) {
    const { window, zone } = await stretch(scope, given)
    const { pages } = await readLog(scope, window, given)
    const people = await peopleOf(scope, pages)
    const byPerson = Map.groupBy(pages, ({ userId }) => userId)
    const rows = [...people.values()].map(({ id, name, zone: ownZone }) => {
      const local = localTimes(ownZone)
      const parts = byPerson.get(id)!.map(({ at }) => local(at).part)
      const count = (part: string) => parts.filter((candidate) => candidate === part).length
      return { person: { id, name }, working: count('working'), evening: count('evening'), night: count('night'), total: parts.length }
    })
    const hours = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0))
    const local = localTimes(zone)
    for (const { at } of pages) {
      const { day, hour } = local(at)
      hours[day]![hour]!++
    }
    return {
      ...window,
      zone,
      people: rows.sort((a, b) => b.night - a.night || b.total - a.total || (a.person.name < b.person.name ? -1 : 1)),
      hours,
      pages: pages.length,
    }
  },
})

export const noise = defineQuery({
  name: 'insights.noise',
  summary: 'What paged and went away before anybody acknowledged it',
  http: 'GET /insights/noise',
  needs: 'insights:read',
  on: 'organisation',
  input,
  output: Range.extend({
    paged: z.number(),
    unneeded: FigureView.meta({ description: 'Alert groups that paged and resolved by themselves, unacknowledged' }),
    services: z.array(
      z.object({
        service: z.object({ slug: z.string(), name: z.string() }).nullable(),
        paged: z.number(),
        unneeded: z.number(),
        share: z.number().nullable(),
        medianSeconds: z.number().nullable(),
      }),
    ),
  }),
  examples: [{}],
  async run({ scope }, given) {
    const { window, before, zone } = await stretch(scope, given)
    const now = await readLog(scope, window, given)
    const earlier = await readLog(scope, before, given)
    const paged = now.groups.filter((group) => group.paged)
    const unneeded = paged.filter(isNoise)
    const rows = byService(now, paged).map(({ service, groups }) => {
      const own = groups.filter(isNoise)
      return {
        service,
        paged: groups.length,
        unneeded: own.length,
        share: groups.length < 5 ? null : own.length / groups.length,
        medianSeconds: distributionOf(own.map(({ resolvedAfter }) => resolvedAfter!)).median,
      }
    })
    return {
      ...window,
      zone,
      paged: paged.length,
      unneeded: {
        value: unneeded.length,
        n: paged.length,
        change: countChange(unneeded.length, earlier.groups.filter((group) => group.paged && isNoise(group)).length),
      },
      services: rows.sort((a, b) => b.unneeded - a.unneeded || b.paged - a.paged),
    }
  },
})

/** The stretch that was asked for, and the one of the same length before it. Default: the last 12 weeks. Throws AppError 'invalid-input'. */
async function stretch(
  scope: Scope,
  { from, to }: { from?: Instant | undefined; to?: Instant | undefined },
): Promise<{ window: Window; before: Window; zone: string }> {
  const end = to ?? scope.now
  const start = from ?? addSeconds(end, -ordinaryWeeks * 7 * 86_400)
  const length = secondsBetween(start, end)
  if (length <= 0 || length > longestDays * 86_400)
    throw new AppError('invalid-input', `/from: lies before the end, and at most ${longestDays} days before it.`)
  return {
    window: { from: start, to: end },
    before: { from: addSeconds(start, -length), to: start },
    zone: (await readOrganisation(scope))?.zone ?? 'UTC',
  }
}

/** Paged, and over without anybody: what woke somebody for nothing. */
const isNoise = ({ acknowledgedAfter, resolvedAfter, resolvedBy }: GroupFacts) =>
  acknowledgedAfter === null && resolvedAfter !== null && resolvedBy !== 'person'

const secondsOf = (groups: readonly GroupFacts[]) =>
  groups.flatMap(({ paged, acknowledgedAfter }) => (paged && acknowledgedAfter !== null ? [acknowledgedAfter] : []))
const secondsToResolve = (incidents: readonly IncidentFacts[]) => incidents.flatMap(({ resolvedAfter }) => resolvedAfter ?? [])
const sum = (counts: readonly { count: number }[]) => counts.reduce((total, { count }) => total + count, 0)

function figuresOf(now: Log, before: Log, nights: number, nightsBefore: number) {
  const median = (values: number[], earlier: number[]) => ({
    value: distributionOf(values).median,
    n: values.length,
    change: changeOf(values, earlier),
  })
  const count = (value: number, earlier: number) => ({ value, n: value, change: countChange(value, earlier) })
  const perPage = ({ alerts, pages }: Log) => (pages.length === 0 ? null : sum(alerts) / pages.length)
  const [ratio, ratioBefore] = [perPage(now), perPage(before)]
  const comparable = ratio !== null && ratioBefore !== null && now.pages.length >= 5 && before.pages.length >= 5
  return {
    acknowledge: median(secondsOf(now.groups), secondsOf(before.groups)),
    resolve: median(secondsToResolve(now.incidents), secondsToResolve(before.incidents)),
    incidents: count(now.incidents.length, before.incidents.length),
    nightPages: count(nights, nightsBefore),
    alertsPerPage: {
      value: ratio,
      n: now.pages.length,
      change: comparable
        ? { difference: ratio - ratioBefore, share: ratioBefore === 0 ? null : (ratio - ratioBefore) / ratioBefore }
        : null,
    },
  }
}

function weeksOf({ groups, incidents, pages, alerts }: Log, { from, to }: Window, zone: string) {
  const local = localTimes(zone)
  const byWeek = <Fact>(facts: readonly Fact[], momentOf: (fact: Fact) => Instant) =>
    Map.groupBy(facts, (fact) => local(momentOf(fact)).week)
  const ofAlerts = byWeek(alerts, ({ at }) => at)
  const ofPages = byWeek(pages, ({ at }) => at)
  const ofGroups = byWeek(groups, ({ openedAt }) => openedAt)
  const ofIncidents = byWeek(incidents, ({ openedAt }) => openedAt)
  return weeksBetween(from, to, zone).map((week) => {
    const ownIncidents = ofIncidents.get(week) ?? []
    return {
      week,
      alerts: sum(ofAlerts.get(week) ?? []),
      pages: ofPages.get(week)?.length ?? 0,
      incidents: ownIncidents.length,
      acknowledge: trendPoint(secondsOf(ofGroups.get(week) ?? [])),
      resolve: trendPoint(secondsToResolve(ownIncidents)),
    }
  })
}

type Named = Pick<Service, 'slug' | 'name'> | null
const named = ({ slug, name }: Service): Named => ({ slug, name })

function servicesOf(log: Log) {
  const rows = log.services.map((service) => ({ service: named(service), id: service.id as string | null }))
  const groupsOf = Map.groupBy(log.groups, ({ serviceId }) => serviceId as string | null)
  const touched = log.incidents.flatMap((incident) =>
    incident.serviceIds.length === 0 ? [{ id: null, incident }] : incident.serviceIds.map((id) => ({ id: id as string | null, incident })),
  )
  const incidentsOf = Map.groupBy(touched, ({ id }) => id)
  return [...rows, { service: null, id: null }].flatMap(({ service, id }) => {
    const groups = groupsOf.get(id) ?? []
    const incidents = (incidentsOf.get(id) ?? []).map(({ incident }) => incident)
    if (groups.length + incidents.length === 0) return []
    return [
      {
        service,
        acknowledge: distributionOf(secondsOf(groups), acknowledgeBounds),
        resolve: distributionOf(secondsToResolve(incidents), resolveBounds),
        incidents: incidents.length,
      },
    ]
  })
}

function byService({ services }: Log, groups: readonly GroupFacts[]): { service: Named; groups: GroupFacts[] }[] {
  const groupsOf = Map.groupBy(groups, ({ serviceId }) => serviceId as string | null)
  const rows = [...services.map((service) => ({ service: named(service), id: service.id as string | null })), { service: null, id: null }]
  return rows.flatMap(({ service, id }) => {
    const own = groupsOf.get(id)
    return own ? [{ service, groups: own }] : []
  })
}

const peopleOf = async (scope: Scope, pages: readonly PageFacts[]) =>
  new Map((await findUsers(scope, [...new Set(pages.map(({ userId }) => userId))])).map((user) => [user.id as string, user]))

async function nightPages(scope: Scope, pages: readonly PageFacts[]): Promise<{ name: string; count: number }[]> {
  const people = await peopleOf(scope, pages)
  const byPerson = Map.groupBy(pages, ({ userId }) => userId)
  return [...people.values()]
    .map(({ id, name, zone }) => {
      const local = localTimes(zone)
      return { name, count: byPerson.get(id)!.filter(({ at }) => local(at).part === 'night').length }
    })
    .filter(({ count }) => count > 0)
}

// The Updates page: one honest sentence, what stakeholders ask about each open incident, and how everything is.
import { z } from 'zod'
import { defineQuery } from '#kernel/define.ts'
import type { Scope } from '#kernel/scope.ts'
import { inZone, InstantOut, instant, secondsBetween, type Instant } from '#kernel/time.ts'
import { readOrganisation } from '#domains/directory/index.ts'
import { findIncidents } from '#domains/incidents/index.ts'
import { componentStatuses, statusPhrase, type ComponentStatus } from './component-status.ts'
import { availabilityOf, daysOf, windowStart } from './days.ts'
import { ComponentStatusSchema } from './events.ts'
import { factsOf, holdersOf, type IncidentFacts } from './incident-facts.ts'
import { shownDays } from './public-facts.ts'
import { situation } from './situation.ts'
import * as store from './store.ts'
import { mailsOf } from './subscriber-store.ts'
import * as updates from './update-store.ts'
import { ComponentView, componentViews, UpdateView, updateViews } from './views.ts'

const PersonView = z.object({ id: z.string(), name: z.string() })
const TroubleView = z.object({
  incident: z.object({ id: z.string(), number: z.number(), title: z.string(), severity: z.string(), state: z.string(), glyph: z.string() }),
  headline: z.string(),
  since: InstantOut,
  nextUpdateAt: InstantOut.nullable(),
  /** The newest answer to each question, whichever update gave it. */
  whoIsHit: z.string().nullable(),
  whatWeDo: z.string().nullable(),
  whenItEnds: z.string().nullable(),
  whatToSay: z.string().nullable(),
  leads: PersonView.nullable(),
  questionsTo: PersonView.nullable(),
  /** Newest first. */
  updates: z.array(UpdateView),
  mailed: z.number(),
})
const DayView = z.object({ date: z.string(), worst: z.union([ComponentStatusSchema, z.literal('unknown')]), affected: z.number() })
const MonthView = z.object({ month: z.string(), incidents: z.number(), seconds: z.number() })

export const dashboard = defineQuery({
  name: 'status.dashboard',
  summary: 'What stakeholders need to know now',
  http: 'GET /updates/dashboard',
  needs: 'status:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({
    sentence: z.string(),
    asOf: InstantOut,
    zone: z.string(),
    troubles: z.array(TroubleView),
    components: z.array(ComponentView.extend({ note: z.string(), availability: z.number().nullable(), days: z.array(DayView) })),
    months: z.array(MonthView),
  }),
  examples: [{}],
  async run({ scope, now }) {
    const zone = (await readOrganisation(scope))?.zone ?? 'UTC'
    const troubles = await openTroubles(scope)
    const components = await store.allComponents(scope)
    const history = await store.changesSince(
      scope,
      components.map(({ id }) => id),
      instant(windowStart(now, zone, shownDays)),
    )
    const views = await componentViews(scope, components)
    return {
      sentence: situation(
        troubles.map(({ serious, easing }) => ({ serious, easing })),
        components,
      ),
      asOf: now,
      zone,
      troubles: troubles.map(({ view }) => view),
      components: components.map((component, index) => {
        const days = daysOf(history.get(component.id) ?? [], { zone, now, count: shownDays })
        return {
          ...views[index]!,
          note: noteOf(
            component,
            troubles.map(({ view }) => view),
          ),
          availability: availabilityOf(days) ?? null,
          days: days.map(({ date, worst, affected }) => ({ date, worst, affected })),
        }
      }),
      months: await monthsOf(scope, now, zone),
    }
  },
})

type Trouble = { serious: boolean; easing: boolean; view: z.input<typeof TroubleView> }

/** Open notices of incidents that the actor sees, the worst first. */
async function openTroubles(scope: Scope): Promise<Trouble[]> {
  const troubles: Trouble[] = []
  for (const notice of await updates.openNotices(scope)) {
    const incident = await factsOf(scope, notice.incidentId)
    if (incident) troubles.push(await troubleOf(scope, notice, incident))
  }
  return troubles.sort((a, b) =>
    a.view.incident.severity < b.view.incident.severity ? -1 : a.view.incident.severity > b.view.incident.severity ? 1 : 0,
  )
}

async function troubleOf(scope: Scope, notice: updates.Notice, incident: IncidentFacts): Promise<Trouble> {
  const told = await updates.updatesOfIncidents(scope, [incident.id])
  const newest = <Key extends 'whoIsHit' | 'whatWeDo' | 'whenItEnds' | 'whatToSay'>(key: Key) =>
    told.find((update) => update[key] !== null)?.[key] ?? null
  const mails = await mailsOf(
    scope,
    told.slice(0, 1).map(({ id }) => id),
  )
  const { leads, questionsTo } = await holdersOf(scope, incident)
  const { id, number, title, severity, state, glyph } = incident
  return {
    serious: incident.serious,
    easing: isEasing(told),
    view: {
      incident: { id, number, title, severity, state, glyph },
      headline: notice.headline,
      since: notice.since,
      nextUpdateAt: notice.nextUpdateAt,
      whoIsHit: newest('whoIsHit'),
      whatWeDo: newest('whatWeDo'),
      whenItEnds: newest('whenItEnds'),
      whatToSay: newest('whatToSay'),
      leads,
      questionsTo,
      updates: await updateViews(scope, told),
      mailed: mails.filter(({ status }) => status === 'sent').reduce((sum, { count }) => sum + count, 0),
    },
  }
}

/** Everything that its updates named works again by the last word about it. */
function isEasing(newestFirst: readonly updates.Update[]): boolean {
  const last = new Map<string, ComponentStatus>()
  for (const update of newestFirst)
    for (const { componentId, status } of update.components) if (!last.has(componentId)) last.set(componentId, status)
  return last.size > 0 && [...last.values()].every((status) => status === 'works')
}

function noteOf(component: store.Component, troubles: readonly z.input<typeof TroubleView>[]): string {
  if (component.status === componentStatuses[0]) return 'Works'
  const phrase = statusPhrase[component.status].replace(/^is /, '')
  return troubles.find(({ incident }) => incident.id === component.heldBy)?.headline ?? phrase.charAt(0).toUpperCase() + phrase.slice(1)
}

/** This month and the one before: incidents that were told of, as far as the actor sees them, and for how long together. */
async function monthsOf(scope: Scope, now: Instant, zone: string): Promise<z.input<typeof MonthView>[]> {
  const today = inZone(now, zone).toPlainDate().with({ day: 1 })
  const months: z.input<typeof MonthView>[] = []
  for (const first of [today, today.subtract({ months: 1 })]) {
    const from = instant(first.toZonedDateTime(zone).epochMilliseconds)
    const to = instant(first.add({ months: 1 }).toZonedDateTime(zone).epochMilliseconds)
    const begun = (await updates.noticesBetween(scope, from, to)).filter(({ since }) => since >= from)
    const seen = new Set<string>(
      (
        await findIncidents(
          scope,
          begun.map(({ incidentId }) => incidentId),
        )
      ).map(({ id }) => id),
    )
    const notices = begun.filter(({ incidentId }) => seen.has(incidentId))
    const seconds = notices.reduce((sum, { since, endedAt }) => sum + Math.max(0, secondsBetween(since, endedAt ?? now)), 0)
    months.push({ month: first.toString().slice(0, 7), incidents: notices.length, seconds })
  }
  return months
}

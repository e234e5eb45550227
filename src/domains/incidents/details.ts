// Commands on what an incident says about itself: its words, services, own fields, the strip, who may see it; and erasing what was written.
import { z } from 'zod'
import { may, personOf } from '#kernel/actor.ts'
import { defineCommand } from '#kernel/define.ts'
import { AppError, missing, refuse } from '#kernel/errors.ts'
import { InstantSchema } from '#kernel/time.ts'
import { done, Done, findServices, findTeam, Slug } from '#domains/directory/index.ts'
import { eraseFromMessages, hidePagesOfIncident } from '#domains/oncall/index.ts'
import * as board from './board-store.ts'
import { isRefused, open, personNamed, save } from './change.ts'
import { confirmationAsked, incidentChanged, incidentPrivacyChanged, TextIdSchema, textErased } from './events.ts'
import { fill, keyOf, reportedBy, type Incident } from './incident.ts'
import { tellFields } from './moving.ts'
import * as store from './store.ts'
import { IncidentKey, IncidentView, Line, viewOf } from './views.ts'
import { write, writeIfGiven } from './words.ts'

export const changeIncident = defineCommand({
  name: 'incidents.change',
  summary: "Change an incident's words, services, times or own fields",
  http: 'PATCH /incidents/{incident}',
  needs: 'incidents:respond',
  on: ({ incident, team }) => ({ incident, ...(team ? { team } : {}) }),
  input: z.strictObject({
    incident: IncidentKey,
    title: Line.optional(),
    description: z.string().max(20_000).optional(),
    errorCode: z.string().trim().max(200).optional(),
    occurredAt: InstantSchema.optional(),
    approximate: z.boolean().optional(),
    reporter: z.string().max(60).optional(),
    services: z.array(Slug).max(50).optional(),
    team: Slug.nullable().optional(),
    impactNow: z.string().trim().max(300).optional().meta({ description: 'Who is hit and how, for the strip' }),
    trying: z.string().trim().max(300).optional().meta({ description: 'What is tried right now, for the strip' }),
    fields: z.record(z.string().max(40), z.string().max(8000)).optional(),
  }),
  output: IncidentView,
  examples: [{ incident: '2417', impactNow: '5.1 % of EU card payments fail, about 120 orders a minute' }],
  async run(context, { incident: key, ...given }) {
    const { scope, emit, now } = context
    const { incident, process } = await open(scope, key)
    if (given.occurredAt && given.occurredAt > now) throw new AppError('invalid-input', '/occurredAt: lies in the future.')
    if (given.occurredAt && incident.resolvedAt && given.occurredAt > incident.resolvedAt)
      return refuse('It was resolved before that. Say when it began, or reopen it first.')
    const filled = fill(process, incident, given.fields ?? {})
    if (isRefused(filled)) return filled
    const services = given.services === undefined ? undefined : await findServices(scope, given.services)
    const lost = given.services?.find((slug) => !services!.some((service) => service.slug === slug))
    if (lost !== undefined) throw missing(`service ${lost}`)
    const reporterId = given.reporter === undefined ? incident.reporterId : (await personNamed(scope, given.reporter)).id
    const next: Incident = {
      ...reportedBy(process, filled, reporterId, now),
      title: given.title ?? incident.title,
      description: given.description ?? incident.description,
      errorCode: given.errorCode === undefined ? incident.errorCode : given.errorCode || null,
      occurredAt: given.occurredAt ?? incident.occurredAt,
      occurredExact: given.approximate === undefined ? incident.occurredExact : !given.approximate,
      serviceIds:
        services === undefined
          ? incident.serviceIds
          : await withHidden(
              context.scope,
              incident,
              services.map((service) => service.id),
            ),
      teamId: given.team === undefined ? incident.teamId : given.team === null ? null : (await findTeam(scope, given.team))!.id,
      impactNow: given.impactNow === undefined ? incident.impactNow : given.impactNow || null,
      trying: given.trying === undefined ? incident.trying : given.trying || null,
    }
    const changed = changedFields(incident, next)
    await save(context, process, next)
    if (changed.includes('services')) await store.setServices(scope, incident.id, next.serviceIds)
    await tellFields(context, incident, next)
    const { id: incidentId } = incident
    if (next.confirmationRound !== incident.confirmationRound) await emit(confirmationAsked, { incidentId, userId: reporterId! })
    const spoken = changed.filter((field) => field !== 'impact now' && field !== 'trying')
    if (spoken.length > 0) {
      const reworded = spoken.includes('title') || spoken.includes('description')
      await emit(incidentChanged, {
        incidentId,
        changed: spoken,
        words: reworded ? await write(context, incidentId, 'title', next.title, next.description || null) : null,
      })
    }
    for (const [field, value] of [
      ['impact now', next.impactNow],
      ['trying', next.trying],
    ] as const) {
      if (changed.includes(field))
        await emit(incidentChanged, {
          incidentId,
          changed: [field],
          words: await writeIfGiven(context, incidentId, 'situation', value ?? undefined),
        })
    }
    return viewOf(scope, next)
  },
})

export const setPrivate = defineCommand({
  name: 'incidents.setPrivate',
  summary: 'Show an incident only to its team and those who take part, or to everybody again',
  http: 'POST /incidents/{incident}/private',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, private: z.boolean() }),
  output: IncidentView,
  examples: [{ incident: '2417', private: true }],
  async run(context, { incident: key, private: hidden }) {
    const { incident, process } = await open(context.scope, key)
    const next = { ...incident, private: hidden }
    const view = await viewOf(context.scope, next)
    if (hidden === incident.private) return view
    // Whoever hides it stays inside, so that nobody locks themselves out.
    const person = personOf(context.actor)
    if (hidden && person) await board.addResponder(context.scope, incident.id, person)
    await save(context, process, next)
    await context.emit(incidentPrivacyChanged, { incidentId: incident.id, private: hidden })
    if (hidden) await hidePagesOfIncident(context, incident.id, `${keyOf(incident)}, which is private`)
    return view
  },
})

export const eraseText = defineCommand({
  name: 'incidents.eraseText',
  summary: 'Erase what somebody wrote, for good; the record stays whole',
  http: 'DELETE /incidents/{incident}/texts/{textId}',
  needs: 'incidents:respond',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey, textId: TextIdSchema }),
  output: Done,
  examples: [{ incident: '2417', textId: 'txt_01k3v0v5b8e6w9d2m4q7r1s5t8' }],
  async run(context, { incident: key, textId }) {
    const { scope, actor, emit } = context
    const { incident } = await open(scope, key)
    const text = await board.findText(scope, incident.id, textId)
    if (!text) throw missing('text')
    const own = personOf(actor) !== undefined && text.writtenBy.startsWith(personOf(actor)!)
    if (!own && !may(actor, 'incidents:configure', incident.teamId)) return refuse('Only who wrote it, or a process owner, can erase it.')
    if (text.erasedAt !== null) return done
    await board.eraseText(scope, text.id)
    await store.forgetText(scope, incident, text)
    for (const words of [text.text, text.detail])
      if (words !== null && words.trim() !== '') await eraseFromMessages(context, incident.id, words)
    await emit(textErased, { incidentId: incident.id, textId: text.id, of: `a ${text.kind}` })
    return done
  },
})

function changedFields(before: Incident, after: Incident): string[] {
  const fields = {
    title: 'title',
    description: 'description',
    errorCode: 'error code',
    occurredAt: 'time of occurrence',
    occurredExact: 'time of occurrence',
    reporterId: 'reporter',
    serviceIds: 'services',
    teamId: 'team',
    impactNow: 'impact now',
    trying: 'trying',
  } as const
  const names = (Object.keys(fields) as (keyof typeof fields)[])
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => fields[field])
  return [...new Set(names)]
}

/** The services as given, beside those of the incident that the actor does not see and so cannot have meant to remove. */
async function withHidden(
  scope: Parameters<typeof findServices>[0],
  incident: Incident,
  given: Incident['serviceIds'],
): Promise<Incident['serviceIds']> {
  const shown = (await findServices(scope, incident.serviceIds)).map((service) => service.id)
  return [...new Set([...given, ...incident.serviceIds.filter((id) => !shown.includes(id))])].sort()
}

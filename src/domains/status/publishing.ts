// Writes an update: numbers it, decides nothing, and lets everything follow that must: components, notice, mails. One transaction.
import { actorRef } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import type { Id } from '#kernel/ids.ts'
import { secondsBetween, type Instant } from '#kernel/time.ts'
import { incidentClocks } from '#domains/incidents/index.ts'
import type { Audience } from './audience.ts'
import { releaseHealth, setHealth } from './component-health.ts'
import type { ComponentStatus } from './component-status.ts'
import { updatePublished } from './events.ts'
import { headlineFrom } from './headline.ts'
import { mailing } from './mailing.ts'
import * as store from './update-store.ts'

export type Draft = {
  state: string
  headline: string | undefined
  text: string
  whoIsHit?: string | undefined
  whatWeDo?: string | undefined
  whenItEnds?: string | undefined
  whatToSay?: string | undefined
  components: { componentId: string; status: ComponentStatus }[]
  /** What it says of components was said before, and makes none of them better. */
  repeats?: boolean
  audience: Audience
  nextUpdateAt: Instant | null
}
type Context = Pick<CommandContext, 'scope' | 'emit' | 'tell' | 'newId' | 'now'>

/** Publishes about an incident. `over` is when it ended: then nothing follows, and what the incident held works again. */
export async function publishAboutIncident(
  context: Context,
  incident: { id: Id<'inc'>; since: Instant; over: Instant | null },
  draft: Draft,
): Promise<store.Update> {
  const { scope, emit, tell } = context
  const notice = await store.lockNotice(scope, incident.id, { headline: draft.headline ?? headlineFrom(draft.text), since: incident.since })
  const headline = draft.headline ?? notice.headline
  const number = ((await store.latestOfIncident(scope, incident.id))?.number ?? 0) + 1
  const nextUpdateAt = incident.over ? null : draft.nextUpdateAt
  await store.saveNotice(scope, { ...notice, headline, endedAt: incident.over, nextUpdateAt })
  await setHealth(context, draft.components, incident.id, draft)
  if (incident.over) {
    const named = [...draft.components.map(({ componentId }) => componentId), ...(await store.componentsOfIncident(scope, incident.id))]
    await releaseHealth(context, incident.id, named)
  }
  const ends = incident.over !== null && notice.endedAt === null
  const update = await write(context, draft, {
    incidentId: incident.id,
    maintenanceId: null,
    number,
    headline,
    nextUpdateAt,
    lastedSeconds: ends ? Math.round(secondsBetween(notice.since, incident.over!)) : null,
  })
  await emit(updatePublished, { updateId: update.id, incidentId: incident.id, number, nextUpdateAt })
  await tell(incidentClocks, incident.id, { type: 'changed' })
  return update
}

/** Publishes about planned work. */
export async function publishAboutMaintenance(
  context: Context,
  maintenance: { id: store.MaintenanceId; title: string },
  draft: Omit<Draft, 'headline' | 'nextUpdateAt'>,
): Promise<store.Update> {
  const number = ((await store.latestOfMaintenance(context.scope, maintenance.id))?.number ?? 0) + 1
  return write(
    context,
    { ...draft, headline: maintenance.title, nextUpdateAt: null },
    { incidentId: null, maintenanceId: maintenance.id, number, headline: maintenance.title, nextUpdateAt: null, lastedSeconds: null },
  )
}

type Place = Pick<store.Update, 'incidentId' | 'maintenanceId' | 'number' | 'headline' | 'nextUpdateAt' | 'lastedSeconds'>

async function write({ scope, newId, tell, now }: Context, draft: Draft, place: Place): Promise<store.Update> {
  const update = {
    id: newId('upd'),
    ...place,
    state: draft.state,
    text: draft.text,
    whoIsHit: draft.whoIsHit ?? null,
    whatWeDo: draft.whatWeDo ?? null,
    whenItEnds: draft.whenItEnds ?? null,
    whatToSay: draft.whatToSay ?? null,
    components: draft.components,
    reason: draft.audience.reason,
    author: actorRef(scope.actor),
  }
  await store.insertUpdate(
    scope,
    update,
    draft.audience.places.map(({ id }) => id),
  )
  await tell(mailing, update.id, { type: 'start' })
  return { ...update, at: now }
}

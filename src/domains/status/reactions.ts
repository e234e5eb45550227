// What follows from an incident's end and its return: the pages tell it, and nothing stays red that works again.
import type { CommandContext } from '#kernel/command.ts'
import { defineReaction } from '#kernel/define.ts'
import type { Id } from '#kernel/ids.ts'
import { spokenDuration, secondsBetween, type Instant } from '#kernel/time.ts'
import { incidentCancelled, incidentReopened, incidentResolved } from '#domains/incidents/index.ts'
import { audienceOf } from './audience.ts'
import { factsOf, stateWord, type IncidentFacts } from './incident-facts.ts'
import { allPlaces } from './pages.ts'
import { publishAboutIncident, type Draft } from './publishing.ts'
import { saidAgain } from './said-again.ts'
import * as store from './update-store.ts'

type Context = Pick<CommandContext, 'scope' | 'emit' | 'tell' | 'newId' | 'now'>

export const tellTheEnd = defineReaction({
  name: 'status.tell-the-end',
  on: incidentResolved,
  run: (context, event) =>
    tellEnd(context, event.data.incidentId, (since, over) => `This is solved. It lasted ${spokenDuration(secondsBetween(since, over))}.`),
})

export const tellTheCancelling = defineReaction({
  name: 'status.tell-the-cancelling',
  on: incidentCancelled,
  run: (context, event) => tellEnd(context, event.data.incidentId, () => 'This was no problem after all.'),
})

export const openAgain = defineReaction({
  name: 'status.open-again',
  on: incidentReopened,
  async run(context, event) {
    const { scope } = context
    const notice = await store.findNotice(scope, event.data.incidentId)
    if (!notice?.endedAt || notice.endedAt > event.at) return
    const incident = await factsOf(scope, event.data.incidentId)
    // What is over again by now is told as that.
    if (incident?.over === null) {
      const components = await saidAgain(scope, incident.id)
      const shown = components.length > 0 ? ' Until we know more, what was affected is shown as we last said.' : ''
      await tell(context, incident, stateWord(incident), `This is not over after all. We are working on it again.${shown}`, components)
    } else await store.saveNotice(scope, { ...notice, endedAt: null, nextUpdateAt: null })
  },
})

/** Once per end, and only where something was told. The end is that of the incident as it is now, not of the event: what follows from an earlier one may come after it. */
async function tellEnd(context: Context, id: Id<'inc'>, text: (since: Instant, over: Instant) => string): Promise<void> {
  const { scope } = context
  const notice = await store.findNotice(scope, id)
  const incident = await factsOf(scope, id)
  if (!notice || notice.endedAt !== null || !incident || incident.over === null) return
  await tell(context, incident, 'Solved', text(notice.since, incident.over))
}

/** An update in the product's own words, to those who got the others and to nobody else, whatever shows what it names. */
async function tell(
  context: Context,
  incident: IncidentFacts,
  state: string,
  text: string,
  components: Draft['components'] = [],
): Promise<void> {
  const audience = audienceOf({
    pages: await allPlaces(context.scope),
    chosen: undefined,
    earlier: await store.pageIdsOfIncident(context.scope, incident.id),
    named: [],
  })
  await publishAboutIncident(context, incident, {
    state,
    headline: undefined,
    text,
    components,
    repeats: true,
    audience,
    nextUpdateAt: null,
  })
}

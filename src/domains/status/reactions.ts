// What follows from an incident's end and its return: the pages tell it, and nothing stays red that works again.
import type { CommandContext } from '#kernel/command.ts'
import { defineReaction } from '#kernel/define.ts'
import type { Id } from '#kernel/ids.ts'
import type { Instant } from '#kernel/time.ts'
import { incidentCancelled, incidentReopened, incidentResolved } from '#domains/incidents/index.ts'
import { isBack, noProblem, solved, whoGotTheOthers } from './by-itself.ts'
import { factsOf, stateWord, type IncidentFacts } from './incident-facts.ts'
import { publishAboutIncident, type Draft } from './publishing.ts'
import { saidAgain } from './said-again.ts'
import * as store from './update-store.ts'

type Context = Pick<CommandContext, 'scope' | 'emit' | 'tell' | 'newId' | 'now'>

export const tellTheEnd = defineReaction({
  name: 'status.tell-the-end',
  on: incidentResolved,
  run: (context, event) => tellEnd(context, event.data.incidentId, solved),
})

export const tellTheCancelling = defineReaction({
  name: 'status.tell-the-cancelling',
  on: incidentCancelled,
  run: (context, event) => tellEnd(context, event.data.incidentId, noProblem),
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
      await tell(context, incident, stateWord(incident), isBack(components.length > 0), components)
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
  const audience = await whoGotTheOthers(context.scope, incident.id)
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

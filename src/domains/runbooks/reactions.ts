// An incident's process starts its runbooks: when the incident is opened, and when it enters a state.
import { defineReaction } from '#kernel/define.ts'
import type { ReactionContext } from '#kernel/reaction.ts'
import { boardOf, findIncident, guardValues, holds, incidentOpened, incidentStateChanged, processOf } from '#domains/incidents/index.ts'
import { runNotStarted } from './events.ts'
import { begin } from './starting.ts'
import { findRunbook } from './store.ts'
import { incidentData } from './surroundings.ts'

type When = { at: 'opened' } | { state: string }

export const startWhenOpened = defineReaction({
  name: 'runbooks.start-when-opened',
  on: incidentOpened,
  run: async (context, { data }) => {
    await startNamed(context, data.incidentId, { at: 'opened' })
    await startNamed(context, data.incidentId, { state: data.state })
  },
})

export const startWhenStateChanged = defineReaction({
  name: 'runbooks.start-when-state-changed',
  on: incidentStateChanged,
  run: (context, { data }) => startNamed(context, data.incidentId, { state: data.to }),
})

/** Starts what the process names for this moment. What cannot be started is told on the timeline: nobody waits for a runbook that never came. */
async function startNamed(context: ReactionContext, incidentId: string, when: When): Promise<void> {
  const { scope } = context
  const incident = await findIncident(scope, incidentId)
  if (!incident) return
  const { runbooks } = await processOf(scope, incidentId)
  const named = runbooks.filter(({ on }) => (on === 'opened' ? 'at' in when : 'state' in when && on.state === when.state))
  if (named.length === 0) return
  const values = guardValues(incident, await boardOf(scope, incident), context.now)
  const cause = 'state' in when ? `by the process on entering ${when.state}` : 'by the process when the incident was opened'
  for (const entry of named) {
    if (!holds(entry.when, values).holds) continue
    const runbook = await findRunbook(scope, entry.runbook)
    const begun = runbook ? await begin(context, scope.actor, runbook, await incidentData(scope, incidentId), {}, cause) : undefined
    const reason = begun === undefined ? `there is no runbook called ${entry.runbook}` : 'refused' in begun ? begun.reason : undefined
    if (reason !== undefined) await context.emit(runNotStarted, { incidentId: incident.id, slug: entry.runbook, reason })
  }
}

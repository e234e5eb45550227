// How an action item is located and named: through its incident, as far as the scope sees that one.
import { defineObject } from '#kernel/define.ts'
import { findIncident, findIncidents } from '#domains/incidents/index.ts'
import * as store from './store.ts'

export const actionItemObject = defineObject({
  kind: 'actionItem',
  prefix: 'act',
  async locate(scope, key) {
    const action = await store.findAction(scope, key)
    const incident = action && (await findIncident(scope, action.incidentId))
    return incident && { teamId: incident.teamId }
  },
  async name(scope, ids) {
    const actions = await store.findActions(scope, ids)
    const seen = await findIncidents(scope, [...new Set(actions.map(({ incidentId }) => incidentId))])
    return new Map(actions.filter(({ incidentId }) => seen.some(({ id }) => id === incidentId)).map(({ id, title }) => [id, title]))
  },
})

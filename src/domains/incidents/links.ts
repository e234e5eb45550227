// Linking alert groups to an incident: what they do from then on stands in its timeline.
import { z } from 'zod'
import { defineCommand } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import { findGroup, GroupIdSchema } from '#domains/alerts/index.ts'
import * as board from './board-store.ts'
import { open } from './change.ts'
import { alertGroupLinked } from './events.ts'
import { IncidentKey, IncidentView, viewOf } from './views.ts'

export const linkGroup = defineCommand({
  name: 'incidents.linkGroup',
  summary: 'Link an alert group to an incident',
  http: 'POST /incidents/{incident}/groups',
  needs: 'incidents:respond',
  on: ({ incident, groupId }) => ({ incident, group: groupId }),
  input: z.strictObject({ incident: IncidentKey, groupId: GroupIdSchema }),
  output: IncidentView,
  examples: [{ incident: '2417', groupId: 'grp_01k3v0v5b8e6w9d2m4q7r1s5t8' }],
  async run({ scope, emit }, { incident: key, groupId }) {
    const { incident } = await open(scope, key)
    if (!(await findGroup(scope, groupId))) throw missing('alert group')
    if (await board.linkGroup(scope, incident.id, groupId, false))
      await emit(alertGroupLinked, { incidentId: incident.id, groupId, opened: false })
    return viewOf(scope, incident)
  },
})

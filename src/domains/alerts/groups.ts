// Commands and queries about alerts and their groups.
import { z } from 'zod'
import type { CommandContext } from '#kernel/command.ts'
import { defineCommand, defineQuery } from '#kernel/define.ts'
import { isRefusal, missing, refuse, type Refusal } from '#kernel/errors.ts'
import { decodeCursor, listInput, listOutput, page } from '#kernel/list.ts'
import { severities } from '#kernel/signal.ts'
import { addSeconds, InstantSchema } from '#kernel/time.ts'
import { AlertIdSchema, GroupIdSchema, groupSnoozed, IntegrationIdSchema, type GroupId } from './events.ts'
import { acknowledge, resolve, unacknowledge } from './group-lifecycle.ts'
import { countOpen, listAlerts as readAlerts, listGroups as readGroups } from './list-store.ts'
import { snooze } from './snooze.ts'
import * as store from './store.ts'
import { AlertView, alertView, GroupView, groupView, TraceView } from './views.ts'

const exampleGroup = { groupId: 'grp_01k3v0v5b8e6w9d2m4q7r1s5t8' }
const exampleAlert = { alertId: 'alt_01k3v0v5b8e6w9d2m4q7r1s5t8' }

export const listAlerts = defineQuery({
  name: 'alerts.list',
  summary: 'List alerts, newest change first',
  http: 'GET /alerts',
  needs: 'alerts:read',
  on: 'organisation',
  input: listInput({
    state: z.enum(['open', 'triggered', 'acknowledged', 'resolved', 'suppressed']).optional(),
    service: z.string().max(60).optional(),
    team: z.string().max(60).optional(),
    severity: z.enum(severities).optional(),
    integration: IntegrationIdSchema.optional(),
    group: GroupIdSchema.optional(),
    text: z.string().max(200).optional(),
  }),
  output: listOutput(AlertView),
  examples: [{ state: 'open' }],
  async run({ scope }, { limit, cursor, ...filter }) {
    const rows = await readAlerts(scope, { ...filter, after: decodeCursor(cursor), limit: limit + 1 })
    return page(rows, limit, alertView, (row) => [row.lastAt, row.id])
  },
})

export const getAlert = defineQuery({
  name: 'alerts.get',
  summary: 'Show one alert with every rule that was tried',
  http: 'GET /alerts/{alertId}',
  needs: 'alerts:read',
  on: ({ alertId }) => ({ alert: alertId }),
  input: z.strictObject({ alertId: AlertIdSchema }),
  output: AlertView.extend({ trace: TraceView, group: GroupView.nullable() }),
  examples: [exampleAlert],
  async run({ scope }, { alertId }) {
    const alert = await store.findAlert(scope, alertId)
    if (!alert) throw missing('alert')
    const group = alert.groupId ? await store.findGroup(scope, alert.groupId) : undefined
    return { ...alertView(alert), trace: alert.trace, group: group ? groupView(group) : null }
  },
})

export const countAlerts = defineQuery({
  name: 'alerts.count',
  summary: 'How many alerts are open, and how many nobody has, of the newest ten thousand',
  http: 'GET /alert-counts',
  needs: 'alerts:read',
  on: 'organisation',
  input: z.strictObject({}),
  output: z.object({ open: z.number(), unowned: z.number(), more: z.boolean() }),
  examples: [{}],
  run: ({ scope }) => countOpen(scope),
})

export const listGroups = defineQuery({
  name: 'alerts.listGroups',
  summary: 'List alert groups, newest change first',
  http: 'GET /alert-groups',
  needs: 'alerts:read',
  on: 'organisation',
  input: listInput({
    state: z.enum(['open', 'triggered', 'acknowledged', 'resolved']).optional(),
    pages: z.union([z.boolean(), z.stringbool()]).optional().meta({ description: 'Only those that page somebody' }),
  }),
  output: listOutput(GroupView),
  examples: [{ state: 'open' }, { state: 'triggered', pages: true }],
  async run({ scope }, { state, pages, limit, cursor }) {
    const rows = await readGroups(scope, { state, pages, after: decodeCursor(cursor), limit: limit + 1 })
    return page(rows, limit, groupView, (row) => [row.changedAt, row.id])
  },
})

export const getGroup = defineQuery({
  name: 'alerts.getGroup',
  summary: 'Show one alert group with its alerts',
  http: 'GET /alert-groups/{groupId}',
  needs: 'alerts:read',
  on: ({ groupId }) => ({ group: groupId }),
  input: z.strictObject({ groupId: GroupIdSchema }),
  output: GroupView.extend({ alerts: z.array(AlertView) }),
  examples: [exampleGroup],
  async run({ scope }, { groupId }) {
    const group = await store.findGroup(scope, groupId)
    if (!group) throw missing('alert group')
    return { ...groupView(group), alerts: (await readAlerts(scope, { group: groupId, limit: 100 })).map(alertView) }
  },
})

export const acknowledgeGroup = defineCommand({
  name: 'alerts.acknowledgeGroup',
  summary: 'Acknowledge an alert group, so that its escalation stops',
  http: 'POST /alert-groups/{groupId}/acknowledge',
  needs: 'alerts:respond',
  on: ({ groupId }) => ({ group: groupId }),
  input: z.strictObject({ groupId: GroupIdSchema }),
  output: GroupView,
  examples: [exampleGroup],
  run: (context, { groupId }) => move(context, groupId, acknowledge),
})
export const unacknowledgeGroup = defineCommand({
  name: 'alerts.unacknowledgeGroup',
  summary: 'Give an alert group back, so that it pages again',
  http: 'POST /alert-groups/{groupId}/unacknowledge',
  needs: 'alerts:respond',
  on: ({ groupId }) => ({ group: groupId }),
  input: z.strictObject({ groupId: GroupIdSchema }),
  output: GroupView,
  examples: [exampleGroup],
  run: (context, { groupId }) => move(context, groupId, unacknowledge),
})
export const resolveGroup = defineCommand({
  name: 'alerts.resolveGroup',
  summary: 'Resolve an alert group and its alerts',
  http: 'POST /alert-groups/{groupId}/resolve',
  needs: 'alerts:respond',
  on: ({ groupId }) => ({ group: groupId }),
  input: z.strictObject({ groupId: GroupIdSchema }),
  output: GroupView,
  examples: [exampleGroup],
  run: (context, { groupId }) => move(context, groupId, resolve),
})
export const snoozeGroup = defineCommand({
  name: 'alerts.snoozeGroup',
  summary: 'Acknowledge an alert group until then; after that it pages again',
  http: 'POST /alert-groups/{groupId}/snooze',
  needs: 'alerts:respond',
  on: ({ groupId }) => ({ group: groupId }),
  input: z.strictObject({ groupId: GroupIdSchema, until: InstantSchema }),
  output: GroupView,
  examples: [{ ...exampleGroup, until: '2026-11-24T09:00:00Z' }],
  async run(context, { groupId, until }) {
    if (until <= context.now || until > addSeconds(context.now, 7 * 86_400))
      return refuse('Snooze until a time within the next seven days.')
    const acknowledged = await move(context, groupId, acknowledge)
    if (isRefusal(acknowledged)) return acknowledged
    await store.setSnoozed(context.scope, groupId, until)
    await context.emit(groupSnoozed, { groupId, until })
    await context.tell(snooze, groupId, { type: 'snoozed', until, acknowledgedAt: acknowledged.acknowledgedAt })
    return acknowledged
  },
})

export const acknowledgeAlert = defineCommand({
  name: 'alerts.acknowledge',
  summary: 'Acknowledge an alert and the group it is in',
  http: 'POST /alerts/{alertId}/acknowledge',
  needs: 'alerts:respond',
  on: ({ alertId }) => ({ alert: alertId }),
  input: z.strictObject({ alertId: AlertIdSchema }),
  output: AlertView,
  examples: [exampleAlert],
  run: (context, { alertId }) => moveByAlert(context, alertId, acknowledge),
})
export const resolveAlert = defineCommand({
  name: 'alerts.resolve',
  summary: 'Resolve an alert and the group it is in',
  http: 'POST /alerts/{alertId}/resolve',
  needs: 'alerts:respond',
  on: ({ alertId }) => ({ alert: alertId }),
  input: z.strictObject({ alertId: AlertIdSchema }),
  output: AlertView,
  examples: [exampleAlert],
  run: (context, { alertId }) => moveByAlert(context, alertId, resolve),
})

type Move = (context: CommandContext, group: store.Group) => Promise<store.Group | Refusal>

async function move(context: CommandContext, groupId: GroupId, how: Move) {
  const group = await store.lockGroup(context.scope, groupId)
  if (!group) throw missing('alert group')
  const moved = await how(context, group)
  return isRefusal(moved) ? moved : groupView(moved)
}

async function moveByAlert(context: CommandContext, alertId: `alt_${string}`, how: Move) {
  const alert = await store.findAlert(context.scope, alertId)
  if (!alert) throw missing('alert')
  if (!alert.groupId) return refuse(whyInNoGroup(alert))
  const moved = await move(context, alert.groupId, how)
  return isRefusal(moved) ? moved : alertView((await store.findAlert(context.scope, alertId))!)
}

function whyInNoGroup({ state, reason }: store.AlertRow): string {
  switch (state) {
    case 'suppressed':
      return `It pages nobody: ${reason}`
    case 'acknowledged':
      return 'It pages nobody: somebody has it at its source.'
    case 'resolved':
      return 'It is resolved already.'
    case 'triggered':
      return 'It is still being decided whom it pages; try again in a second.'
  }
}

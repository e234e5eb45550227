// What follows: alert groups open incidents, the reporter is asked, and the clocks are looked at again after everything that moves them.
import type { EventDefinition } from '#kernel/event.ts'
import { defineReaction } from '#kernel/define.ts'
import { findServices } from '#domains/directory/index.ts'
import { findGroup, groupOpened, groupResolved } from '#domains/alerts/index.ts'
import { reach } from '#domains/notifications/index.ts'
import { endPagesOfIncident } from '#domains/oncall/index.ts'
import * as board from './board-store.ts'
import { incidentClocks } from './clock-process.ts'
import { confirmationPath } from './confirmation-link.ts'
import { openIncident } from './declare.ts'
import * as happened from './events.ts'
import { keyOf } from './incident.ts'
import { toldOf } from './people.ts'
import { SeverityId } from './process-definition.ts'
import { findProcess } from './process-store.ts'
import { defaultProcess } from './shipped.ts'
import { findIncident } from './store.ts'

/** A route that opens incidents: one per group, however often this runs. A process that is gone falls back to the shipped one. */
export const openForGroup = defineReaction({
  name: 'incidents.open-for-group',
  on: groupOpened,
  when: ({ opens }) => opens !== null,
  async run(context, { data }) {
    const { scope } = context
    if (data.opens === null) return
    await board.lockGroupLink(scope, data.groupId)
    if ((await board.incidentsOfGroup(scope, data.groupId)).some((link) => link.opened)) return
    const group = await findGroup(scope, data.groupId)
    if (!group) return
    const process = (await findProcess(scope, data.opens.type)) ?? (await findProcess(scope, defaultProcess))
    if (!process) throw new Error(`there is no process ${data.opens.type}, and not even ${defaultProcess}`)
    const wanted = SeverityId.safeParse(data.opens.severity)
    const known = wanted.success && process.severities.some((severity) => severity.id === wanted.data)
    const opened = await openIncident(context, process, {
      title: group.title.slice(0, 300),
      description: '',
      occurredAt: group.openedAt,
      approximate: false,
      reporterId: null,
      services: group.serviceId ? await findServices(scope, [group.serviceId]) : [],
      teamId: group.teamId,
      severity: known ? wanted.data : process.fromAlerts[group.severity],
      private: false,
      fields: {},
      roles: new Map(),
      group: data.groupId,
    })
    if ('refused' in opened) throw new Error(opened.reason)
  },
})

/** An incident is not resolved because its alerts are: a person says so. The timeline shows the group's own event; guards may look at it. */
export const lookAgainForGroup = defineReaction({
  name: 'incidents.look-again-for-group',
  on: groupResolved,
  async run({ scope, tell }, { data }) {
    for (const { incidentId } of await board.incidentsOfGroup(scope, data.groupId))
      await tell(incidentClocks, incidentId, { type: 'changed' })
  },
})

/** What is over pages nobody any more, also who was brought in and has not answered. */
export const endItsPages = defineReaction({
  name: 'incidents.end-its-pages',
  on: happened.incidentStateChanged,
  when: ({ kind }) => kind !== 'open',
  async run(context, { data }) {
    const incident = await findIncident(context.scope, data.incidentId)
    if (!incident || incident.stateKind === 'open') return
    await endPagesOfIncident(context, incident.id, `${keyOf(incident)} is ${incident.stateKind}`)
  },
})

/** The reporter gets a link with one button behind it. */
export const askReporter = defineReaction({
  name: 'incidents.ask-reporter',
  on: happened.confirmationAsked,
  async run({ scope, tell, signer }, { data }) {
    const incident = await findIncident(scope, data.incidentId)
    if (!incident || incident.confirmation !== 'asked' || incident.reporterId !== data.userId) return
    const path = confirmationPath(signer, { incidentId: incident.id, userId: data.userId, round: incident.confirmationRound })
    await tell(
      reach,
      `${incident.id}/confirm/${incident.confirmationRound}`,
      toldOf(incident, data.userId, `Does it work again? ${keyOf(incident)}`, incident.title, path),
    )
  },
})

const moves = <Data extends { incidentId: string }>(on: EventDefinition<Data>) =>
  defineReaction<Data>({
    name: `incidents.clocks-after-${on.type.split('.')[1]}`,
    on,
    run: ({ tell }, { data }) => tell(incidentClocks, data.incidentId, { type: 'changed' }),
  })

/** Everything that can move a clock. */
export const clockReactions = [
  moves(happened.incidentOpened),
  moves(happened.incidentStateChanged),
  moves(happened.incidentSeverityChanged),
  moves(happened.incidentClassified),
  moves(happened.taskAdded),
  moves(happened.taskChanged),
  moves(happened.taskDone),
]

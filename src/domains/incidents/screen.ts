// Everything that the commander's screen shows, in one answer.
import { z } from 'zod'
import { may, personOf } from '#kernel/actor.ts'
import { defineQuery } from '#kernel/define.ts'
import { missing } from '#kernel/errors.ts'
import type { Scope } from '#kernel/scope.ts'
import { AlertSeveritySchema } from '#kernel/signal.ts'
import { InstantOut, secondsBetween, type Instant } from '#kernel/time.ts'
import { findGroup, GroupIdSchema } from '#domains/alerts/index.ts'
import { changesAround, ChangeView } from '#domains/changes/index.ts'
import { findUsers } from '#domains/directory/index.ts'
import * as board from './board-store.ts'
import { boardOf, moverOf } from './change.ts'
import { dueOfIncident, dueOf, leftSeconds, nextUpdate, type SlaClock } from './clocks.ts'
import { hypothesisView, HypothesisView } from './hypotheses.ts'
import { closesItselfAt, movesFrom, type Incident } from './incident.ts'
import { countUpdates, lastUpdateOf } from './last-update.ts'
import { dueList, nextActs, nextFor, tryingNow, type Situation } from './next.ts'
import { DecisionView } from './notes.ts'
import { fieldName, stateKinds, type Process } from './process-definition.ts'
import { processAt } from './process-store.ts'
import * as store from './store.ts'
import { taskView, TaskView } from './tasks.ts'
import { IncidentKey, IncidentView, PersonView, viewOf } from './views.ts'

const Field = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  options: z.array(z.string()),
  hint: z.string(),
  value: z.string().nullable(),
})
const Option = z.object({ id: z.string(), name: z.string(), means: z.string() })

const mostChanges = 10

const IncidentScreen = IncidentView.extend({
  description: z.string(),
  errorCode: z.string().nullable(),
  openedBy: PersonView.nullable(),
  reporter: PersonView.nullable(),
  path: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      kind: z.enum(stateKinds),
      glyph: z.string(),
      status: z.enum(['done', 'now', 'ahead']),
      seconds: z.number().nullable(),
    }),
  ),
  running: z.object({ since: InstantOut, until: InstantOut.nullable() }),
  update: z.object({ number: z.number(), at: InstantOut.nullable(), everySeconds: z.number().nullable(), lastAt: InstantOut.nullable() }),
  slas: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      targetSeconds: z.number().nullable(),
      startedAt: InstantOut,
      dueAt: InstantOut.nullable(),
      leftSeconds: z.number().nullable(),
      pausedAt: InstantOut.nullable(),
      metAt: InstantOut.nullable(),
      breached: z.boolean(),
    }),
  ),
  roles: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      does: z.string(),
      leads: z.boolean(),
      communicates: z.boolean(),
      holder: PersonView.nullable(),
    }),
  ),
  responders: z.array(PersonView),
  tasks: z.array(TaskView),
  hypotheses: z.array(HypothesisView),
  decisions: z.array(DecisionView.extend({ decidedByName: z.string() })),
  groups: z.array(
    z.object({
      id: GroupIdSchema,
      title: z.string(),
      severity: AlertSeveritySchema,
      state: z.enum(['triggered', 'acknowledged', 'resolved']),
      alertCount: z.number(),
      openedAt: InstantOut,
      opened: z.boolean(),
    }),
  ),
  changes: z.array(ChangeView),
  fields: z.array(Field),
  strip: z.object({
    trying: z.string().nullable(),
    tryingSince: InstantOut.nullable(),
    next: z.object({ act: z.enum(nextActs), sentence: z.string(), id: z.string().nullable(), at: InstantOut.nullable() }).nullable(),
  }),
  due: z.array(z.object({ kind: z.string(), id: z.string(), at: InstantOut, title: z.string(), who: z.array(z.string()) })),
  moves: z.array(
    z.object({
      to: z.string(),
      name: z.string(),
      kind: z.enum(stateKinds),
      label: z.string(),
      allowed: z.boolean(),
      reason: z.string(),
      missing: z.array(z.object({ id: z.string(), name: z.string(), own: z.boolean() })),
      asksReason: z.boolean(),
      asksHold: z.boolean(),
    }),
  ),
  choices: z.object({
    severities: z.array(Option),
    impacts: z.array(Option),
    urgencies: z.array(Option),
    risks: z.array(Option),
    holdReasons: z.array(Option),
    categories: z.array(Option.extend({ subcategories: z.array(Option) })),
  }),
  confirmation: z.object({
    state: z.enum(['none', 'asked', 'confirmed', 'refused']),
    askedAt: InstantOut.nullable(),
    mine: z.boolean(),
    closesAt: InstantOut.nullable(),
  }),
  may: z.object({ respond: z.boolean(), configure: z.boolean(), reopen: z.boolean() }),
})

export const getIncident = defineQuery({
  name: 'incidents.get',
  summary: 'Show an incident with everything its commander needs',
  http: 'GET /incidents/{incident}',
  needs: 'incidents:read',
  on: ({ incident }) => ({ incident }),
  input: z.strictObject({ incident: IncidentKey }),
  output: IncidentScreen,
  examples: [{ incident: '2417' }],
  async run({ scope, actor, now }, { incident: key }) {
    const incident = await store.findIncident(scope, key)
    if (!incident) throw missing('incident')
    const process = await processAt(scope, incident.type, incident.processVersion)
    const situation = await situationOf(scope, process, incident, now)
    const { roles, tasks, hypotheses, decisions, clocks, last } = situation
    const people = new Map(
      (
        await findUsers(scope, [
          ...decisions.map((decision) => decision.decidedBy.split(' ')[0]!),
          incident.openedBy,
          incident.reporterId ?? '',
        ])
      ).map((user) => [user.id as string, user]),
    )
    const person = (id: string | null) => (id === null ? undefined : people.get(id.split(' ')[0]!))
    const shown = (id: string | null) => {
      const user = person(id)
      return user ? { id: user.id, name: user.name, handle: user.handle } : null
    }
    const respond = may(actor, 'incidents:respond', incident.teamId)
    const update = nextUpdate(process, incident, last)
    const trying = incident.trying === null ? tryingNow(situation, decisions) : { text: incident.trying, since: null }
    return {
      ...(await viewOf(scope, incident)),
      description: incident.description,
      errorCode: incident.errorCode,
      openedBy: shown(incident.openedBy),
      reporter: shown(incident.reporterId),
      path: pathOf(process, incident, await store.statesOf(scope, incident.id), now),
      running: { since: incident.occurredAt ?? incident.openedAt, until: incident.resolvedAt },
      update: {
        number: situation.nextUpdateNumber,
        at: update?.at ?? null,
        everySeconds: update?.everySeconds ?? null,
        lastAt: last.at,
      },
      slas: slaViews(process, clocks, now),
      roles: process.roles.map((role) => {
        const held = roles.find((candidate) => candidate.role === role.id)
        return {
          id: role.id,
          name: role.name,
          does: role.does,
          leads: role.id === process.lead,
          communicates: role.communicates,
          holder: held ? { id: held.userId, name: held.name, handle: held.handle } : null,
        }
      }),
      responders: (await board.respondersOf(scope, incident.id)).map(({ userId, name, handle }) => ({ id: userId, name, handle })),
      tasks: tasks.map(taskView),
      hypotheses: hypotheses.map(hypothesisView),
      decisions: decisions.map((decision) => ({
        ...decision,
        title: decision.title ?? '(erased)',
        decidedByName: person(decision.decidedBy)?.name ?? 'Tocsin',
      })),
      groups: await groupViews(scope, incident),
      changes: await changesAround(
        scope,
        incident.serviceIds,
        incident.occurredAt ?? incident.openedAt,
        incident.resolvedAt ?? now,
        mostChanges,
      ),
      fields: process.fields.map((field) => ({ ...field, value: incident.fields[field.id] ?? null })),
      strip: {
        trying: trying?.text ?? null,
        tryingSince: trying?.since ?? null,
        next: nextFor({ userId: personOf(actor), mayRespond: respond }, situation, now) ?? null,
      },
      due: dueList(situation),
      moves: situation.moves.map((move) => ({
        ...move,
        missing: move.missing.map((id) => ({ id, name: fieldName(process, id), own: process.fields.some((field) => field.id === id) })),
      })),
      choices: choicesOf(process),
      confirmation: {
        state: incident.confirmation,
        askedAt: incident.confirmationAskedAt,
        mine: personOf(actor) !== undefined && incident.reporterId === personOf(actor),
        closesAt: closesItselfAt(process, incident),
      },
      may: { respond, configure: may(actor, 'incidents:configure', incident.teamId), reopen: respond && incident.stateKind !== 'open' },
    }
  },
})

/** Everything that decides what is next, read once. */
export async function situationOf(scope: Scope, process: Process, incident: Incident, now: Instant) {
  const { id } = incident
  const [roles, tasks, hypotheses, decisions, clocks] = [
    await board.rolesOf(scope, id),
    await board.tasksOf(scope, id),
    await board.hypothesesOf(scope, id),
    await board.decisionsOf(scope, id),
    await board.clocksOf(scope, id),
  ]
  const last = await lastUpdateOf(scope, id)
  const open = tasks.filter((task) => task.doneAt === null)
  return {
    process,
    incident,
    roles,
    tasks,
    hypotheses,
    decisions,
    clocks,
    last,
    moves: movesFrom(process, incident, await boardOf(scope, incident), await moverOf(scope, incident), now),
    due: dueOfIncident(process, incident, clocks, open, last),
    nextUpdateNumber: (await countUpdates(scope, id)) + 1,
  } satisfies Situation & Record<string, unknown>
}

/** The states of the process in its order, with the time spent in each; a state aside shows only while the incident is in it. */
function pathOf(process: Process, incident: Incident, passed: readonly store.PassedState[], now: Instant) {
  const order = process.states.map((state) => state.id)
  const at = process.states.find((state) => state.id === incident.state)?.aside
    ? order.indexOf(passed.findLast((one) => one.state !== incident.state)?.state ?? process.start)
    : order.indexOf(incident.state)
  const end = incident.closedAt ?? now
  const seconds = (state: string): number | null => {
    const stays = passed.flatMap((one, index) =>
      one.state === state ? [secondsBetween(one.enteredAt, passed[index + 1]?.enteredAt ?? end)] : [],
    )
    return stays.length === 0 ? null : stays.reduce((sum, stay) => sum + stay, 0)
  }
  return process.states
    .filter((state) => !state.aside || state.id === incident.state)
    .map((state) => ({
      id: state.id,
      name: state.name,
      kind: state.kind,
      glyph: state.glyph,
      status:
        state.id === incident.state
          ? ('now' as const)
          : order.indexOf(state.id) <= at && seconds(state.id) !== null
            ? ('done' as const)
            : ('ahead' as const),
      seconds: seconds(state.id),
    }))
}

const slaViews = (process: Process, clocks: readonly SlaClock[], now: Instant) =>
  process.slas.flatMap((sla) => {
    const clock = clocks.find((candidate) => candidate.sla === sla.id)
    if (!clock) return []
    const left = leftSeconds(clock, now)
    return [
      {
        id: sla.id,
        name: sla.name,
        targetSeconds: clock.targetSeconds,
        startedAt: clock.startedAt,
        dueAt: dueOf(clock),
        leftSeconds: left,
        pausedAt: clock.pausedAt,
        metAt: clock.metAt,
        breached: left !== null && left < 0,
      },
    ]
  })

async function groupViews(scope: Scope, incident: Incident) {
  const views = []
  for (const { groupId, opened } of await board.groupsOf(scope, incident.id)) {
    const group = await findGroup(scope, groupId)
    if (group)
      views.push({
        id: group.id,
        title: group.title,
        severity: group.severity,
        state: group.state,
        alertCount: group.alertCount,
        openedAt: group.openedAt,
        opened,
      })
  }
  return views
}

const choicesOf = (process: Process) => {
  const option = ({ id, name, means }: { id: string; name: string; means: string }) => ({ id, name, means })
  return {
    severities: process.severities.map(option),
    impacts: process.impacts.map(option),
    urgencies: process.urgencies.map(option),
    risks: process.risks.map(option),
    holdReasons: process.holdReasons.map(option),
    categories: process.categories.map((category) => ({ ...option(category), subcategories: category.subcategories.map(option) })),
  }
}

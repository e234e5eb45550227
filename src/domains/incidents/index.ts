// The door of incidents: the coordinated record, and the process that it follows.
import { defineSlice } from '#kernel/define.ts'
import type { Scope } from '#kernel/scope.ts'
import { missing } from '#kernel/errors.ts'
import { classifyIncident, setSeverity } from './classification.ts'
import { incidentClocks } from './clock-process.ts'
import { confirmationAnswer, confirmationPage } from './confirmation-page.ts'
import { declareIncident } from './declare.ts'
import { changeIncident, eraseText, setPrivate } from './details.ts'
import * as events from './events.ts'
import { addHypothesis, settleHypothesis } from './hypotheses.ts'
import { linkGroup } from './links.ts'
import { changeState, closeIncident, confirmIncident, reopenIncident } from './moving.ts'
import { addNote, decide } from './notes.ts'
import { decisionObject, hypothesisObject, incidentObject, processObject, taskObject, textObject } from './objects.ts'
import { pageForTarget } from './page-for-target.ts'
import { assignRole, bringIn, handOver } from './people.ts'
import type { Process } from './process-definition.ts'
import { processAt } from './process-store.ts'
import { getProcess, listProcesses, processResource } from './processes.ts'
import { countIncidents, listIncidents, matchIncidents, verifyIncident } from './queries.ts'
import { askReporter, clockReactions, endItsPages, lookAgainForGroup, openForGroup } from './reactions.ts'
import { getIncident } from './screen.ts'
import { findIncident } from './store.ts'
import { addTask, changeTask } from './tasks.ts'
import { waitingForMe } from './waiting.ts'
import { incidentTimeline } from './timeline.ts'

const {
  IncidentIdSchema: _i,
  TextIdSchema: _t,
  TaskIdSchema: _k,
  HypothesisIdSchema: _h,
  DecisionIdSchema: _d,
  Words: _w,
  ...happened
} = events

export const incidents = defineSlice({
  name: 'incidents',
  operations: {
    declareIncident,
    listIncidents,
    countIncidents,
    waitingForMe,
    matchIncidents,
    getIncident,
    incidentTimeline,
    verifyIncident,
    changeIncident,
    changeState,
    closeIncident,
    reopenIncident,
    confirmIncident,
    setSeverity,
    classifyIncident,
    assignRole,
    handOver,
    bringIn,
    addTask,
    changeTask,
    addNote,
    decide,
    addHypothesis,
    settleHypothesis,
    linkGroup,
    setPrivate,
    eraseText,
    listProcesses,
    getProcess,
  },
  events: happened,
  reactions: [openForGroup, lookAgainForGroup, endItsPages, askReporter, ...clockReactions],
  processes: [incidentClocks],
  effects: [pageForTarget],
  objects: [incidentObject, textObject, taskObject, hypothesisObject, decisionObject, processObject],
  resources: [processResource],
  pages: [confirmationPage, confirmationAnswer],
})

/** The process of an incident at the version it began with. Throws 'missing' when the scope does not see the incident. */
export async function processOf(scope: Scope, incidentKey: string): Promise<Process> {
  const incident = await findIncident(scope, incidentKey)
  if (!incident) throw missing('incident')
  return processAt(scope, incident.type, incident.processVersion)
}

export { declareIncident } from './declare.ts'
export { changeState } from './moving.ts'
export { classifyIncident } from './classification.ts'
export { setPrivate } from './details.ts'
export { assignRole, bringIn } from './people.ts'
export { addTask } from './tasks.ts'
export { addHypothesis, settleHypothesis } from './hypotheses.ts'
export { incidentClocks } from './clock-process.ts'
export { rolesOf, rolesOfMany } from './board-store.ts'
export { findIncident, findIncidents, lockIncident } from './store.ts'
export { guardValues, type Incident, type IncidentId } from './incident.ts'
export { boardOf } from './change.ts'
export { holds } from './guard.ts'
export { secondsOf, type Process } from './process-definition.ts'
export { readRecord } from './timeline.ts'
export { reviewWanted } from './review-wanted.ts'
export { incidentCancelled, incidentOpened, incidentReopened, incidentResolved, incidentStateChanged } from './events.ts'

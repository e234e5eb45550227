// The door of alerts: what came in, what it belongs to, whether it pages.
import { defineSlice } from '#kernel/define.ts'
import * as events from './events.ts'
import * as groups from './groups.ts'
import { hold } from './hold.ts'
import { addIntegration, getIntegration, listIntegrations, removeIntegration } from './integrations.ts'
import { alertObject, groupObject, integrationObject, silenceObject } from './objects.ts'
import { markSources } from './marks.ts'
import { decideAgain, decideNewAlerts, decideWorsened, endExpired, lookAtHeld, writeTexts } from './reactions.ts'
import { inhibitionResource, intervalResource, routeResource } from './resources.ts'
import * as silences from './silences.ts'
import { snooze } from './snooze.ts'
import { forgetCommits } from './spool.ts'

const { AlertIdSchema: _a, GroupIdSchema: _g, IntegrationIdSchema: _i, Opens: _o, ...happened } = events

export const alerts = defineSlice({
  name: 'alerts',
  operations: { ...groups, ...silences, listIntegrations, getIntegration, addIntegration, removeIntegration },
  events: happened,
  reactions: [decideNewAlerts, decideWorsened, decideAgain],
  processes: [snooze, hold],
  recurring: [endExpired, lookAtHeld, markSources, writeTexts, forgetCommits],
  objects: [alertObject, groupObject, integrationObject, silenceObject],
  resources: [intervalResource, inhibitionResource, routeResource],
})

export { isLate } from './around.ts'
export { ingest, type Batch } from './ingest.ts'
export {
  ingestInOrder,
  keepInOrder,
  readBacklog,
  setOldestAside,
  signalsTogether,
  type Keepable,
  type Read,
  type Reader,
  type UnreadRequest,
} from './backlog.ts'
export { foresee, readRulesForOutage, type IntegrationKey, type LastKnownRules } from './foresight.ts'
export { takeInLost, type TakenIn, type TakenInAgain } from './lost.ts'
export { takeInForShow } from './rehearsal.ts'
export {
  disownCommits,
  TakenFromFile,
  nameOfPiece,
  takeFromSpool,
  takeInOnce,
  unreadOf,
  type SpoolLine,
  type SpoolPiece,
  type TakenBy,
  type UnreadLine,
} from './spool.ts'
export { countKept, integrationsBehind } from './backlog-store.ts'
export { addIntegration, keyHash, keyPlace, listIntegrations } from './integrations.ts'
export { allKeys, insertRefused } from './integration-store.ts'
export { acknowledgeGroup, unacknowledgeGroup } from './groups.ts'
export { findGroup, isAnyOpen, openAmong, snoozedUntil, type Group } from './store.ts'
export {
  alertTriggered,
  GroupIdSchema,
  groupAcknowledged,
  groupOpened,
  groupResolved,
  groupUnacknowledged,
  requestRefused,
  spoolSetAside,
  type GroupId,
  type IntegrationId,
} from './events.ts'

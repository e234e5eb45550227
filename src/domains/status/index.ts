// The door of status: what stakeholders and the outside are told, where, and who follows it.
import { defineSlice } from '#kernel/define.ts'
import { toldByItself } from './by-itself.ts'
import { addComponent, changeComponent, listComponents, removeComponent, setComponentStatus } from './components.ts'
import { dashboard } from './dashboard.ts'
import * as events from './events.ts'
import { invitation, mailing, mailInvitation, mailUpdate } from './mailing.ts'
import { callOffMaintenance, listMaintenances, planMaintenance, plannedWork } from './maintenance.ts'
import { componentObject, maintenanceObject, statusPageObject, updateObject } from './objects.ts'
import { addStatusPage, changeStatusPage, listStatusPages, removeStatusPage } from './pages.ts'
import { publicPages } from './public-pages.ts'
import { openAgain, tellTheCancelling, tellTheEnd } from './reactions.ts'
import { componentResource, statusPageResource } from './resources.ts'
import { follow, following, forgetUnconfirmed, subscribe, unfollow } from './subscribing.ts'
import { listUpdates, previewUpdate, publishUpdate } from './updates.ts'

const {
  ComponentIdSchema: _c,
  PageIdSchema: _p,
  UpdateIdSchema: _u,
  MaintenanceIdSchema: _m,
  ComponentStatusSchema: _s,
  ...happened
} = events

export const status = defineSlice({
  name: 'status',
  operations: {
    listComponents,
    addComponent,
    changeComponent,
    setComponentStatus,
    removeComponent,
    listStatusPages,
    addStatusPage,
    changeStatusPage,
    removeStatusPage,
    publishUpdate,
    previewUpdate,
    listUpdates,
    toldByItself,
    dashboard,
    planMaintenance,
    callOffMaintenance,
    listMaintenances,
    subscribe,
    follow,
    unfollow,
    following,
  },
  events: happened,
  reactions: [tellTheEnd, tellTheCancelling, openAgain],
  processes: [mailing, invitation, plannedWork],
  effects: [mailUpdate, mailInvitation],
  recurring: [forgetUnconfirmed],
  objects: [componentObject, statusPageObject, updateObject, maintenanceObject],
  pages: publicPages,
  resources: [componentResource, statusPageResource],
})

export { publishUpdate } from './updates.ts'

// What happened to components, status pages, updates, planned work and those who follow.
import { z } from 'zod'
import { defineEvent } from '#kernel/define.ts'
import { idOf } from '#kernel/ids.ts'
import { InstantOut } from '#kernel/time.ts'
import { componentStatuses, statusWord } from './component-status.ts'

export const ComponentIdSchema = idOf('cmp')
export const PageIdSchema = idOf('stp')
export const UpdateIdSchema = idOf('upd')
export const MaintenanceIdSchema = idOf('mnt')
export const ComponentStatusSchema = z.enum(componentStatuses)
const IncidentIdSchema = idOf('inc')

export const updatePublished = defineEvent({
  type: 'update.published',
  version: 1,
  data: z.object({ updateId: UpdateIdSchema, incidentId: IncidentIdSchema, number: z.number(), nextUpdateAt: InstantOut.nullable() }),
  about: ({ updateId, incidentId }) => ({ update: updateId, incident: incidentId }),
  sentence: (event, name) => `Update ${event.data.number} published by ${name(event.actor)}: ${name(event.data.updateId)}`,
})
export const componentChanged = defineEvent({
  type: 'component.changed-status',
  version: 1,
  data: z.object({ componentId: ComponentIdSchema, status: ComponentStatusSchema, incidentId: IncidentIdSchema.nullable() }),
  about: ({ componentId, incidentId }) => ({ component: componentId, ...(incidentId ? { incident: incidentId } : {}) }),
  sentence: (event, name) => `${name(event.data.componentId)}: ${statusWord[event.data.status].toLowerCase()}`,
})
export const componentSaved = defineEvent({
  type: 'component.saved',
  version: 1,
  data: z.object({ componentId: ComponentIdSchema, changed: z.array(z.string()) }),
  about: ({ componentId }) => ({ component: componentId }),
  sentence: (event, name) =>
    event.data.changed.length === 0
      ? `${name(event.actor)} added the component ${name(event.data.componentId)}`
      : `${name(event.actor)} changed ${event.data.changed.join(', ')} of ${name(event.data.componentId)}`,
})
export const componentRemoved = defineEvent({
  type: 'component.removed',
  version: 1,
  data: z.object({ componentId: ComponentIdSchema }),
  about: ({ componentId }) => ({ component: componentId }),
  sentence: (event, name) => `${name(event.actor)} removed a component`,
})
export const pageSaved = defineEvent({
  type: 'status-page.saved',
  version: 1,
  data: z.object({ pageId: PageIdSchema, changed: z.array(z.string()) }),
  about: ({ pageId }) => ({ statusPage: pageId }),
  sentence: (event, name) =>
    event.data.changed.length === 0
      ? `${name(event.actor)} added the status page ${name(event.data.pageId)}`
      : `${name(event.actor)} changed ${event.data.changed.join(', ')} of the status page ${name(event.data.pageId)}`,
})
export const pageRemoved = defineEvent({
  type: 'status-page.removed',
  version: 1,
  data: z.object({ pageId: PageIdSchema }),
  about: ({ pageId }) => ({ statusPage: pageId }),
  sentence: (event, name) => `${name(event.actor)} removed a status page`,
})
export const subscribed = defineEvent({
  type: 'subscriber.confirmed',
  version: 1,
  data: z.object({ subscriberId: idOf('sub'), pageId: PageIdSchema }),
  about: ({ subscriberId, pageId }) => ({ subscriber: subscriberId, statusPage: pageId }),
  sentence: (event, name) => `Somebody follows ${name(event.data.pageId)}`,
})
export const unsubscribed = defineEvent({
  type: 'subscriber.left',
  version: 1,
  data: z.object({ subscriberId: idOf('sub'), pageId: PageIdSchema }),
  about: ({ subscriberId, pageId }) => ({ subscriber: subscriberId, statusPage: pageId }),
  sentence: (event, name) => `Somebody stopped following ${name(event.data.pageId)}`,
})
export const maintenanceChanged = defineEvent({
  type: 'maintenance.changed',
  version: 1,
  data: z.object({ maintenanceId: MaintenanceIdSchema, what: z.enum(['planned', 'began', 'ended', 'called off']) }),
  about: ({ maintenanceId }) => ({ maintenance: maintenanceId }),
  sentence: (event, name) =>
    event.data.what === 'began' || event.data.what === 'ended'
      ? `Planned work ${event.data.what}: ${name(event.data.maintenanceId)}`
      : `${name(event.actor)} ${event.data.what === 'planned' ? 'planned' : 'called off'} the work ${name(event.data.maintenanceId)}`,
})

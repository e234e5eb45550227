// How components, status pages, updates and planned work are located and named. They belong to the whole organisation.
import { defineObject } from '#kernel/define.ts'
import { headlineFrom } from './headline.ts'
import { findComponent, findComponents, findPage, allPages } from './store.ts'
import { findMaintenance, findMaintenances, findUpdate, findUpdates } from './update-store.ts'

export const componentObject = defineObject({
  kind: 'component',
  prefix: 'cmp',
  locate: async (scope, key) => ((await findComponent(scope, key)) ? { teamId: null } : undefined),
  name: async (scope, ids) => new Map((await findComponents(scope, ids)).map(({ id, name }) => [id, name])),
})
export const statusPageObject = defineObject({
  kind: 'statusPage',
  prefix: 'stp',
  locate: async (scope, key) => ((await findPage(scope, key)) ? { teamId: null } : undefined),
  name: async (scope, ids) => new Map((await allPages(scope)).filter(({ id }) => ids.includes(id)).map(({ id, name }) => [id, name])),
})
/** An update is called what it says first. */
export const updateObject = defineObject({
  kind: 'update',
  prefix: 'upd',
  locate: async (scope, key) => ((await findUpdate(scope, key)) ? { teamId: null } : undefined),
  name: async (scope, ids) => new Map((await findUpdates(scope, ids)).map(({ id, text }) => [id, headlineFrom(text)])),
})
export const maintenanceObject = defineObject({
  kind: 'maintenance',
  prefix: 'mnt',
  locate: async (scope, key) => ((await findMaintenance(scope, key)) ? { teamId: null } : undefined),
  name: async (scope, ids) => new Map((await findMaintenances(scope, ids)).map(({ id, title }) => [id, title])),
})

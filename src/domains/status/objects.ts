// How components, status pages and planned work are located and named. They belong to the whole organisation.
import { defineObject } from '#kernel/define.ts'
import { findComponent, findComponents, findPage, allPages } from './store.ts'
import { findMaintenance } from './update-store.ts'

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
export const maintenanceObject = defineObject({
  kind: 'maintenance',
  prefix: 'mnt',
  locate: async (scope, key) => ((await findMaintenance(scope, key)) ? { teamId: null } : undefined),
  name: async (scope, ids) => {
    const found = await Promise.all(ids.map((id) => findMaintenance(scope, id)))
    return new Map(found.flatMap((maintenance) => (maintenance ? [[maintenance.id, maintenance.title]] : [])))
  },
})

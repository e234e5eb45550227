// How alerts, groups, integrations, silences and routes are located and named.
import { defineObject } from '#kernel/define.ts'
import { sql } from '#kernel/sql.ts'
import { findIntegration } from './integration-store.ts'
import { findSilence } from './rule-store.ts'
import { findAlert, findGroup } from './store.ts'

const names = (rows: { id: string; name: string }[]) => new Map(rows.map((row) => [row.id, row.name]))

export const alertObject = defineObject({
  kind: 'alert',
  prefix: 'alt',
  locate: async (scope, key) => {
    const alert = await findAlert(scope, key)
    return alert && { teamId: alert.teamId }
  },
  name: async (scope, ids) => names(await scope.query(sql`select id, title as name from alerts where id = any(${ids}::text[])`)),
})
export const groupObject = defineObject({
  kind: 'group',
  prefix: 'grp',
  locate: async (scope, key) => {
    const group = await findGroup(scope, key)
    return group && { teamId: group.teamId }
  },
  name: async (scope, ids) => names(await scope.query(sql`select id, title as name from alert_groups where id = any(${ids}::text[])`)),
})
export const integrationObject = defineObject({
  kind: 'integration',
  prefix: 'int',
  locate: async (scope, key) => {
    const integration = await findIntegration(scope, key)
    return integration && { teamId: integration.teamId }
  },
  name: async (scope, ids) => names(await scope.query(sql`select id, name from integrations where id = any(${ids}::text[])`)),
})
export const silenceObject = defineObject({
  kind: 'silence',
  prefix: 'sil',
  locate: async (scope, key) => ((await findSilence(scope, key)) ? { teamId: null } : undefined),
  name: async (scope, ids) => names(await scope.query(sql`select id, name from silences where id = any(${ids}::text[])`)),
})

// How schedules, overrides, policies and pages are located and named.
import { defineObject } from '#kernel/define.ts'
import { sql } from '#kernel/sql.ts'
import { findPage } from './page-store.ts'
import { findOverride, findPolicy, findSchedule } from './schedule-store.ts'

const names = (rows: { id: string; name: string }[]) => new Map(rows.map((row) => [row.id, row.name]))

export const scheduleObject = defineObject({
  kind: 'schedule',
  prefix: 'sch',
  locate: async (scope, key) => {
    const schedule = await findSchedule(scope, key)
    return schedule && { teamId: schedule.team?.id ?? null }
  },
  name: async (scope, ids) => names(await scope.query(sql`select id, name from schedules where id = any(${ids}::text[])`)),
})
export const overrideObject = defineObject({
  kind: 'override',
  prefix: 'ovr',
  locate: async (scope, key) => {
    const override = await findOverride(scope, key)
    return override && { teamId: override.teamId }
  },
})
export const policyObject = defineObject({
  kind: 'policy',
  prefix: 'pol',
  locate: async (scope, key) => {
    const policy = await findPolicy(scope, key)
    return policy && { teamId: policy.team?.id ?? null }
  },
  name: async (scope, ids) => names(await scope.query(sql`select id, name from policies where id = any(${ids}::text[])`)),
})
export const pageObject = defineObject({
  kind: 'page',
  prefix: 'pag',
  locate: async (scope, key) => {
    const page = await findPage(scope, key)
    return page && { teamId: page.teamId }
  },
  name: async (scope, ids) => names(await scope.query(sql`select id, title as name from pages where id = any(${ids}::text[])`)),
})

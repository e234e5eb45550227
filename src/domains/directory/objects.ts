// How people, teams and services are located and named.
import { defineObject } from '#kernel/define.ts'
import { sql } from '#kernel/sql.ts'
import * as store from './store.ts'

const names = (rows: { id: string; name: string }[]) => new Map(rows.map((row) => [row.id, row.name]))

export const userObject = defineObject({
  kind: 'user',
  prefix: 'usr',
  locate: async (scope, key) => ((await store.findUser(scope, key)) ? { teamId: null } : undefined),
  name: async (scope, ids) => names(await scope.query(sql`select id, name from users where id = any(${ids}::text[])`)),
})
export const teamObject = defineObject({
  kind: 'team',
  prefix: 'tem',
  locate: async (scope, key) => {
    const team = await store.findTeam(scope, key)
    return team && { teamId: team.id }
  },
  name: async (scope, ids) => names(await scope.query(sql`select id, name from teams where id = any(${ids}::text[])`)),
})
export const serviceObject = defineObject({
  kind: 'service',
  prefix: 'svc',
  locate: async (scope, key) => {
    const service = await store.findService(scope, key)
    return service && { teamId: service.teamId }
  },
  name: async (scope, ids) => names(await scope.query(sql`select id, name from services where id = any(${ids}::text[])`)),
})

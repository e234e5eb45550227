// How runbooks, runs and connections are located and named.
import { defineObject } from '#kernel/define.ts'
import * as runs from './run-store.ts'
import * as store from './store.ts'
import { incidentData } from './surroundings.ts'

const names = (rows: { id: string; name: string }[]) => new Map(rows.map((row) => [row.id, row.name]))

export const runbookObject = defineObject({
  kind: 'runbook',
  prefix: 'rbk',
  locate: store.locateRunbook,
  name: async (scope, ids) => names(await store.runbookNames(scope, ids)),
})
/** A run is seen by whoever sees its runbook's team and its incident. */
export const runObject = defineObject({
  kind: 'run',
  prefix: 'run',
  locate: async (scope, key) => {
    const run = await runs.findRun(scope, key)
    if (!run || (run.incidentId !== null && !(await incidentData(scope, run.incidentId)))) return undefined
    return { teamId: run.teamId }
  },
  name: async (scope, ids) => names(await runs.runNames(scope, ids)),
})
export const connectionObject = defineObject({
  kind: 'connection',
  prefix: 'con',
  locate: async (scope, key) => {
    const connection = await store.findConnection(scope, key)
    return connection && { teamId: connection.teamId }
  },
  name: async (scope, ids) => names(await store.connectionNames(scope, ids)),
})

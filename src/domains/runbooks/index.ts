// The runbooks' door: what is done about something, by machines and people, and its runs.
import { defineSlice } from '#kernel/define.ts'
import * as catalogue from './catalogue.ts'
import * as connections from './connections.ts'
import { changeOutside, readOutside, runCatalogueCommand } from './effects.ts'
import * as events from './events.ts'
import { connectionObject, runbookObject, runObject } from './objects.ts'
import { runProcess } from './process.ts'
import { startWhenOpened, startWhenStateChanged } from './reactions.ts'
import { runbookResource } from './resource.ts'
import * as runQueries from './run-queries.ts'
import { startRun } from './starting.ts'
import * as working from './working.ts'

const { save: _save, ...ofRunbooks } = catalogue
const { UserIdSchema: _user, RunbookIdSchema: _runbook, RunIdSchema: _run, ConnectionIdSchema: _connection, ...happened } = events

export const runbooks = defineSlice({
  name: 'runbooks',
  operations: { ...ofRunbooks, ...connections, ...runQueries, startRun, ...working },
  events: happened,
  reactions: [startWhenOpened, startWhenStateChanged],
  processes: [runProcess],
  effects: [readOutside, changeOutside, runCatalogueCommand],
  objects: [runbookObject, runObject, connectionObject],
  resources: [runbookResource],
})

export { addShipped } from './catalogue.ts'
export { addConnection } from './connections.ts'
export { getRun, listRuns } from './run-queries.ts'
export { answerQuestion, approveStep } from './working.ts'

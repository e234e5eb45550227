// The door of changes: what was deployed, switched or migrated.
import { defineSlice } from '#kernel/define.ts'
import { changeRecorded } from './events.ts'
import { changeObject } from './objects.ts'
import { getChange, listChanges, recordChange } from './recording.ts'

export const changes = defineSlice({
  name: 'changes',
  operations: { listChanges, getChange, recordChange },
  events: { changeRecorded },
  objects: [changeObject],
})

export { changedBefore, changesAround, changesInTimeline } from './before.ts'
export { ChangeView, recordChange, takeInChanges } from './recording.ts'
export type { Change } from './store.ts'

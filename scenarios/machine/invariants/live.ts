// I11 for live pages: what happens is heard on every node that lives, and by the node that has done it: by what it is about, by its chain, by its kind.
import { demand } from '../record.ts'
import type { Invariant } from './invariant.ts'

export const livePages: Invariant = {
  id: 'I11',
  says: 'each event reaches the live pages of each node',
  heard(node, { events }, topics) {
    if (topics.has('*')) return
    for (const { type, stream, about } of events)
      for (const topic of [type.slice(0, type.indexOf('.')), stream, ...Object.values(about)])
        demand('I11', topics.has(topic), () => `live pages on ${node} do not hear of ${topic}, of which ${type} is`)
  },
}

// I5: once an acknowledgement, a resolution or an end is committed, no message of that page is begun any more.
import { demand, type Commit, type Seen } from '../record.ts'
import type { Invariant } from './invariant.ts'

/** By page and by group: the commit at which it went quiet. Absent while it may page. */
const quietSince = new WeakMap<Seen, Map<string, number>>()
/** By page: levels and rounds that were asked for while somebody had it. */
const helpWanted = new WeakMap<Seen, Set<string>>()

const goesQuiet = new Set(['group.acknowledged', 'group.resolved'])

export const afterAnAnswer: Invariant = {
  id: 'I5',
  says: 'after the commit of an acknowledgement or a resolution no message of that page is begun',
  always({ events, index }: Commit, { seen }) {
    const quiet = quietSince.get(seen) ?? new Map<string, number>()
    quietSince.set(seen, quiet)
    const wanted = helpWanted.get(seen) ?? new Set<string>()
    helpWanted.set(seen, wanted)
    for (const { type, about, data } of events) {
      if (goesQuiet.has(type)) quiet.set(about['group']!, index)
      if (type === 'group.unacknowledged') quiet.delete(about['group']!)
      if (type !== 'page.person-paged' || !about['group'] || !quiet.has(about['group'])) continue
      const { level, round } = data as { level: number; round: number }
      wanted.add(`${about['page']}/${level}/${round}/`)
    }
  },
  handing({ urgency, reachKey, seen: looked, key, title }, seen) {
    const [page = '', level, round] = reachKey.split('/')
    if (urgency !== 'page' || !page.startsWith('pag_') || helpWanted.get(seen)?.has(`${page}/${level}/${round}/`)) return
    const group = seen.events.find((event) => event.type === 'page.started' && event.about['page'] === page)?.about['group']
    const since = group === undefined ? undefined : quietSince.get(seen)?.get(group)
    demand('I5', since === undefined || since > looked, () => `${key} (${reachKey}, ${title}) is begun after ${group} went quiet`)
  },
}

// I5: once an acknowledgement, a resolution or an end is committed, no message of that page is begun any more, and no summary has it in it.
import { concluded, demand, type Commit, type Seen } from '../record.ts'
import type { Invariant } from './invariant.ts'
import { pagesInSummary, pagesTold } from './summaries.ts'

/** By page and by group: the commit at which it went quiet. Absent while it may page. */
const quietSince = concluded('quiet since', () => new Map<string, number>())
/** By page: levels and rounds that were asked for while somebody had it. */
const helpWanted = concluded('help wanted', () => new Set<string>())

const goesQuiet = new Set(['group.acknowledged', 'group.resolved'])

export const afterAnAnswer: Invariant = {
  id: 'I5',
  says: 'after the commit of an acknowledgement or a resolution no message of that page is begun',
  always({ events, index }: Commit, { seen }) {
    const quiet = quietSince(seen)
    const wanted = helpWanted(seen)
    for (const { type, about, data } of events) {
      if (goesQuiet.has(type)) quiet.set(about['group']!, index)
      if (type === 'group.unacknowledged') quiet.delete(about['group']!)
      if (type !== 'page.person-paged' || !about['group'] || !quiet.has(about['group'])) continue
      const { level, round } = data as { level: number; round: number }
      wanted.add(`${about['page']}/${level}/${round}/`)
    }
  },
  handing({ urgency, reachKey, seen: looked, key, title }, seen) {
    if (urgency !== 'page') return
    const inSummary = pagesInSummary(reachKey, seen)
    if (inSummary) {
      const most = inSummary.filter((one) => !wentQuiet(one, looked, seen)).length
      demand('I5', !(pagesTold(title) > most), () => `${key} (${reachKey}) says "${title}", and ${most} of its pages had not gone quiet`)
    } else demand('I5', !wentQuiet(reachKey, looked, seen), () => `${key} (${reachKey}, ${title}) is begun after its group went quiet`)
  },
}

/** Whether whoever had seen so many commits knew that this page is to tell nobody any more. */
function wentQuiet(reachKey: string, looked: number, seen: Seen): boolean {
  const [page = '', level, round] = reachKey.split('/')
  if (!page.startsWith('pag_') || helpWanted(seen).has(`${page}/${level}/${round}/`)) return false
  const group = seen.events.find((event) => event.type === 'page.started' && event.about['page'] === page)?.about['group']
  const since = group === undefined ? undefined : quietSince(seen).get(group)
  return since !== undefined && since <= looked
}

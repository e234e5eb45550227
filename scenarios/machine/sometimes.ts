// States that must be reached by some run: a machine that never comes near them proves nothing about them.
import { rareWays } from '#kernel/rarely.ts'
import { pagesInSummary, pagesTold } from './invariants/summaries.ts'
import type { Commit, Seen } from './record.ts'

export const states = [
  'takeover of work',
  'a node stood still',
  'a message that arrived in doubt',
  'a message that says that it is a repeat',
  'a page while a provider is dead',
  'acknowledged and escalated at the same moment',
  'a level with nobody',
  'a page that nobody answered',
  'a page that was given back',
  'a step that may or may not have happened',
  'an answer to what is not asked any more',
  'a question whose time ran out',
  'an approval that two people gave',
  'a configuration that was applied while somebody was paged',
  'a level at a change of shifts',
  'a level within an hour after one that was skipped',
  'time that jumped over what was due',
  'a node whose clock is wrong',
  'an alert that was held back',
  'an alert that paged after it was held back',
  'a storm summary',
  'a storm summary with a person in two levels',
  'a storm summary of which something was answered before',
  'an update that reached a follower',
  'an update that a newer one overtook',
  'an update that waited for the one before',
  'planned work that outlasts an incident',
  'an incident that came back after it was told that it is over',
  'an incident that came back and said again how components are',
  'somebody asks for what is behind a wall',
  'somebody is paged from outside of a wall',
  'a walled team that changes while somebody asks',
  'an alert that was kept in the file',
  'an alert of which two nodes kept a part each',
  'a commit of which nothing was heard, and which had succeeded',
  'a commit of which nothing was heard, and which never was',
  'the last known person is told',
  'somebody has what they were told while the database was away',
  'a file of a node that crashed',
  'a file that ends in the middle of a line',
  'a node that begins while its database is away',
  'a disk that was full',
  'a sender that sent again',
  'a request that was kept unread',
  'a fail-over that lost something',
  'an alert that was lost and taken in again',
  ...rareWays,
] as const

/** Notes which of them this commit has reached. */
export function lookForStates({ events, at }: Commit, seen: Seen): void {
  const reach = (state: (typeof states)[number]) => void seen.reached.add(state)
  for (const event of events) {
    if (event.type === 'page.level-skipped') reach('a level with nobody')
    if (event.type === 'page.exhausted') reach('a page that nobody answered')
    if (event.type === 'page.given-back') reach('a page that was given back')
    if (event.type === 'step.in-doubt') reach('a step that may or may not have happened')
    if (event.type === 'person.told-degraded') reach('the last known person is told')
    if (event.type === 'person.took-degraded') reach('somebody has what they were told while the database was away')
    if (event.type === 'lost.taken-in') reach('an alert that was lost and taken in again')
    if (event.type === 'question.timed-out') reach('a question whose time ran out')
    if (event.type === 'approval.given' && (event.data as { count: number }).count === 2) reach('an approval that two people gave')
    if (event.type === 'configuration.applied' && seen.events.some(({ type }) => type === 'page.started'))
      reach('a configuration that was applied while somebody was paged')
    if (event.type !== 'page.acknowledged') continue
    const page = event.about['page']
    if (seen.events.some((other) => other.type === 'page.escalated' && other.about['page'] === page && other.at === at))
      reach('acknowledged and escalated at the same moment')
  }
  const last = seen.handed.at(-1)
  if (last?.repeated) reach('a message that says that it is a repeat')
  const inSummary = last && pagesInSummary(last.reachKey, seen)
  if (!last || !inSummary) return
  reach('a storm summary')
  const people = inSummary.map((key) => `${key.split('/')[0]} ${key.split('/')[3]}`)
  if (new Set(people).size < people.length) reach('a storm summary with a person in two levels')
  if (pagesTold(last.title) < inSummary.length) reach('a storm summary of which something was answered before')
}

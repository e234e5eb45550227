// What needs the reader: pages that went to them, alert groups that nobody has, then what waits for an answer, then what is late.
import { useAsk } from '../../api/hooks.ts'
import type { Output } from '../../api/client.ts'
import { useMay } from '../../may.ts'
import { useSession } from '../../session.ts'
import { asSentence, titleOf } from '../oncall/page-words.ts'
import { dateWords } from '../reviews/review-words.ts'
import { usePendingAsks } from '../runbooks/pending.tsx'

type Group = Output<'alerts.listGroups'>['items'][number]
type LivePage = Output<'oncall.listPages'>['items'][number]

/** `since` is missing where only a day is known. */
export type Need = { id: string; title: string; note: string; since?: string; href: string } & (
  | { kind: 'page'; pageId: LivePage['id']; severity: LivePage['severity'] }
  | { kind: 'group'; groupId: Group['id']; severity: Group['severity'] }
  | { kind: 'ask'; act: string }
)

export interface Needs {
  /** The most urgent first. */
  needs: Need[]
  /** Everything was asked. */
  settled: boolean
  /** There are more than these, and where they stand. */
  more: { words: string; href: string } | undefined
  /** Why some of them are not known. */
  failure: string | undefined
}

export function useNeeds(): Needs {
  const session = useSession()
  const may = useMay()
  const groups = useAsk(
    'alerts.listGroups',
    may('alerts.listGroups', null) ? { state: 'triggered', pages: 'true', limit: mostGroups } : undefined,
  )
  const pages = useAsk('oncall.listPages', may('oncall.listPages', null) ? { state: 'open', mine: 'true', limit: 200 } : undefined)
  const waiting = useAsk('incidents.waitingForMe', may('incidents.waitingForMe', null) ? {} : undefined)
  const pending = usePendingAsks()
  const offers = useAsk('oncall.shiftOffers', {})
  const me = session?.user
  const reviewed = may('reviews.list', null)
  const reviews = useAsk('reviews.list', reviewed ? { state: 'draft', mine: 'true', limit: 200 } : undefined)
  const actions = useAsk('reviews.listActionItems', reviewed ? { state: 'open', mine: 'true' } : undefined)
  const mine = (pages.data?.items ?? []).filter((page) => page.state === 'paging' || page.state === 'exhausted')
  const paged = mine
    .map((page): Need => ({
      kind: 'page',
      id: page.id,
      pageId: page.id,
      severity: page.severity,
      title: titleOf(page),
      note: asSentence(page.reason),
      since: page.startedAt,
      href: `/pages/${page.id}`,
    }))
    .sort(oldestFirst)
  const needs = (groups.data?.items ?? [])
    .filter((group) => !mine.some((page) => page.groupId === group.id))
    .map((group): Need => ({
      kind: 'group',
      id: group.id,
      groupId: group.id,
      severity: group.severity,
      title: group.title,
      since: group.openedAt,
      href: `/alerts?text=${encodeURIComponent(group.title)}`,
      note: `${group.service ? `${group.service.name}. ` : ''}${group.reason}`,
    }))
  const order = ['critical', 'error', 'warning', 'info']
  needs.sort(
    (a, b) => (a.kind === 'group' && b.kind === 'group' ? order.indexOf(a.severity) - order.indexOf(b.severity) : 0) || oldestFirst(a, b),
  )
  const asks = pending.asks.map((ask): Need => ({ kind: 'ask', ...ask }))
  const inIncidents = (waiting.data?.items ?? []).map(({ incident, act, sentence, at }): Need => ({
    kind: 'ask',
    id: `${incident.id} ${act}`,
    title: sentence,
    note: `${incident.key} ${incident.title}`,
    since: at ?? incident.openedAt,
    href: `/incidents/${incident.number}`,
    act: act === 'confirm' ? 'Answer' : 'Open',
  }))
  const offered = (offers.data?.items ?? [])
    .filter(({ offeredTo }) => offeredTo.id === me?.id)
    .map((offer): Need => ({
      kind: 'ask',
      id: offer.id,
      title: `${offer.offeredBy.name} offers you a shift of ${offer.schedule.name}`,
      note: offer.why === '' ? 'Unanswered, it stays theirs.' : `“${offer.why}” Unanswered, it stays theirs.`,
      since: offer.madeAt,
      href: '/oncall',
      act: 'Answer',
    }))
  const late = [
    ...(reviews.data?.items ?? [])
      .filter(({ overdue }) => overdue)
      .map(({ id, incident, dueOn }) => ({ id, incident, dueOn, title: `The review of INC-${incident.number} is overdue`, act: 'Write' })),
    ...(actions.data?.items ?? []).flatMap(({ id, incident, dueOn, overdue, title }) =>
      overdue && dueOn !== null ? [{ id, incident, dueOn, title, act: 'Open' }] : [],
    ),
  ].map(({ id, incident, dueOn, title, act }): Need => ({
    kind: 'ask',
    id,
    title,
    note: `Was due ${dateWords(dueOn)}, for INC-${incident.number} ${incident.title}`,
    href: `/incidents/${incident.number}/review`,
    act,
  }))
  const asked = [groups, pages, waiting, offers, reviews, actions]
  return {
    needs: [...paged, ...asks, ...inIncidents, ...needs, ...offered, ...late],
    settled: session !== undefined && pending.settled && !groups.isLoading && !pages.isLoading && !waiting.isLoading,
    more: pages.data?.nextCursor
      ? { words: 'More pages went to you: the newest 200 stand here.', href: '/oncall' }
      : groups.data?.nextCursor
        ? { words: `More alert groups page, and nobody has them: the newest ${mostGroups} stand here.`, href: '/alerts?state=triggered' }
        : reviews.data?.nextCursor
          ? { words: 'You write more reviews than were looked at: those that are late may be missing.', href: '/reviews' }
          : undefined,
    failure: (asked.find(({ error }) => error !== null)?.error ?? pending.error)?.message,
  }
}

const mostGroups = 50
const oldestFirst = (a: Need, b: Need): number => ((a.since ?? '') < (b.since ?? '') ? -1 : 1)

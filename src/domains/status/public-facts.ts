// What a status page tells the outside, and nothing else: no incident, no service, no person has a name here.
import type { Scope } from '#kernel/scope.ts'
import { addSeconds, instant, type Instant } from '#kernel/time.ts'
import { statusPhrase, worstOf, type ComponentStatus } from './component-status.ts'
import { availabilityOf, daysOf, windowStart, type Day } from './days.ts'
import { quiet } from './situation.ts'
import * as store from './store.ts'
import * as updates from './update-store.ts'

/** Days that a page looks back. */
export const shownDays = 90

type PublicUpdate = { id: string; at: Instant; state: string; headline: string; text: string }
export type PublicNotice = {
  headline: string
  since: Instant
  endedAt: Instant | null
  nextUpdateAt: Instant | null
  worst: ComponentStatus
  /** Newest first. */
  updates: PublicUpdate[]
}
export type PublicComponent = {
  name: string
  description: string
  group: string
  status: ComponentStatus
  note: string
  days: Day[]
  availability: number | undefined
}
export type PublicWork = {
  title: string
  /** Of the newest update. */
  text: string
  startsAt: Instant
  endsAt: Instant
  beganAt: Instant | null
  endedAt: Instant | null
  /** When it was called off before it began. */
  canceledAt: Instant | null
  /** Newest first. */
  updates: PublicUpdate[]
}
export type PublicFacts = {
  page: store.StatusPage
  now: Instant
  headline: string
  worst: ComponentStatus
  open: PublicNotice[]
  /** Ended, newest first. */
  earlier: PublicNotice[]
  planned: PublicWork[]
  done: PublicWork[]
  components: PublicComponent[]
}

/** Everything that is shown of this page. The caller has decided that it may be shown. */
export async function publicFacts(scope: Scope, page: store.StatusPage, now: Instant): Promise<PublicFacts> {
  const from = instant(windowStart(now, page.zone, shownDays))
  const components = await store.componentsOfPage(scope, page.id)
  const history = await store.changesSince(
    scope,
    components.map(({ id }) => id),
    from,
  )
  const told = await updates.updatesOnPage(scope, page.id, addSeconds(from, -shownDays * 86_400), 1000)
  const statuses = new Map<string, ComponentStatus>(components.map(({ id, status }) => [id, status]))
  const notices = (await updates.noticesOnPage(scope, page.id, from)).map((notice) => ({
    incidentId: notice.incidentId,
    ...noticeOf(notice, told, components, statuses),
  }))
  const open = notices.filter(({ endedAt }) => endedAt === null)
  const work = await workOf(scope, from, told, components)
  const shown = components.map((component): PublicComponent => {
    const days = daysOf(history.get(component.id) ?? [], { zone: page.zone, now, count: shownDays })
    const holder = open.find(({ incidentId }) => incidentId === component.heldBy)
    const note = component.status === 'works' ? '' : (holder?.headline ?? capital(statusPhrase[component.status]))
    const { name, description, group, status } = component
    return { name, description, group, status, note, days, availability: availabilityOf(days) }
  })
  const bare = (found: (PublicNotice & { incidentId: string })[]) => found.map(({ incidentId: _, ...notice }) => notice)
  return {
    page,
    now,
    open: bare(open),
    earlier: bare(notices.filter(({ endedAt }) => endedAt !== null)),
    headline: open.length === 1 ? open[0]!.headline : open.length > 1 ? `${open.length} problems` : quiet(shown),
    worst: worstOf([...shown.map(({ status }) => status), ...open.map(({ worst }) => worst)]),
    planned: work.filter((one) => !isOver(one)).reverse(),
    done: work.filter(isOver),
    components: shown,
  }
}

/** `told` is what this page shows, newest first. The worst status of an open notice is the one that its components have now, at least slow. */
function noticeOf(
  notice: updates.Notice,
  told: readonly updates.Update[],
  components: readonly store.Component[],
  statuses: ReadonlyMap<string, ComponentStatus>,
): PublicNotice {
  const own = told.filter(({ incidentId }) => incidentId === notice.incidentId)
  const held = components.filter(({ heldBy }) => heldBy === notice.incidentId).map(({ id }) => statuses.get(id)!)
  return {
    headline: own[0]?.headline ?? notice.headline,
    since: notice.since,
    endedAt: notice.endedAt,
    nextUpdateAt: notice.endedAt ? null : notice.nextUpdateAt,
    worst: notice.endedAt ? 'works' : worstOf(['slow', ...held]),
    updates: own.map(publicUpdate),
  }
}

async function workOf(
  scope: Scope,
  from: Instant,
  told: readonly updates.Update[],
  components: readonly store.Component[],
): Promise<PublicWork[]> {
  const shown = (await updates.maintenancesSince(scope, from)).filter(
    ({ id, componentIds }) =>
      told.some(({ maintenanceId }) => maintenanceId === id) || components.some((component) => componentIds.includes(component.id)),
  )
  return shown.reverse().map(({ id, title, startsAt, endsAt, beganAt, endedAt, canceledAt }) => {
    const own = told.filter(({ maintenanceId }) => maintenanceId === id).map(publicUpdate)
    return { title, startsAt, endsAt, beganAt, endedAt, canceledAt, text: own[0]?.text ?? '', updates: own }
  })
}

const isOver = ({ endedAt, canceledAt }: PublicWork): boolean => endedAt !== null || canceledAt !== null
const publicUpdate = ({ id, at, state, headline, text }: updates.Update): PublicUpdate => ({ id, at, state, headline, text })

const capital = (text: string) => text.replace(/^is /, '').replace(/^./, (letter) => letter.toUpperCase())

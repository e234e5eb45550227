// Starting, answering, giving back and ending a page: the row changes in the asker's transaction, the process hears of it and goes on from there.
import type { Actor, TeamId, UserId } from '#kernel/actor.ts'
import { actorRef, personOf } from '#kernel/actor.ts'
import type { CommandContext } from '#kernel/command.ts'
import { allIsAsked, allOfThem } from '#kernel/gather.ts'
import type { Id } from '#kernel/ids.ts'
import { secondsBetween } from '#kernel/time.ts'
import { findGroup, type Group, type GroupId } from '#domains/alerts/index.ts'
import { changedBefore } from '#domains/changes/index.ts'
import { findUser } from '#domains/directory/index.ts'
import { readBook } from './book.ts'
import { pageAcknowledged, pageEnded, pageGivenBack, pageStarted, type PageId } from './events.ts'
import { peopleOfLevel } from './level.ts'
import { groupTitle } from './messages.ts'
import { page } from './page-process.ts'
import type { Subject, Taker } from './page-state.ts'
import * as store from './page-store.ts'
import type { PageRow } from './page-store.ts'
import type { Level } from './policy.ts'
import { findPolicy } from './schedule-store.ts'

export type Paging = Pick<CommandContext, 'scope' | 'emit' | 'tell' | 'now' | 'newId'>

export type NewPage = {
  policy: string | null
  levels: readonly Level[]
  repeat: number
  ackTimeoutSeconds: number | null
  groupId: Id<'grp'> | null
  incidentId: Id<'inc'> | null
  teamId: TeamId | null
  severity: string | null
  title: string
  body: string
  changed?: Subject['changed']
}

/** Starts a page; `since` is when it began to be wrong. Where there is a taker, it was answered before anybody could be paged. */
export async function startPaging(context: Paging, wanted: NewPage, since = context.now, taker?: Taker): Promise<PageId> {
  const { scope, emit, tell, now, newId } = context
  const id = newId('pag')
  const { levels, repeat, ackTimeoutSeconds, changed = null, ...row } = wanted
  scope.last(store.insertPage(scope, { id, ...row, startedBy: actorRef(scope.actor) }))
  // Whatever is asked next of this page finds it.
  await allIsAsked()
  await emit(pageStarted, { ...refOf({ id, ...row }), policy: row.policy })
  if (taker) await saveTaken(context, { id, ...row, startedAt: now }, taker)
  await tell(page, id, { type: 'start', subject: { ...row, levels: [...levels], repeat, ackTimeoutSeconds, since, changed }, taker })
  return id
}

/**
 * Pages for a group by its policy, unless it is being paged for already, is over, or names no policy. Where somebody has it already, they keep it for as
 * long as the policy lets them, and can ask for help. `opened`: by what and when it was opened, where that is known before it is read.
 */
export async function startForGroup(context: Paging, groupId: GroupId, opened?: Opened): Promise<void> {
  const { scope } = context
  const [group, pages, known] = await allOfThem([
    findGroup(scope, groupId),
    store.lockPagesOfGroup(scope, groupId),
    opened && readWay(scope, opened),
  ])
  if (!group || group.state === 'resolved' || group.policy === null || pages.length > 0) return
  const taker = group.state === 'acknowledged' ? await takerOf(scope, group.acknowledgedBy as UserId | null) : undefined
  await startPaging(context, pageOfGroup(group, group.policy, known ?? (await readWay(scope, group))), group.openedAt, taker)
}

type Opened = Pick<Group, 'policy' | 'serviceId' | 'openedAt'>

/** Whom it pages, and what was changed before. */
async function readWay(scope: Paging['scope'], { policy: slug, serviceId, openedAt }: Opened) {
  const [policy, changed] = await allOfThem([
    slug === null ? undefined : findPolicy(scope, slug),
    changedBefore(scope, serviceId, openedAt),
  ])
  return { policy, changed }
}

const pageOfGroup = (group: Group, slug: string, { policy, changed }: Awaited<ReturnType<typeof readWay>>): NewPage => ({
  // A policy that was removed pages nobody by its levels: its page is exhausted at once, and so the owners are told.
  policy: slug,
  levels: policy?.levels ?? [],
  repeat: policy?.repeat ?? 0,
  ackTimeoutSeconds: policy?.ackTimeoutSeconds ?? null,
  groupId: group.id,
  incidentId: null,
  teamId: group.teamId ?? policy?.team?.id ?? null,
  severity: group.severity,
  title: groupTitle(group),
  body: group.serviceName ?? '',
  changed: changed ?? null,
})

/** Answers a page once; later answers change nothing. `by` is null when the source did. */
export async function acknowledgePaging(context: Paging, row: PageRow, by: UserId | null): Promise<void> {
  if (row.state === 'acknowledged' || row.state === 'ended') return
  const taker = await takerOf(context.scope, by)
  await saveTaken(context, row, taker)
  await context.tell(page, row.id, { type: 'acknowledged', ...taker })
}

async function saveTaken(
  { scope, emit, now }: Paging,
  row: Pick<PageRow, 'id' | 'groupId' | 'incidentId' | 'startedAt'>,
  { by, name }: Taker,
): Promise<void> {
  await store.saveAcknowledged(scope, row.id, by, `${name} has it; nobody else is paged`)
  await emit(pageAcknowledged, { ...refOf(row), userId: by, afterSeconds: secondsBetween(row.startedAt, now) })
}

const takerOf = async (scope: Paging['scope'], by: UserId | null): Promise<Taker> => ({
  by,
  name: by ? await nameOf(scope, by) : 'The source',
})

/** Gives a page back, so that it pages again from the first level. `by`: a person, the time that ran out, or that whoever had it was disabled. */
export async function giveBackPaging(
  { scope, emit, tell }: Paging,
  row: PageRow,
  by: 'person' | 'time' | 'disabled',
  reason: string,
): Promise<void> {
  if (row.state !== 'acknowledged') return
  await store.saveGivenBack(scope, row.id, reason)
  await emit(pageGivenBack, { ...refOf(row), by })
  await tell(page, row.id, { type: 'given-back', reason })
}

/** Ends a page. `over`: what was wrong is over, and everybody who was told hears so. */
export async function endPaging({ scope, emit, tell }: Paging, row: PageRow, reason: string, over: boolean): Promise<void> {
  if (row.state === 'ended') return
  await store.saveEnded(scope, row.id, reason)
  await emit(pageEnded, { ...refOf(row), reason })
  await tell(page, row.id, { type: 'end', reason, over })
}

/** Ends every page about an incident that is over. Whoever has one knows by the incident; whoever is still asked hears that it is over. */
export async function endPagesOfIncident(context: Paging, incidentId: string, reason: string): Promise<void> {
  for (const row of await store.lockPagesOfIncident(context.scope, incidentId))
    await endPaging(context, row, reason, row.state !== 'acknowledged')
}

/** From now on the pages about an incident say no more of it than `title`: it is not for everybody whom they page any more. */
export async function hidePagesOfIncident({ scope, tell }: Paging, incidentId: string, title: string): Promise<void> {
  for (const row of await store.lockPagesOfIncident(scope, incidentId)) {
    await store.saveTitle(scope, row.id, title)
    await tell(page, row.id, { type: 'hidden', title })
  }
}

/** Pages the next level now, unless it has gone on by then from where `row` stands. */
export const escalatePaging = async ({ scope, tell }: Paging, row: PageRow, actor: Actor): Promise<void> => {
  const by = personOf(actor)
  const { level, round } = row
  await tell(page, row.id, { type: 'escalate', name: by ? await nameOf(scope, by) : 'Tocsin', from: { level, round } })
}

/** Whether there is anybody whom a page that somebody has could still ask for help: another person in a level that it has not reached. */
export async function someLeftToAsk(context: Paging, { policy: slug, level, acknowledgedBy }: PageRow): Promise<boolean> {
  const scope = seeingAll(context.scope)
  const ahead = slug === null ? [] : ((await findPolicy(scope, slug))?.levels.slice(level) ?? [])
  const book = await readBook(scope, ahead)
  return ahead.some((one) => peopleOfLevel(one, book, context.now).people.some(({ userId }) => userId !== acknowledgedBy))
}

/** Who may answer a page reads what belongs to it as the page sees it; who did it stays who did it. */
export const seeingAll = (scope: Paging['scope']): Paging['scope'] => ({
  ...scope,
  actor: { ...scope.actor, rights: { ...scope.actor.rights, seesEverything: true } },
})

export const nameOf = async (scope: Paging['scope'], userId: UserId): Promise<string> => (await findUser(scope, userId))?.name ?? 'Somebody'

const refOf = ({ id, groupId, incidentId }: Pick<PageRow, 'id' | 'groupId' | 'incidentId'>) => ({ pageId: id, groupId, incidentId })

// Puts alerts into the open groups of their keys, and opens the groups that are missing: all locked together in one order, read and written in one
// statement each, so that two nodes with the same keys never wait for each other in a circle.
import type { CommandContext } from '#kernel/command.ts'
import { allOfThem } from '#kernel/gather.ts'
import type { Instant } from '#kernel/time.ts'
import { findServices, type Service } from '#domains/directory/index.ts'
import { worst, type AlertDecision } from './decision.ts'
import { alertJoined, groupOpened, type AlertId, type GroupId } from './events.ts'
import { settleGroups } from './group-lifecycle.ts'
import { pagingOf } from './paging.ts'
import * as store from './store.ts'

export type Joining = { alert: store.Undecided; decision: Extract<AlertDecision, { does: 'group' }> }
type Context = Pick<CommandContext, 'scope' | 'emit' | 'newId' | 'now'>

/** Of what is taken in together: the request in which each alert began, and the last one in which one of a group ended. */
export type Turns = { beganIn: Map<AlertId, number>; endedIn: Map<GroupId, number> }

/** Answers what is to be written about each alert. */
export async function joinGroups(context: Context, joining: readonly Joining[], turns?: Turns): Promise<store.Decided[]> {
  const { scope } = context
  const [services, open] = await allOfThem([
    servicesOf(context, joining),
    store.lockOpenGroups(scope, [...new Set(joining.flatMap(keysOf))].sort()),
  ])
  const over = turns ? await settleGroups(context, endedBefore(joining, open, turns), 'source') : undefined
  for (const [key, { id }] of open) if (over?.has(id)) open.delete(key)
  const byKey = groupedByKey(joining, open)
  const snoozed = await snoozedAmong(context, byKey, open)
  const fresh: store.Group[] = []
  const grown: store.Group[] = []
  const decided: store.Decided[] = []
  for (const [groupKey, some] of byKey) {
    const known = open.get(groupKey)
    const group = known ?? (await openGroup(context, groupKey, some[0]!, services))
    const joined = known ? some : some.slice(1)
    for (const { alert } of joined) await context.emit(alertJoined, { groupId: group.id, alertId: alert.id })
    const after = {
      ...group,
      severity: some.reduce((worstSoFar, { alert }) => worst(worstSoFar, alert.severity), group.severity),
      alertCount: group.alertCount + joined.length,
      openCount: group.openCount + joined.length,
    }
    ;(known ? grown : fresh).push(after)
    decided.push(...some.map((one) => decidedOf(one, group, snoozed.get(group.id) ?? null, !known && one === some[0], context.now)))
  }
  if (fresh.length > 0) scope.last(store.insertGroups(scope, fresh))
  if (grown.length > 0) scope.last(store.saveGroups(scope, grown))
  return decided
}

/** Groups of which the last alert may have ended in an earlier request than the first of these that would join them: those do not go on. */
function endedBefore(joining: readonly Joining[], open: ReadonlyMap<string, store.Group>, { beganIn, endedIn }: Turns): GroupId[] {
  const firstOf = new Map<string, number>()
  for (const one of joining)
    for (const key of keysOf(one)) firstOf.set(key, Math.min(firstOf.get(key) ?? Infinity, beganIn.get(one.alert.id) ?? Infinity))
  return [...open].flatMap(([key, { id }]) => ((endedIn.get(id) ?? Infinity) < firstOf.get(key)! ? [id] : [])).sort()
}

const isForInformation = ({ alert }: Joining): boolean => alert.severity === 'info'

/** The groups that it may be in, the first one that there is. What is for information only opens one that nothing else joins, for whoever joins pages nobody. */
const keysOf = (one: Joining): string[] => {
  const { groupKey } = one.decision
  return isForInformation(one) ? [groupKey, store.infoGroupKey(groupKey)] : [groupKey]
}

/** In the order of their keys; what pages comes before what is for information only, and opens the group. */
function groupedByKey(joining: readonly Joining[], open: ReadonlyMap<string, store.Group>): [string, Joining[]][] {
  const { informing = [], others = [] } = Object.groupBy(joining, (one) => (isForInformation(one) ? 'informing' : 'others'))
  const there = new Set([...open.keys(), ...others.flatMap(keysOf)])
  const keyOf = (one: Joining) => keysOf(one).find((key) => there.has(key)) ?? keysOf(one).at(-1)!
  return [...Map.groupBy([...others, ...informing], keyOf)].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Of the known groups that are joined and that somebody has: until when those are snoozed that are. */
async function snoozedAmong(
  { scope }: Context,
  joined: readonly [string, unknown][],
  open: ReadonlyMap<string, store.Group>,
): Promise<Map<GroupId, Instant | undefined>> {
  const taken = joined.flatMap(([key]) => open.get(key) ?? []).filter(({ state }) => state === 'acknowledged')
  return new Map(await allOfThem(taken.map(async ({ id }) => [id, await store.snoozedUntil(scope, id)] as const)))
}

function decidedOf(
  { alert, decision }: Joining,
  group: store.Group,
  snoozedUntil: Instant | null,
  opened: boolean,
  now: Instant,
): store.Decided {
  const acknowledged = group.state === 'acknowledged'
  const why = opened
    ? group.reason
    : `${acknowledged ? 'Joined a group that is acknowledged: nobody is paged again.' : 'Joined an open group.'} ${decision.reason}`
  return {
    id: alert.id,
    state: acknowledged ? 'acknowledged' : 'triggered',
    reason: why,
    groupId: group.id,
    serviceId: group.serviceId,
    teamId: group.teamId,
    snoozedUntil,
    trace: [...decision.trace, { rule: 'Paging', applied: true, reason: why, at: now }],
  }
}

async function openGroup(
  { emit, newId, now }: Context,
  groupKey: string,
  { alert, decision }: Joining,
  services: ReadonlyMap<string, Service>,
): Promise<store.Group> {
  const { target } = decision
  const service = services.get(alert.serviceSlug ?? target.service ?? '')
  const { policy, named, reason } = pagingOf(target, service, alert.severity)
  const group: store.Group = {
    id: newId('grp'),
    route: target.slug,
    groupKey,
    title: alert.title,
    severity: alert.severity,
    state: 'triggered',
    serviceId: service?.id ?? null,
    serviceSlug: service?.slug ?? null,
    serviceName: service?.name ?? null,
    teamId: service ? service.teamId : alert.teamId,
    policy,
    reason: `${reason} ${decision.reason}`,
    labels: alert.labels,
    links: alert.links,
    alertCount: 1,
    openCount: 1,
    openedAt: now,
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    changedAt: now,
  }
  await emit(groupOpened, {
    groupId: group.id,
    alertId: alert.id,
    serviceId: group.serviceId,
    teamId: group.teamId,
    severity: group.severity,
    policy: named,
    opens: target.opens,
    pages: policy !== null,
  })
  return group
}

async function servicesOf({ scope }: Context, joining: readonly Joining[]): Promise<Map<string, Service>> {
  const slugs = [...new Set(joining.flatMap(({ alert, decision }) => alert.serviceSlug ?? decision.target.service ?? []))]
  return slugs.length === 0 ? new Map() : new Map((await findServices(scope, slugs)).map((service) => [service.slug, service]))
}

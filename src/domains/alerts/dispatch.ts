// Carries out what was decided about alerts: holds them back, or puts them into their groups and says so. Many at once cost as much as a few:
// rules are read once, each group is locked once, decisions are written in one statement.
import type { CommandContext } from '#kernel/command.ts'
import type { Tell } from '#kernel/process.ts'
import { findServices, readOrganisation, type Service } from '#domains/directory/index.ts'
import { decideAlert, worst, type AlertDecision, type Surroundings } from './decision.ts'
import { alertJoined, alertSuppressed, groupOpened, type AlertId } from './events.ts'
import { hold } from './hold.ts'
import * as ruleStore from './rule-store.ts'
import { compileRules, readMatchers } from './rules.ts'
import { compileSilence } from './silencing.ts'
import * as store from './store.ts'

type Context = Pick<CommandContext, 'scope' | 'emit' | 'newId' | 'now'> & { tell: Tell }
type Grouped = Extract<AlertDecision, { does: 'group' }>
type Joining = { alert: store.AlertRow; decision: Grouped }

/** Decides about alerts that are in no group yet. One that is in a group, or over, is left as it is. */
export async function dispatch(context: Context, alertIds: readonly AlertId[]): Promise<void> {
  const { scope, emit, now } = context
  const alerts = (await store.lockAlerts(scope, alertIds)).filter((alert) => alert.groupId === null && alert.state !== 'resolved')
  if (alerts.length === 0) return
  const around = await readSurroundings(context)
  const joining: Joining[] = []
  const decided: store.Decided[] = []
  for (const alert of alerts) {
    const others = around.inhibitors.filter((other) => other.id !== alert.id)
    const decision = decideAlert(
      { ...alert, source: alert.integrationName, service: alert.serviceSlug, integration: alert.integrationName },
      { ...around, inhibitors: others },
      now,
    )
    if (decision.does === 'group') {
      joining.push({ alert, decision })
      continue
    }
    decided.push({
      id: alert.id,
      state: 'suppressed',
      reason: decision.reason,
      trace: decision.trace,
      groupId: null,
      serviceId: null,
      teamId: null,
    })
    if (alert.state !== 'suppressed') await emit(alertSuppressed, { alertId: alert.id, cause: decision.cause })
    if (decision.lookAgainAt) await context.tell(hold, alert.id, { type: 'held', until: decision.lookAgainAt })
  }
  const services = await servicesOf(context, joining)
  const groups = [...Map.groupBy(joining, ({ decision }) => decision.groupKey)].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [groupKey, some] of groups) decided.push(...(await intoGroup(context, groupKey, some, services)))
  await store.setDecisions(scope, decided)
}

/** Rules, silences and what may inhibit, as they are now. */
async function readSurroundings({ scope }: Pick<Context, 'scope'>): Promise<Surroundings> {
  const rules = compileRules(
    await ruleStore.listRoutes(scope),
    await ruleStore.listInhibitions(scope),
    await ruleStore.listIntervals(scope),
  )
  const silences = (await ruleStore.listSilences(scope, 'current', 2000)).flatMap((row) => {
    const silence = compileSilence({
      id: row.id,
      comment: row.name,
      createdBy: row.createdByName ?? 'somebody',
      startsAt: row.startsAt,
      endsAt: row.endsAt,
      matcherSets: [readMatchers(row.matchers)],
    })
    return 'faults' in silence ? [] : [silence]
  })
  const inhibitors = rules.inhibitions.length > 0 ? await ruleStore.inhibitors(scope) : []
  return { rules, silences, inhibitors, zone: (await readOrganisation(scope))?.zone ?? 'UTC' }
}

/** Puts alerts with one group key into their open group, or opens it. */
async function intoGroup(
  context: Context,
  groupKey: string,
  joining: readonly Joining[],
  services: ReadonlyMap<string, Service>,
): Promise<store.Decided[]> {
  const { scope, emit, now } = context
  const open = await store.lockOpenGroup(scope, groupKey)
  const group = open ?? (await openGroup(context, groupKey, joining[0]!, services))
  const joined = open ? joining : joining.slice(1)
  const acknowledged = group.state === 'acknowledged'
  if (joined.length > 0) {
    const severity = joining.reduce((worstSoFar, { alert }) => worst(worstSoFar, alert.severity), group.severity)
    await store.saveGroup(scope, {
      ...group,
      severity,
      alertCount: group.alertCount + joined.length,
      openCount: group.openCount + joined.length,
    })
  }
  for (const { alert } of joined) await emit(alertJoined, { groupId: group.id, alertId: alert.id })
  return joining.map(({ alert, decision }) => {
    const opened = !open && alert === joining[0]!.alert
    const why = opened
      ? group.reason
      : `${acknowledged ? 'Joined a group that is acknowledged: nobody is paged again.' : 'Joined an open group.'} ${decision.reason}`
    return {
      id: alert.id,
      state: acknowledged ? ('acknowledged' as const) : ('triggered' as const),
      reason: why,
      groupId: group.id,
      serviceId: group.serviceId,
      teamId: group.teamId,
      trace: [...decision.trace, { rule: 'Paging', applied: true, reason: why, at: now }],
    }
  })
}

async function openGroup(
  { scope, emit, newId, now }: Context,
  groupKey: string,
  { alert, decision }: Joining,
  services: ReadonlyMap<string, Service>,
): Promise<store.Group> {
  const { target } = decision
  const service = services.get(alert.serviceSlug ?? target.service ?? '')
  const policy = target.policy ?? service?.policy ?? null
  const pages = target.pages && policy !== null && alert.severity !== 'info'
  const why = pages ? `Pages by the policy '${policy}'.` : notPaged(target.pages, policy, service)
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
    policy: pages ? policy : null,
    reason: `${why} ${decision.reason}`,
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
  await store.insertGroup(scope, group)
  await emit(groupOpened, {
    groupId: group.id,
    alertId: alert.id,
    serviceId: group.serviceId,
    teamId: group.teamId,
    severity: group.severity,
    policy,
    opens: target.opens,
    pages,
  })
  return group
}

function notPaged(routePages: boolean, policy: string | null, service: Service | undefined): string {
  if (!routePages) return 'Not paged: the route does not page.'
  if (policy !== null) return 'Not paged: it is for information only.'
  return `Not paged: ${service ? `${service.name} has no escalation policy` : 'it names no service, and its route no policy'}.`
}

async function servicesOf({ scope }: Pick<Context, 'scope'>, joining: readonly Joining[]): Promise<Map<string, Service>> {
  const slugs = [...new Set(joining.flatMap(({ alert, decision }) => alert.serviceSlug ?? decision.target.service ?? []))]
  return slugs.length === 0 ? new Map() : new Map((await findServices(scope, slugs)).map((service) => [service.slug, service]))
}

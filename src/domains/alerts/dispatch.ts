// Carries out what was decided about an alert: holds it back, or puts it into its group and says so.
import type { CommandContext } from '#kernel/command.ts'
import type { Tell } from '#kernel/process.ts'
import { findService, readOrganisation } from '#domains/directory/index.ts'
import { decideAlert, worst, type Surroundings } from './decision.ts'
import { alertJoined, alertSuppressed, groupOpened, type AlertId } from './events.ts'
import { hold } from './hold.ts'
import * as ruleStore from './rule-store.ts'
import { compileRules, readMatchers } from './rules.ts'
import { compileSilence } from './silencing.ts'
import * as store from './store.ts'

type Context = Pick<CommandContext, 'scope' | 'emit' | 'newId' | 'now'> & { tell: Tell }

/** Reads the rules once for any number of alerts. */
export async function readSurroundings({ scope }: Pick<Context, 'scope'>): Promise<Omit<Surroundings, 'inhibitors'>> {
  const rules = compileRules(await ruleStore.listRoutes(scope), await ruleStore.listInhibitions(scope), await ruleStore.listIntervals(scope))
  const silences = (await ruleStore.listSilences(scope, 'current', 2000)).flatMap((row) => {
    const silence = compileSilence({ id: row.id, comment: row.name, createdBy: row.createdByName ?? 'somebody', startsAt: row.startsAt, endsAt: row.endsAt, matcherSets: [readMatchers(row.matchers)] })
    return 'faults' in silence ? [] : [silence]
  })
  return { rules, silences, zone: (await readOrganisation(scope))?.zone ?? 'UTC' }
}

/** Decides about one alert that is in no group yet. Once it is in one, or over, this does nothing. */
export async function dispatch(context: Context, alertId: AlertId, surroundings?: Omit<Surroundings, 'inhibitors'>): Promise<void> {
  const { scope, emit, now } = context
  const alert = await store.lockAlert(scope, alertId)
  if (!alert || alert.groupId !== null || alert.state === 'resolved') return
  const around = surroundings ?? (await readSurroundings(context))
  const inhibitors = around.rules.inhibitions.length > 0 ? await ruleStore.inhibitors(scope, alertId) : []
  const subject = { ...alert, source: alert.integrationName, service: alert.serviceSlug, integration: alert.integrationName }
  const decision = decideAlert(subject, { ...around, inhibitors }, now)
  if (decision.does === 'suppress') {
    await store.setDecision(scope, alertId, { state: 'suppressed', reason: decision.reason, trace: decision.trace })
    if (alert.state !== 'suppressed') await emit(alertSuppressed, { alertId, cause: decision.cause })
    if (decision.lookAgainAt) await context.tell(hold, alertId, { type: 'held', until: decision.lookAgainAt })
    return
  }
  await intoGroup(context, alert, decision)
}

async function intoGroup(context: Context, alert: store.AlertRow, decision: Extract<ReturnType<typeof decideAlert>, { does: 'group' }>): Promise<void> {
  const { scope, emit, newId, now } = context
  const { target } = decision
  const step = (reason: string): store.TraceStep[] => [...decision.trace, { rule: 'Paging', applied: true, reason, at: now }]
  const open = await store.lockOpenGroup(scope, decision.groupKey)
  if (open) {
    const reason = open.state === 'acknowledged' ? `Joined a group that is acknowledged: nobody is paged again. ${decision.reason}` : `Joined an open group. ${decision.reason}`
    await store.saveGroup(scope, { ...open, severity: worst(open.severity, alert.severity), alertCount: open.alertCount + 1, openCount: open.openCount + 1 })
    await store.setDecision(scope, alert.id, { state: open.state === 'acknowledged' ? 'acknowledged' : 'triggered', reason, trace: step(reason), groupId: open.id, serviceId: open.serviceId, teamId: open.teamId })
    await emit(alertJoined, { groupId: open.id, alertId: alert.id })
    return
  }
  const service = alert.serviceSlug ?? target.service ? await findService(scope, (alert.serviceSlug ?? target.service)!) : undefined
  const policy = target.policy ?? service?.policy ?? null
  const pages = target.pages && policy !== null && alert.severity !== 'info'
  const why = pages ? `Pages by the policy '${policy}'.` : !target.pages ? 'Not paged: the route does not page.' : policy === null ? `Not paged: ${service ? `${service.name} has no escalation policy` : 'no service and no policy'}.` : 'Not paged: it is for information only.'
  const reason = `${why} ${decision.reason}`
  const id = newId('grp')
  await store.insertGroup(scope, {
    id, route: target.slug, groupKey: decision.groupKey, title: alert.title, severity: alert.severity, state: 'triggered', serviceId: service?.id ?? null, teamId: service?.teamId ?? alert.teamId,
    policy, reason, labels: alert.labels, links: alert.links,
  })
  await store.setDecision(scope, alert.id, { state: 'triggered', reason, trace: step(why), groupId: id, serviceId: service?.id ?? null, teamId: service?.teamId ?? null })
  await emit(groupOpened, { groupId: id, alertId: alert.id, serviceId: service?.id ?? null, teamId: service?.teamId ?? alert.teamId, severity: alert.severity, policy, opens: target.opens, pages })
}

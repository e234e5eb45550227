// Carries out one operation on one node, as whoever does it does it: through the way in, by a command, or on the page behind a link.
import { anonymous, system } from '#kernel/actor.ts'
import type { AnyOperation } from '#kernel/command.ts'
import { AppError } from '#kernel/errors.ts'
import type { PageDefinition } from '#kernel/page.ts'
import { addSeconds } from '#kernel/time.ts'
import { acknowledgeGroup, resolveGroup, snoozeGroup } from '#domains/alerts/groups.ts'
import { addSilence, endSilence } from '#domains/alerts/silences.ts'
import { rightsOfUser } from '#domains/directory/index.ts'
import { disableUser } from '#domains/directory/people.ts'
import { changeTeam } from '#domains/directory/teams.ts'
import { declareIncident } from '#domains/incidents/declare.ts'
import { linkGroup } from '#domains/incidents/links.ts'
import { changeState, reopenIncident } from '#domains/incidents/moving.ts'
import { bringIn } from '#domains/incidents/people.ts'
import { linkToken, summaryToken } from '#domains/notifications/links.ts'
import { removeContactMethod } from '#domains/notifications/methods.ts'
import { acknowledge, endPage, escalateNow, giveBack, startPage } from '#domains/oncall/pages.ts'
import { addOverride } from '#domains/oncall/override-commands.ts'
import { changePolicy } from '#domains/oncall/policies.ts'
import { changeSchedule } from '#domains/oncall/schedules.ts'
import { phoneAnswer } from '#domains/oncall/phone-page.ts'
import { summaryAnswer } from '#domains/oncall/summary-page.ts'
import { startRun } from '#domains/runbooks/starting.ts'
import { cancelRun } from '#domains/runbooks/working.ts'
import { callOffMaintenance, planMaintenance } from '#domains/status/maintenance.ts'
import { publicPages } from '#domains/status/public-pages.ts'
import { follow, unfollow } from '#domains/status/subscribing.ts'
import { publishUpdate } from '#domains/status/updates.ts'
import { takingPages } from '#app/outage/taking-page.ts'
import type { Operation } from './operations.ts'
import { layers, policyOf, type Person } from './organisation.ts'
import { read } from './reading.ts'
import { runbooks } from './runbooks.ts'
import { workOn } from './runs.ts'
import { createSender, type Sending } from './sender.ts'
import type { Answer, Handed } from './record.ts'

export type Acting = Sending & {
  /** Hears what somebody was shown. */
  answered: (answer: Answer) => Promise<void>
}

const strangers = ['nora@elsewhere.test', 'olaf@elsewhere.test', 'petra@elsewhere.test']

/** Does it; resolves when it was answered. Throws as the engine does. `undefined`: there is nothing that it could be done to. */
export async function perform(operation: Operation, acting: Acting): Promise<unknown> {
  const { node, organisation, seen, random, answered } = acting
  const sender = createSender(acting)
  const { engine } = node
  const { people, admin, policies, schedules, services, teams, statusPages, components } = organisation
  const now = engine.clock.now()
  const person = random.one(people)
  const actor = random.chance(0.7) ? person.actor : admin
  /** Nothing when they are disabled: then they cannot sign in. */
  const act = async (as: Person, what: unknown, input: unknown) => {
    const now = await asNow(as)
    return now && engine.execute(now, what as AnyOperation, input)
  }
  const latest = (type: string, object: string) => {
    const ids = seen.events.filter((event) => event.type === type).map((event) => event.about[object]!)
    return ids.length === 0 ? undefined : random.one(ids.slice(-4))
  }
  const pageId = latest('page.started', 'page')
  const groupId = latest('group.opened', 'group')
  const run = latest('run.started', 'run')
  const incident = latest('incident.opened', 'incident')
  const maintenance = latest('maintenance.changed', 'maintenance')
  const summaryId = latest('notification.summarised', 'summary')
  const handles = people.map(({ handle }) => handle)

  switch (operation.kind) {
    case 'fire':
      return sender.send('trigger')
    case 'a storm':
      return sender.storm()
    case 'a flood':
      return sender.flood()
    case 'resolve':
      return sender.resolve()
    case 'acknowledge at the source':
      return sender.send('acknowledge')
    case 'acknowledge by API':
      return pageId && act(actor, acknowledge, { pageId })
    case 'acknowledge by link':
      return pageId && byLink('acknowledge')
    case 'take what was told':
      return takeTold()
    case 'acknowledge a summary':
      return summaryId && bySummary(summaryId)
    case 'escalate by link':
      return pageId && byLink('escalate')
    case 'acknowledge the group':
      return groupId && act(actor, acknowledgeGroup, { groupId })
    case 'give back':
      return pageId && act(actor, giveBack, { pageId })
    case 'escalate':
      return pageId && act(actor, escalateNow, { pageId })
    case 'snooze':
      return groupId && act(actor, snoozeGroup, { groupId, until: addSeconds(now, random.one([60, 300, 900])) })
    case 'resolve the group':
      return groupId && act(actor, resolveGroup, { groupId })
    case 'page directly': {
      const whom = random.one([{ policy: random.one(policies) }, { schedule: random.one(schedules) }, { users: [random.one(handles)] }])
      return act(actor, startPage, { ...whom, title: `Help ${operation.n}` })
    }
    case 'end a page':
      return pageId && act(actor, endPage, { pageId })
    case 'add an override': {
      const kind = random.one(['takeover', 'add', 'replace', 'remove'])
      const from = addSeconds(now, random.one([-60, 0, 120, 600]))
      const whom = {
        ...(kind === 'remove' ? {} : { add: random.one(handles) }),
        ...(kind === 'remove' || kind === 'replace' ? { remove: random.one(handles) } : {}),
      }
      return act(admin, addOverride, {
        schedule: random.one(schedules),
        kind,
        ...whom,
        from,
        to: addSeconds(from, random.one([300, 3600, 86_400])),
      })
    }
    case 'change a policy':
      return act(admin, changePolicy, { policy: random.one(policies), ...policyOf(random, handles, schedules, teams) })
    case 'apply a configuration':
      return act(
        admin,
        engine.catalogue.operations.find(({ name }) => name === 'configuration.apply'),
        { files: [{ path: 'some.yaml', text: someResources() }] },
      )
    case 'change a schedule':
      return act(admin, changeSchedule, { schedule: random.one(schedules), layers: layers(random, handles, now) })
    case 'disable a person':
      return act(admin, disableUser, { user: person.handle })
    case 'remove a method':
      return person.methods.length > 0 && act(person.actor, removeContactMethod, { methodId: random.one(person.methods) })
    case 'silence': {
      const silenceId = latest('silence.made', 'silence')
      if (silenceId && random.chance(0.3)) return act(admin, endSilence, { silenceId })
      const matchers = random.one(['', 'alertname=one', 'severity=warning'])
      return act(admin, addSilence, { name: `Silence ${operation.n}`, matchers, endsAt: addSeconds(now, random.one([30, 300, 1800])) })
    }
    case 'start a run':
      return act(actor, startRun, {
        runbook: random.one(runbooks).slug,
        inputs: { tag: `t${operation.n}` },
        ...(incident && random.chance(0.5) ? { incident } : {}),
      })
    case 'answer a run':
      return run && workOn(run, { seen, random, actor, act, people: handles })
    case 'cancel a run':
      return run && act(actor, cancelRun, { run, reason: 'not wanted' })
    case 'declare an incident':
      return declare()
    case 'move an incident': {
      const to = random.one(['triage', 'fixing', 'monitoring', 'resolved', 'resolved', 'closed'])
      if (!incident) return undefined
      // Mostly there is one that has ended: to reopen another one is refused.
      const ended = seen.events.findLast(({ type }) => type === 'incident.resolved')?.about['incident']
      return random.chance(0.3)
        ? act(actor, reopenIncident, { incident: ended ?? incident, reason: 'It is back.' })
        : act(actor, changeState, { incident, to, reason: 'So it is.' })
    }
    case 'bring somebody in':
      return incident && act(actor, bringIn, { incident, user: random.one(handles), urgent: random.chance(0.2) })
    case 'link a group':
      return incident && groupId && act(actor, linkGroup, { incident, groupId })
    case 'publish an update': {
      const pages = random.some(statusPages, random.between(1, 2))
      // Mostly about the last one, so that one is still under way when the next one comes.
      const about = random.chance(0.7) ? seen.events.findLast(({ type }) => type === 'incident.opened')?.about['incident'] : incident
      const health = random.some(components, random.one([0, 1, 1, 2])).map((component) => ({
        component,
        status: random.one(['works', 'slow', 'partly-down', 'down']),
      }))
      return about
        ? act(actor, publishUpdate, { incident: about, text: `We look at it, ${operation.n}.`, pages, components: health })
        : declare()
    }
    case 'plan work': {
      const startsAt = addSeconds(now, random.one([0, 0, 30, 300]))
      return act(admin, planMaintenance, {
        title: `Work ${operation.n}`,
        text: 'It takes a moment.',
        startsAt,
        endsAt: addSeconds(startsAt, random.one([60, 300, 1800])),
        components: random.some(components, random.between(1, 2)),
      })
    }
    case 'call off work':
      return maintenance && act(admin, callOffMaintenance, { maintenance })
    case 'follow a status page':
      return act(actor, follow, { statusPage: random.one(statusPages) })
    case 'stop following':
      return act(actor, unfollow, { statusPage: random.one(statusPages) })
    case 'a stranger follows': {
      const asked = linkIn(({ url }) => url, 'confirm')
      if (asked && random.chance(0.7)) return visit('POST /s/confirm/{token}', { token: asked })
      return visit('POST /s/{slug}/subscribe', { slug: statusPages[0]! }, { email: random.one(strangers) })
    }
    case 'a stranger stops': {
      const token = linkIn(({ stopUrl }) => stopUrl, 'unsubscribe')
      return token && visit('POST /s/unsubscribe/{token}', { token })
    }
    case 'change a team': {
      const members = random.some(handles, random.between(0, handles.length)).map((user) => ({ user }))
      const change = random.one([{ membersOnly: true }, { membersOnly: false }, { members }, { members }])
      return act(admin, changeTeam, { team: random.one(teams), ...change })
    }
    case 'look around':
      return read({ seen, random, answered, ask: (what, input) => asked(random.chance(0.9) ? person.actor : admin, what, input) })
  }

  /** Routes, an inhibition, a policy and a schedule, or some of them, as somebody applies them while people are paged. JSON is YAML. */
  function someResources(): string {
    const route = {
      kind: 'route',
      slug: 'all',
      name: 'All',
      groupBy: random.one([['alertname'], ['team'], []]),
      holdSeconds: random.one([0, 0, 60]),
      pages: random.chance(0.8),
      policy: random.one([null, ...policies]),
    }
    const inhibition = { kind: 'inhibition', slug: 'warnings', name: 'Warnings', source: 'severity=critical', target: 'severity=warning' }
    const policy = { kind: 'policy', slug: random.one(policies), name: 'Applied', ...policyOf(random, handles, schedules, teams) }
    const schedule = { kind: 'schedule', slug: random.one(schedules), name: 'Applied', zone: 'UTC', layers: layers(random, handles, now) }
    return random
      .some([route, inhibition, policy, schedule], random.between(1, 4))
      .map((resource) => JSON.stringify(resource))
      .join('\n---\n')
  }

  /** The person with the rights that they have now, as somebody who has signed in; undefined while they are disabled. */
  async function asNow(who: Person): Promise<Person | undefined> {
    const rights = await engine.transact(system('machine'), ({ scope }) => rightsOfUser(scope, who.userId))
    return rights && { ...who, rights }
  }

  async function asked(who: Person, what: AnyOperation, input: object) {
    const now = await asNow(who)
    if (!now) return undefined
    const known = { user: who.userId, known: seen.commits }
    const output = await engine.execute(now, what, input).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'missing') return undefined
      throw error
    })
    return { ...known, output }
  }

  /** The token in one of the last mails that arrived with such a link. */
  function linkIn(urlOf: (mail: Handed) => string | undefined, kind: string): string | undefined {
    const tokens = seen.handed.flatMap(
      (mail) => (mail.arrived && new RegExp(`/s/${kind}/([\\w-]{32})$`).exec(urlOf(mail) ?? '')?.[1]) || [],
    )
    return tokens.length === 0 ? undefined : random.one(tokens.slice(-3))
  }

  function visit(http: string, params: Record<string, string>, form: Record<string, string> = {}): Promise<unknown> {
    const page: PageDefinition = publicPages.find((candidate) => candidate.http === http)!
    return engine.transact(anonymous, (context) => page.run(context, { params, query: {}, form, headers: {} }))
  }

  function declare(): Promise<unknown> {
    return act(actor, declareIncident, {
      title: `Incident ${operation.n}`,
      type: random.one(['sre', 'itil']),
      services: [random.one(services)],
      private: random.chance(0.3),
    })
  }

  function byLink(what: 'acknowledge' | 'escalate'): Promise<unknown> {
    const told = seen.events
      .filter((event) => event.type === 'page.person-paged' && event.about['page'] === pageId)
      .map((event) => event.about['user']!)
    const userId = (told.length > 0 ? random.one(told) : person.actor.userId) as `usr_${string}`
    const token = linkToken(engine.signer, { userId, pageId: pageId as `pag_${string}` })
    const request = { params: { token }, query: {}, form: { do: what, step: 'none' }, headers: {} }
    return engine.transact(anonymous, (context) => phoneAnswer.run(context, request))
  }

  /** Mostly at the node that has told it. */
  function takeTold(): Promise<unknown> | undefined {
    const told = seen.handed.filter(({ key, arrived }) => arrived && key.startsWith('degraded-'))
    const own = told.filter((one) => one.node === node.name)
    const among = own.length > 0 && random.chance(0.9) ? own : told
    if (among.length === 0) return undefined
    const token = random.one(among.slice(-3)).url.split('/').at(-1)!
    const page = takingPages(engine, node.outage).find(({ http }) => http === 'POST /p/degraded/{token}')!
    seen.took.push({ node: node.name, at: now })
    return page.run({ params: { token }, query: {}, form: { do: 'acknowledge' }, headers: {} })
  }

  function bySummary(id: string): Promise<unknown> {
    const userId = seen.events.find((event) => event.about['summary'] === id)!.about['user'] as `usr_${string}`
    const token = summaryToken(engine.signer, { userId, summaryId: id as `sum_${string}` })
    const request = { params: { token }, query: {}, form: { do: 'acknowledge' }, headers: {} }
    return engine.transact(anonymous, (context) => summaryAnswer.run(context, request))
  }
}

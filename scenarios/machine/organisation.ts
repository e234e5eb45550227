// An organisation from a seed: people with their phones and rules, teams, schedules over a border of some clock, policies, services, what sends alerts.
import { system, type Actor, type UserId } from '#kernel/actor.ts'
import type { CommandDefinition } from '#kernel/command.ts'
import { addSeconds, instant, type Instant } from '#kernel/time.ts'
import type { Engine } from '#platform/commands/engine.ts'
import { addIntegration } from '#domains/alerts/integrations.ts'
import type { IntegrationId } from '#domains/alerts/index.ts'
import { routeResource } from '#domains/alerts/resources.ts'
import { RouteSchema } from '#domains/alerts/rules.ts'
import { rightsOfUser } from '#domains/directory/index.ts'
import { addUser } from '#domains/directory/people.ts'
import { addService } from '#domains/directory/services.ts'
import { addTeam } from '#domains/directory/teams.ts'
import { addContactMethod } from '#domains/notifications/methods.ts'
import { setRules } from '#domains/notifications/rules.ts'
import { addPolicy } from '#domains/oncall/policies.ts'
import { addSchedule } from '#domains/oncall/schedules.ts'
import { saveRunbook } from '#domains/runbooks/catalogue.ts'
import { addComponent } from '#domains/status/components.ts'
import { addStatusPage } from '#domains/status/pages.ts'
import { follow } from '#domains/status/subscribing.ts'
import { mayInhibit } from './inhibiting.ts'
import type { Random } from './random.ts'
import { runbooks } from './runbooks.ts'

export type Person = Extract<Actor, { kind: 'user' }>
type Source = { id: IntegrationId; key: string }
export type Organisation = {
  admin: Person
  people: { handle: string; actor: Person; methods: string[] }[]
  sources: Source[]
  services: string[]
  policies: string[]
  schedules: string[]
  teams: string[]
  statusPages: string[]
  components: string[]
}

const names = ['ana', 'ben', 'cem', 'dua', 'eli', 'fay', 'gus', 'hal', 'ida', 'jun']
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']

/** When a run begins: on an ordinary day, or shortly before a border of some clock. */
export const beginning = (random: Random): Instant =>
  instant(
    random.one([
      '2026-11-23T14:00:00Z',
      '2026-10-25T00:40:00Z',
      '2026-03-29T00:40:00Z',
      '2026-03-08T06:40:00Z',
      '2028-02-28T23:40:00Z',
      '2026-12-31T23:40:00Z',
    ]),
  )

/** Makes it, by commands. `largest`: how many people at most; a smaller one fails in fewer ways. `rules`: the chance of what holds alerts back. */
export async function establish(engine: Engine, random: Random, rules: Random, largest: number): Promise<Organisation> {
  const act = <Input, Output>(actor: Actor, operation: CommandDefinition<Input, Output>, input: unknown): Promise<Output> =>
    engine.execute(actor, operation as never, input) as Promise<Output>
  const person = async (handle: string, role: string): Promise<Person> => {
    const { id } = await act(system('machine'), addUser, {
      handle,
      name: `${handle.charAt(0).toUpperCase()}${handle.slice(1)}`,
      email: `${handle}@example.test`,
      role,
      zone: random.one(zones),
    })
    return engine.transact(system('machine'), async ({ scope }) => ({
      kind: 'user',
      userId: id as UserId,
      sessionId: 'none',
      rights: (await rightsOfUser(scope, id as UserId))!,
    }))
  }
  const admin = await person('root', 'administrator')
  const people: Organisation['people'] = []
  for (const handle of names.slice(0, Math.max(1, random.between(1, largest)))) {
    const actor = await person(handle, 'responder')
    const methods: string[] = []
    for (let n = random.between(0, 3); n > 0; n--) {
      const address = { endpoint: `https://push.example.test/${handle}/${n}`, keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) } }
      methods.push((await act(actor, addContactMethod, { channel: 'web-push', address, label: `phone ${n}` })).id)
    }
    if (random.chance(0.5)) {
      const rules = ['account', ...methods].map((methodId, n) => ({ afterSeconds: n * random.one([0, 30, 60, 120]), methodId }))
      await act(actor, setRules, { urgency: 'page', rules: random.some(rules, random.between(1, rules.length)) })
    }
    people.push({ handle, actor, methods })
  }
  const handles = people.map(({ handle }) => handle)
  const list = (prefix: string, least: number, most: number) =>
    Array.from({ length: random.between(least, most) }, (_, n) => `${prefix}-${n + 1}`)

  const teams = list('team', 1, 2)
  for (const slug of teams) {
    const members = random.some(handles, random.between(1, handles.length)).map((user) => ({ user, role: random.one(['lead', 'member']) }))
    await act(admin, addTeam, { slug, name: slug, members, membersOnly: random.chance(0.4) })
  }
  const schedules = list('schedule', 1, 2)
  for (const slug of schedules)
    await act(admin, addSchedule, { slug, name: slug, zone: random.one(zones), layers: layers(random, handles, engine.clock.now()) })
  const policies = list('policy', 1, 3)
  for (const slug of policies) await act(admin, addPolicy, { slug, name: slug, ...policyOf(random, handles, schedules, teams) })
  const services = list('service', 1, 3)
  for (const slug of services)
    await act(admin, addService, { slug, name: slug, team: random.one([null, ...teams]), policy: random.one(policies) })
  if (random.chance(0.5)) {
    const route = RouteSchema.parse({
      slug: 'all',
      name: 'All',
      groupBy: random.one([['alertname'], ['team'], []]),
      holdSeconds: random.one([0, 0, 60]),
    })
    await engine.transact(admin, (context) => routeResource.save(context, route, undefined))
  }
  const sources: Source[] = []
  for (const name of list('source', 1, 2)) {
    const made = (await act(admin, addIntegration, { name, kind: 'alertmanager', service: random.one(services) })) as unknown as Source
    sources.push({ id: made.id, key: made.key })
  }
  for (const runbook of runbooks) await act(admin, saveRunbook, runbook)
  const components = ['door', 'window']
  for (const slug of components) await act(admin, addComponent, { slug, name: slug })
  const statusPages = ['shop', 'office']
  for (const [n, slug] of statusPages.entries())
    await act(admin, addStatusPage, { slug, name: slug, visibility: n === 0 ? 'public' : 'internal', components: components.slice(n) })
  for (const { actor } of people) await act(actor, follow, { statusPage: random.one(statusPages) })
  await mayInhibit(engine, admin, rules)
  return { admin, people, sources, services, policies, schedules, teams, statusPages, components }
}

/** Levels and repeats of a policy over these people, schedules and teams. */
export function policyOf(random: Random, handles: readonly string[], schedules: readonly string[], teams: readonly string[]) {
  const target = () =>
    random.one([
      { user: random.one(handles) },
      { user: random.one(handles) },
      { schedule: random.one(schedules) },
      { team: random.one(teams) },
    ])
  return {
    levels: Array.from({ length: random.between(1, 4) }, () => ({
      targets: Array.from({ length: random.between(1, 2) }, target),
      delaySeconds: random.one([10, 60, 120, 300]),
    })),
    repeat: random.between(0, 2),
    ackTimeoutSeconds: random.one([null, null, 120, 600]),
  }
}

/** The layers of a schedule whose turns change often, around now. */
export function layers(random: Random, handles: readonly string[], now: Instant) {
  const anchor = addSeconds(now, -86_400 * random.between(0, 3)).slice(0, 14)
  return Array.from({ length: random.between(1, 2) }, (_, n) => ({
    name: `layer ${n + 1}`,
    rotation: {
      unit: random.one(['hour', 'hour', 'day']),
      length: random.between(1, 3),
      anchor: `${anchor}00`,
      participants: [...random.some(handles, random.between(1, handles.length)), ...(random.chance(0.2) ? [null] : [])],
    },
  }))
}

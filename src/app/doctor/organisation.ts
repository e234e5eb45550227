// What stands between an alert and a person: who is on call and how they are reached, schedules, services, integrations. Asked as any program would.
import { AppError } from '#kernel/errors.ts'
import { secondsBetween, spokenDuration, spokenTime, type Instant } from '#kernel/time.ts'
import type { Ask } from '../cli/server.ts'
import { broken, fine, warning, type Finding } from './finding.ts'

const silentAfterDays = 30

/** `mail`: whether a mail server is set. */
export async function judgeOrganisation(ask: Ask, { now, mail }: { now: Instant; mail: boolean }): Promise<Finding[]> {
  const found: Finding[] = []
  for (const [check, look] of Object.entries({ people: onCall, services, integrations })) {
    try {
      found.push(...(await look(ask, { now, mail })))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      found.push(warning(check, `The ${check} could not be looked at: ${error.message}`, 'Give TOCSIN_TOKEN a token of an administrator.'))
    }
  }
  return found
}

type Look = { now: Instant; mail: boolean }
type OnCall = {
  schedule: { name: string; zone: string }
  people: { person: { handle: string; name: string }; reached: string; channels: string[] }[]
  gap: { from: Instant; to: Instant } | null
}

async function onCall(ask: Ask, { now, mail }: Look): Promise<Finding[]> {
  const { items } = (await ask('GET /on-call', {})) as { items: OnCall[] }
  const found = items.flatMap(({ schedule, gap }) =>
    gap === null
      ? []
      : [
          (gap.from <= now ? broken : warning)(
            'schedules',
            `Nobody is on call in ${schedule.name} ${gap.from <= now ? 'now, until' : `from ${spokenTime(gap.from, schedule.zone)} to`} ${spokenTime(gap.to, schedule.zone)}.`,
            'Add a layer or an override to the schedule.',
          ),
        ],
  )
  if (found.length === 0) found.push(fine('schedules', `The ${items.length} schedules have no gap in the next 7 days.`))
  const people = new Map(items.flatMap((item) => item.people.map((one) => [one.person.handle, one])))
  const unreachable = [...people.values()].filter(({ channels }) => channels.every((channel) => channel === 'email' && !mail))
  for (const { person, channels } of unreachable)
    found.push(
      broken(
        'people',
        `${person.name} is on call and cannot be reached: ${channels.length === 0 ? 'there is no contact method that works' : 'only by e-mail, and no mail server is set'}.`,
        'Let them add a contact method under Settings, or set TOCSIN_SMTP_URL.',
      ),
    )
  if (unreachable.length === 0) found.push(fine('people', `Everybody who is on call can be reached (${people.size}).`))
  return found
}

async function services(ask: Ask): Promise<Finding[]> {
  const all = await everything<{ name: string; policy: string | null }>(ask, 'GET /services')
  const without = all.filter(({ policy }) => policy === null).map(({ name }) => name)
  if (without.length === 0) return [fine('services', `Every service has an escalation policy (${all.length}).`)]
  const named = `${without.slice(0, 5).join(', ')}${without.length > 5 ? ` and ${without.length - 5} more` : ''}`
  return [
    warning(
      'services',
      `No escalation policy, so alerts page nobody unless a route does: ${named}.`,
      'Give them one, or a route that names it.',
    ),
  ]
}

type Integration = { id: string; name: string; createdAt: Instant }

async function integrations(ask: Ask, { now }: Look): Promise<Finding[]> {
  const all = await everything<Integration>(ask, 'GET /integrations')
  if (all.length === 0)
    return [warning('integrations', 'There is no integration: nothing can send alerts.', 'Add one: tocsin integrations add.')]
  const found: Finding[] = [await sealed(ask, all[0]!)]
  for (const { id, name, createdAt } of all) {
    const { items } = (await ask('GET /alerts', { integration: id, limit: 1 })) as { items: { lastAt: Instant }[] }
    const silentSeconds = secondsBetween(items[0]?.lastAt ?? createdAt, now)
    if (silentSeconds > silentAfterDays * 86_400)
      found.push(
        warning(
          'integrations',
          `${name} has sent nothing for ${spokenDuration(silentSeconds)}${items.length === 0 ? ', and never anything' : ''}.`,
          'Send a test alert, or remove it when it is not used any more.',
        ),
      )
  }
  if (found.length === 1) found.push(fine('integrations', `No integration has been silent for ${silentAfterDays} days (${all.length}).`))
  return found
}

/** Whether a secret really opens: its key is shown only after it was unsealed. */
async function sealed(ask: Ask, integration: Integration): Promise<Finding> {
  try {
    await ask('GET /integrations/{integrationId}', { integrationId: integration.id })
    return fine('secrets', `A sealed secret opens: the key of ${integration.name}.`)
  } catch (error) {
    if (error instanceof AppError && error.status < 500) throw error
    return broken(
      'secrets',
      `A sealed secret does not open: the key of ${integration.name}.`,
      'Put the master key back with which it was sealed.',
    )
  }
}

/** All pages of a list. */
async function everything<Item>(ask: Ask, http: string): Promise<Item[]> {
  const all: Item[] = []
  for (let cursor: string | undefined; ;) {
    const answer = (await ask(http, { limit: 200, cursor })) as { items: Item[]; nextCursor?: string }
    all.push(...answer.items)
    cursor = answer.nextCursor
    if (cursor === undefined) return all
  }
}

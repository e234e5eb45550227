// An organisation from a seed, as the YAML that is applied: people, schedules, policies whose levels follow each other within seconds, services, a route
// that opens incidents, and a runbook that does two things outside with a question between them.
import { stringify } from 'yaml'
import type { Random } from '../random.ts'

export const services = ['checkout', 'search', 'basket'] as const
/** Of status pages that strangers follow. */
export const statusPages = ['shop', 'docks'] as const
export const runbookSlug = 'both'

const names = ['ana', 'ben', 'cem', 'dua', 'eli', 'fay']
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata']

/** `action`: where the runbook's steps call. */
export function filesOf(random: Random, action: string): { path: string; text: string }[] {
  const handles = names.slice(0, random.between(2, names.length))
  const person = (handle: string, role: string, zone: string) => {
    const name = `${handle.charAt(0).toUpperCase()}${handle.slice(1)}`
    return { kind: 'user', handle, name, email: `${handle}@example.org`, role, zone }
  }
  // Ana has set it up, and is paged as everybody: somebody else administers from now on, whom nothing names.
  const people = [person('root', 'administrator', 'UTC'), ...handles.map((handle) => person(handle, 'responder', random.one(zones)))]
  const schedules = ['days', 'weeks'].map((slug) => ({
    kind: 'schedule',
    slug,
    name: slug,
    zone: random.one(zones),
    layers: [
      {
        name: 'all',
        rotation: {
          unit: slug === 'days' ? 'day' : 'week',
          length: 1,
          anchor: '2026-01-05T09:00',
          participants: random.some(handles, random.between(1, handles.length)),
        },
      },
    ],
  }))
  const target = () =>
    random.one([{ user: random.one(handles) }, { user: random.one(handles) }, { schedule: random.one(['days', 'weeks']) }])
  const policies = services.map((slug) => ({
    kind: 'policy',
    slug,
    name: slug,
    repeat: random.one([0, 0, 1]),
    levels: Array.from({ length: random.between(1, 3) }, () => ({
      targets: Array.from({ length: random.between(1, 2) }, target),
      delaySeconds: random.one([10, 10, 15]),
    })),
  }))
  const owned = services.map((slug) => ({ kind: 'service', slug, name: slug, policy: slug }))
  const routes = [
    {
      kind: 'route',
      slug: 'incidents',
      name: 'Incidents',
      position: 10,
      match: 'class=incident',
      groupBy: ['component'],
      // One that is in no hurry: the clocks of the others run on for hours, and a run comes to rest.
      opens: { type: 'sre', severity: 'SEV5' },
    },
    { kind: 'route', slug: 'all', name: 'All', groupBy: ['component'] },
  ]
  const call = (id: string) => ({
    id,
    name: id,
    http: {
      method: 'POST',
      url: `${action}/{{ inputs.tag | url_encode }}/${id}`,
      danger: 'changes',
      withoutApproval: 'it only opens a ticket',
      timeoutSeconds: 5,
    },
  })
  const answers = [{ id: 'yes', text: 'Yes', consequence: 'then it goes on' }]
  const runbook = {
    kind: 'runbook',
    slug: runbookSlug,
    name: 'Both',
    inputs: [{ name: 'tag', label: 'Tag' }],
    sections: [
      { name: 'All', steps: [call('first'), { id: 'go_on', name: 'Go on?', ask: { question: 'Go on?', answers } }, call('second')] },
    ],
  }
  const shown = statusPages.map((slug) => ({ kind: 'status-page', slug, name: slug, visibility: 'public' }))
  const documents = [...people, ...schedules, ...policies, ...owned, ...shown, ...routes, runbook]
  return [{ path: 'all.yaml', text: documents.map((one) => stringify(one)).join('---\n') }]
}

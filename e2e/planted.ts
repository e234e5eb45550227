// The recorded attack texts, planted in a running node by every way in that a text comes in: as names, as prose, as templates of runbooks, in what
// senders of alerts say, and in what of them is refused. Few objects with many texts, so that few pages show all of it.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { attacksOf } from '../scenarios/attacks/cases.ts'
import { ask, eventually, must } from './organisation.ts'

/** Each way into markup at once, and short enough for a name. Pages of one object are opened for what is called this. */
export const worst = `"'><img src=x onerror=window.__xss=1><svg/onload=window.__xss=1>[run](javascript:window.__xss=1)`
const recorded = attacksOf<{ text: string }, { keep?: string[] }>('xss').cases
/** What of them is read wherever they are rendered as Markdown. */
export const kept: readonly string[] = recorded.flatMap(({ expect }) => expect.keep ?? [])
/** What the administrator is called: most sentences begin with who did it. */
export const adminName = `Mara"'><img src=x onerror=window.__xss=1>`
/** The recorded ones, what needs a browser to be dangerous, and `worst`. */
export const texts: readonly string[] = [
  ...recorded.map(({ input }) => input.text),
  `x" autofocus tabindex=1 onfocus=window.__xss=1 onmouseover=window.__xss=1 y="`,
  '<iframe srcdoc="<script>parent.__xss=1</script>"></iframe>',
  '<a href="java\tscript:window.__xss=1">run</a><form action=javascript:window.__xss=1><button>run</button></form>',
  '<img src=https://evil.test/pixel.png><link rel=stylesheet href=https://evil.test/a.css> ![pixel](https://evil.test/pixel.png)',
  worst,
]
const all = texts.join('\n\n')

/** One line of it, at most `length` long, as fields take them that hold a name or a heading. */
export const line = (text: string, length = 120): string => text.replace(/\s+/g, ' ').trim().slice(0, length).trim()
const names = texts.map((text) => line(text))
const last = texts.length - 1
/** What `worst` names has this for its slug. */
export const worstSlug = `x${last}`

const soon = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()
const atOnce = <T>(work: (text: string, index: number) => Promise<T>): Promise<T[]> => Promise.all(texts.map(work))
const inTurn = async (work: (text: string, index: number) => Promise<unknown>): Promise<void> => {
  for (const [index, text] of texts.entries()) await work(text, index)
}

/** `incident` is open and its review a draft; `ended` is over and its review published. */
export type Planted = { incident: number; ended: number; integration: string; run: number; named: readonly number[] }

/** Plants all of it in the node at `port`. */
export async function plant(port: number): Promise<Planted> {
  const post = <T = { id: string }>(path: string, input: object, method = 'POST') => must<T>(port, method, path, input)
  await post('/users/mara', { name: adminName }, 'PATCH')
  await post('/configuration/apply', { files: configuration() })
  await plantOrganisation(post)
  await plantChanges(post)
  const integration = await plantAlerts(port, post)
  const { number: ended } = await post<{ number: number }>('/incidents', { ...declared(worst), type: 'planted' })
  const { number: incident } = await post<{ number: number }>('/incidents', { ...declared(worst), type: 'planted' })
  const named = await atOnce(async (text) => (await post<{ number: number }>('/incidents', declared(text))).number)
  await post('/pages', { users: ['mara'], title: worst, body: line(all, 4000) })
  await plantIncident(post, `/incidents/${incident}`)
  await plantUpdates(post, String(incident))
  const run = await plantRunbook(port, post, String(incident))
  await plantReview(post, String(incident))
  await plantReview(post, String(ended), true)
  for (const to of ['investigating', 'resolved'])
    await post(`/incidents/${ended}/state`, { to, reason: all, fields: { resolution: all, rootCause: all } })
  return { incident, ended, integration, run, named }
}

type Post = <T = { id: string }>(path: string, input: object, method?: string) => Promise<T>

const declared = (text: string) => ({
  title: line(text, 300),
  description: all,
  errorCode: line(text, 200),
  severity: 'SEV2',
  services: [worstSlug],
  reporter: 'mara',
})

/** What has no file of its own, one for each text. */
async function plantOrganisation(post: Post): Promise<void> {
  await atOnce(async (text, index) => {
    const [slug, name] = [`x${index}`, names[index]!]
    const [from, to] = [soon(48 + 4 * index), soon(50 + 4 * index)]
    const scheme = { type: 'basic', username: line(text).replaceAll(':', '') }
    await post('/connections', { slug, name, address: `https://${slug}.test`, secret: text, scheme })
    await post('/silences', { name, matchers: `silenced=${JSON.stringify(line(text))}`, endsAt: soon(24) })
    await post('/maintenances', { title: name, text, startsAt: from, endsAt: to, components: [worstSlug], pages: ['shop'] })
    await post(`/schedules/${worstSlug}/overrides`, { add: 'mara', from, to, why: line(text, 500) })
  })
}

/** The newest are what pages and incidents show. */
async function plantChanges(post: Post): Promise<void> {
  await inTurn((text, index) =>
    post('/changes', {
      summary: line(text, 1000),
      service: worstSlug,
      source: line(text, 1000),
      links: [{ href: 'https://ok.test/', text: names[index]! }],
    }),
  )
}

/** One of each kind for each text, named by it and belonging to the others of its number; and a process all of whose words are attacks. */
function configuration(): { path: string; text: string }[] {
  const base = parse(readFileSync(new URL('../src/domains/incidents/processes/sre.yaml', import.meta.url), 'utf8')) as object
  const process = {
    ...(attacked(base) as object),
    slug: 'planted',
    name: worst,
    review: {
      within: '5 d',
      sections: texts.map((_, index) => ({ id: `s${index}`, title: names[index], prompt: line(texts[index]!, 300) })),
    },
    closure: { confirmedBy: 'reporter', closes: 'closed', reopens: 'investigating' },
    tasks: names.map((title) => ({ on: 'opened', title })),
  }
  const links = names.slice(-20).map((text) => ({ href: 'https://ok.test/', text }))
  const named = names.map((name, index) => {
    const slug = `x${index}`
    const rotation = { unit: 'day', length: 1, anchor: '2026-01-05T09:00', participants: ['mara', slug] }
    const levels = [{ targets: [{ user: 'mara' }] }, { targets: [{ schedule: slug }, { team: slug }] }]
    const dependsOn = index > 0 ? [`x${index - 1}`] : []
    const description = line(texts[index]!, 500)
    return [
      { kind: 'user', handle: slug, name, email: `${slug}@example.org`, zone: 'UTC' },
      { kind: 'team', slug, name, members: { [slug]: 'lead', mara: 'member' } },
      { kind: 'schedule', slug, name, zone: 'UTC', team: slug, layers: [{ name, rotation }] },
      { kind: 'policy', slug, name, team: slug, levels },
      { kind: 'service', slug, name, description: all, team: slug, policy: slug, links, dependsOn },
      { kind: 'component', slug, name, description, group: line(name, 80), service: slug },
      { kind: 'status-page', slug, name, visibility: 'public', zone: 'UTC', components: [slug] },
      { kind: 'time-interval', slug, name, intervals: [{ years: ['2020'] }] },
      { kind: 'inhibition', slug, name, source: 'never=yes', target: `label=${JSON.stringify(name)}` },
      { kind: 'route', slug, name, position: index, match: index === last ? '' : `never=${JSON.stringify(name)}` },
    ]
  })
  const components = texts.map((_, index) => `x${index}`)
  const shop = { kind: 'status-page', slug: 'shop', name: worst, visibility: 'public', zone: 'UTC', components }
  return [[process, shop], ...named].map((objects, index) => ({
    path: `planted-${index}.yaml`,
    text: objects.map((object) => JSON.stringify(object)).join('\n---\n'),
  }))
}

/** The same tree with an attack for every word that a person reads. */
export function attacked(value: unknown, at = { next: 0 }): unknown {
  if (Array.isArray(value)) return value.map((inner: unknown) => attacked(inner, at))
  if (typeof value !== 'object' || value === null) return value
  const words = ['name', 'summary', 'means', 'said', 'label', 'because', 'does', 'hint', 'title', 'prompt']
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [
      key,
      typeof inner === 'string' && words.includes(key) ? names[at.next++ % names.length]! : attacked(inner, at),
    ]),
  )
}

/** Both kinds of senders, alerts that page, one that a silence holds back, some whose service is an attack, and requests that are refused. */
async function plantAlerts(port: number, post: Post): Promise<string> {
  const { id, key } = await post<{ id: string; key: string }>('/integrations', { name: worst, kind: 'alertmanager', service: worstSlug })
  const events = await post<{ key: string }>('/integrations', { name: worst, kind: 'pagerduty', service: worstSlug })
  await atOnce((_, index) => post('/integrations', { name: names[index]!, kind: 'pagerduty' }))
  const labels = Object.fromEntries(texts.map((text) => [text, text]))
  const alert = (text: string, more: object) => ({
    labels: { alertname: text, ...more, ...labels },
    annotations: { summary: text, description: all, runbook_url: text, dashboard_url: 'https://ok.test/' },
    generatorURL: text,
  })
  const alerts = texts.flatMap((text) => [
    alert(text, { severity: 'critical', service: worstSlug }),
    alert(text, { severity: 'info', service: text }),
    alert(text, { severity: 'critical', silenced: line(text) }),
  ])
  // The newest change, with all of them in its details.
  await post(`/in/${events.key}/v2/change/enqueue`, {
    routing_key: events.key,
    payload: { summary: line(worst, 1000), source: worst, custom_details: Object.fromEntries(texts.map((text) => [text, text])) },
    links: [{ href: 'https://ok.test/', text: worst }],
  })
  await post(`/in/${key}/api/v2/alerts`, alerts)
  await atOnce((text, index) =>
    post(`/in/${events.key}`, {
      routing_key: events.key,
      event_action: 'trigger',
      dedup_key: line(text, 255),
      client: text,
      client_url: index % 2 ? text : 'https://ok.test/',
      payload: {
        summary: text,
        source: text,
        severity: 'info',
        component: text,
        group: text,
        class: text,
        custom_details: { [text]: text },
      },
      links: [
        { href: text, text },
        { href: 'https://ok.test/', text },
      ],
      images: [{ src: 'https://evil.test/pixel.png', href: text, alt: text }],
    }),
  )
  await atOnce((text) => ask(port, 'POST', `/in/${key}`, text))
  return id
}

/** Everything that is written on an incident but its notes, which come while its page is open. */
async function plantIncident(post: Post, path: string): Promise<void> {
  await post(path, { impactNow: line(all, 300), trying: worst, fields: { rootCause: all, workaround: all } }, 'PATCH')
  await post(`${path}/responders`, { user: worstSlug, note: all })
  await post(`${path}/roles/commander`, { user: 'mara' }, 'PUT')
  await post(`${path}/roles/operations`, { user: worstSlug }, 'PUT')
  await post(`${path}/tasks`, { title: worst, detail: all, assignee: worstSlug })
  await atOnce(async (text) => {
    await post(`${path}/tasks`, { title: line(text, 300), detail: text })
    await post(`${path}/decisions`, { title: line(text, 300), reason: text })
    const { id } = await post(`${path}/hypotheses`, { statement: line(text, 300), test: text })
    await post(`${path}/hypotheses/${id}/settle`, { state: 'refuted', test: text, outcome: text })
  })
  await post(`${path}/severity`, { severity: 'SEV1', reason: all })
  await post(`${path}/state`, { to: 'investigating', reason: all })
  await post(`${path}/roles/commander/hand-over`, { to: worstSlug, note: all })
}

/** An update for each text. */
const plantUpdates = (post: Post, incident: string): Promise<void> => inTurn((text) => post('/updates', update(text, incident)))

/** The same for whoever follows the status page by mail: one for each text, of an incident of its own, for of one incident only the newest goes out. */
export async function tellFollowers(port: number, { named }: Planted): Promise<void> {
  await atOnce((text, index) => must(port, 'POST', '/updates', update(text, String(named[index]))))
}

const update = (text: string, incident: string) => ({
  incident,
  state: line(text, 40),
  headline: line(text),
  text,
  whoIsHit: line(text, 500),
  whatWeDo: line(text, 500),
  whenItEnds: line(text, 500),
  whatToSay: line(text, 500),
  components: [{ component: worstSlug, status: 'down' }],
  pages: ['shop'],
})

/** A runbook of sections named by each text, and two runs of it: one asks, one waits for the approval of what it would send. */
async function plantRunbook(port: number, post: Post, incident: string): Promise<number> {
  const note = (text: string, index: number) => ({ id: `n${index}`, name: names[index], prose: text, note: text })
  const answers = texts.slice(-8).map((text, index) => ({ id: `a${index}`, text: line(text), consequence: line(text, 200) }))
  const show = names.slice(0, 12).map((label, index) => ({ label, value: texts[last - index] }))
  const steps = [
    ...texts.map(note),
    { id: 'choose', name: worst, prose: all, ask: { question: all, show, answers } },
    { id: 'approve', name: worst, prose: all, approve: { danger: all } },
    {
      id: 'send',
      name: worst,
      http: { connection: worstSlug, method: 'POST', url: '/x', json: { text: all, said: '{{ inputs.said }}' }, danger: 'changes' },
    },
  ]
  const sections = [{ name: worst, prose: all, steps }, ...names.slice(0, 28).map((name, index) => ({ name, prose: texts[index] }))]
  const inputs = [
    { name: 'said', label: worst },
    { name: 'choice', label: worst, type: 'choice', options: names },
  ]
  await post('/runbooks/planted', { name: worst, description: all, inputs, sections }, 'PUT')
  const start = { runbook: 'planted', incident, inputs: { said: worst, choice: names[last] } }
  await post('/runs', start)
  const { number: run } = await post<{ number: number }>('/runs', start)
  const waitsFor = (step: string) =>
    eventually(`run that waits at ${step}`, 60, async () => {
      const { pending } = await must<{ pending: { step: string } | null }>(port, 'GET', `/runs/${run}`)
      return pending?.step === step ? true : undefined
    })
  await waitsFor('choose')
  await post(`/runs/${run}/answer`, { step: 'choose', answer: 'a0', note: line(all, 2000) })
  await waitsFor('approve')
  await post(`/runs/${run}/hand-over`, { step: 'approve', user: worstSlug })
  return run
}

/** A review with a text in each section, and an action item for each; published, or not. */
async function plantReview(post: Post, incident: string, published = false): Promise<void> {
  await post('/reviews', { incident })
  await atOnce(async (text, index) => {
    await post(`/reviews/${incident}/sections/s${index}`, { text }, 'PUT')
    const due = published ? { due: soon(240).slice(0, 10) } : {}
    await post(`/reviews/${incident}/action-items`, { title: line(text, 300), owner: worstSlug, ...due })
  })
  if (published) await post(`/reviews/${incident}/publish`, {})
}

// What monitors and people do in a run, through any node: each asks again elsewhere until it has an answer, as a good sender does.
import type { Random } from '../random.ts'
import { ask, pressed, type Answer, type Request } from './client.ts'
import type { Diary } from './diary.ts'
import type { Installation } from './installation.ts'
import type { Member } from './member.ts'
import { runbookSlug, services, statusPages } from './organisation.ts'

/** One try of any request. `status` is 0 when no answer came. */
export type Try = { node: string; what: string; began: number; ended: number; status: number }
/** One try with an alert. `addedAt`: when its source was. */
export type Sending = Try & { integration: string; addedAt: number; key: string; action: 'trigger' | 'resolve' }
/** What was answered with a success, and must be there in the end. */
type Promised =
  | { kind: 'update'; text: string }
  | { kind: 'run'; id: string; tag: string }
  | { kind: 'answer'; run: string; step: string }
  | { kind: 'acknowledgement'; page: string }
  | { kind: 'acknowledgement by link'; delivery: string }
  | { kind: 'stop'; token: string }

type Source = { id: string; key: string; addedAt: number; alerts: { key: string; class: string; isBusy: boolean }[] }

export type Traffic = {
  readonly sendings: readonly Sending[]
  readonly tries: readonly Try[]
  readonly promised: readonly Promised[]
  /** `run step`, for each answer that a step may be done once more. */
  readonly again: readonly string[]
  operations(): number
  begin(): void
  /** One more alert or run, asked of this node. */
  workFor(member: Member): void
  /** Begins nothing any more; resolves when everything has its answer. */
  end(): Promise<void>
}

const weights = {
  fire: 10,
  'fire again': 4,
  resolve: 5,
  'acknowledge by API': 4,
  'acknowledge by link': 4,
  'publish an update': 6,
  'stop following': 1,
  'start a run': 3,
  'answer a run': 4,
  'add a source': 1,
} as const
type Kind = keyof typeof weights
const bag = Object.entries(weights).flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind as Kind))

/** Of those who follow a status page, so that somebody is left. */
const mostStops = 2
const mostAtOnce = 30
const givesUpMs = 120_000

export async function createTraffic(
  seed: string,
  random: Random,
  { members, outside, publicUrl }: Installation,
  diary: Diary,
): Promise<Traffic> {
  const sendings: Sending[] = []
  const tries: Try[] = []
  const promised: Promised[] = []
  const again: string[] = []
  const sources: Source[] = []
  const runs: string[] = []
  const underWay = new Set<Promise<void>>()
  let count = 0
  let isOver = false

  const once = (n: number) => ({ 'idempotency-key': `machine-${seed}-${n}` })

  /** Asks until an answer comes that is no "later", by this node first when one is named; undefined when none did. */
  async function persistently(
    what: string,
    asking: Request & { firstBy?: Member | undefined },
    tried?: (one: Try) => void,
  ): Promise<Answer | undefined> {
    const first = Date.now()
    let by = asking.firstBy
    // A source that was just added is known to the other nodes a moment later.
    const isAlert = asking.path.startsWith('/in/')
    while (Date.now() - first < givesUpMs) {
      const member = by ?? random.one(members)
      by = undefined
      const began = Date.now()
      const answer = await ask(member.port, asking)
      const one = { node: member.name, what, began, ended: Date.now(), status: answer?.status ?? 0 }
      tries.push(one)
      tried?.(one)
      if (answer && answer.status < 500 && answer.status !== 429 && !(answer.status === 404 && isAlert)) {
        diary.say(member.name, what, `answered ${answer.status} after ${Date.now() - first} ms`)
        return answer
      }
      await new Promise((resolve) => setTimeout(resolve, random.between(50, 400)))
    }
    diary.wrong.push({ invariant: 'liveness', sentence: `${what} has had no answer for ${givesUpMs / 1000} s` })
    return undefined
  }

  async function addSource(n: number): Promise<void> {
    const body = { name: `Source ${n}`, kind: 'pagerduty', service: random.one(services) }
    const made = await persistently(`add source ${n}`, { method: 'POST', path: '/integrations', body, headers: once(n) })
    if (made?.status === 201) sources.push({ ...(made.json as { id: string; key: string }), addedAt: Date.now(), alerts: [] })
    else if (made)
      diary.wrong.push({ invariant: 'I1', sentence: `source ${n} was refused with ${made.status}: ${made.text.slice(0, 200)}` })
  }

  async function send(n: number, action: 'trigger' | 'resolve', isNew: boolean, firstBy?: Member): Promise<void> {
    const source = random.one(sources)
    if (isNew)
      source.alerts.push({ key: `k${n}`, class: source.alerts.length === 0 || random.chance(0.3) ? 'incident' : 'plain', isBusy: false })
    const free = source.alerts.filter(({ isBusy }) => !isBusy)
    if (free.length === 0) return
    const alert = isNew ? free.at(-1)! : random.one(free.slice(-10))
    // What is said about one alert is said in order.
    alert.isBusy = true
    const payload = { summary: `${alert.key} is wrong`, source: 'machine', severity: 'critical', component: alert.key, class: alert.class }
    const body = { routing_key: source.key, event_action: action, dedup_key: alert.key, payload }
    const what = `${action} ${alert.key}`
    const answer = await persistently(what, { method: 'POST', path: `/in/${source.key}`, body, firstBy }, (one) => {
      sendings.push({ ...one, integration: source.id, addedAt: source.addedAt, key: alert.key, action })
    })
    alert.isBusy = false
    if (answer && answer.status !== 202)
      diary.wrong.push({
        invariant: 'I1',
        sentence: `${what} to ${source.id} was refused with ${answer.status}: ${answer.text.slice(0, 200)}`,
      })
  }

  /** What a list has, as one of the nodes tells it now. */
  async function listed<T>(path: string): Promise<T[]> {
    for (let tries = 0; tries < 3; tries++) {
      const answer = await ask(random.one(members).port, { method: 'GET', path })
      if (answer?.status === 200) return (answer.json as { items: T[] }).items
    }
    return []
  }

  async function does(kind: Kind, n: number, firstBy?: Member): Promise<void> {
    switch (kind) {
      case 'fire':
        return send(n, 'trigger', true, firstBy)
      case 'fire again':
        return send(n, 'trigger', false)
      case 'resolve':
        return send(n, 'resolve', false)
      case 'add a source':
        return addSource(n)
      case 'acknowledge by API': {
        const open = await listed<{ id: string }>('/pages?state=paging&limit=20')
        if (open.length === 0) return
        const page = random.one(open).id
        const answer = await persistently(`acknowledge ${page}`, { method: 'POST', path: `/pages/${page}/acknowledge`, headers: once(n) })
        if (answer?.status === 200) promised.push({ kind: 'acknowledgement', page })
        return
      }
      case 'acknowledge by link': {
        const mails = outside.mails.filter(({ path }) => path?.startsWith('/p/')).slice(-20)
        if (mails.length === 0) return
        const mail = random.one(mails)
        const answer = await persistently(`acknowledge by the link of ${mail.key}`, {
          ...pressed(publicUrl),
          path: `${mail.path}/acknowledge`,
        })
        if (answer?.status === 200 && answer.text.includes('You have it'))
          promised.push({ kind: 'acknowledgement by link', delivery: mail.key })
        return
      }
      case 'publish an update': {
        const incidents = await listed<{ id: string }>('/incidents?limit=10')
        if (incidents.length === 0) return
        const text = `We look at it, ${n}.`
        const body = { incident: random.one(incidents).id, text, pages: random.some(statusPages, random.between(1, statusPages.length)) }
        const answer = await persistently(`publish update ${n}`, { method: 'POST', path: '/updates', body, headers: once(n) })
        if (answer?.status === 201) promised.push({ kind: 'update', text })
        return
      }
      case 'stop following': {
        const paths = [...new Set(outside.mails.flatMap(({ stopPath }) => stopPath ?? []))].slice(0, mostStops)
        if (paths.length === 0) return
        const path = random.one(paths)
        const answer = await persistently('stop following', { ...pressed(publicUrl), path })
        if (answer?.status === 200) promised.push({ kind: 'stop', token: path.split('/').at(-1)! })
        return
      }
      case 'start a run': {
        const tag = `tag-${n}-`
        const body = { runbook: runbookSlug, inputs: { tag } }
        const answer = await persistently(`start run ${tag}`, { method: 'POST', path: '/runs', body, headers: once(n), firstBy })
        if (answer?.status !== 201) return
        const { id } = answer.json as { id: string }
        runs.push(id)
        promised.push({ kind: 'run', id, tag })
        return
      }
      case 'answer a run': {
        if (runs.length === 0) return
        const run = random.one(runs.slice(-8))
        const found = await ask(random.one(members).port, { method: 'GET', path: `/runs/${run}` })
        const pending = (found?.json as { pending?: { kind: string; step: string } | null } | undefined)?.pending
        if (!pending) return
        const { step } = pending
        const answer = pending.kind === 'doubt' ? random.one(['again', 'happened']) : 'yes'
        // Said before it is known whether it counts: what may be repeated must not be held against the step.
        if (answer === 'again') again.push(`${run} ${step}`)
        const asking = { method: 'POST', path: `/runs/${run}/answer`, body: { step, answer }, headers: once(n) }
        if ((await persistently(`answer ${step} of ${run}: ${answer}`, asking))?.status === 200)
          promised.push({ kind: 'answer', run, step })
        return
      }
    }
  }

  for (let n = 0; n < services.length; n++) await addSource(count++)
  const pauses = random.one<readonly [number, number]>([
    [100, 400],
    [300, 1200],
    [800, 2500],
  ])
  const start = (kind: Kind, firstBy?: Member) => {
    const one: Promise<void> = does(kind, count++, firstBy).finally(() => underWay.delete(one))
    underWay.add(one)
  }
  const go = () => {
    if (isOver) return
    if (underWay.size < mostAtOnce) start(random.one(bag))
    setTimeout(go, random.between(...pauses))
  }
  return {
    sendings,
    tries,
    promised,
    again,
    operations: () => count,
    begin: go,
    workFor: (member) => start(random.one(['fire', 'fire', 'start a run']), member),
    async end() {
      isOver = true
      await Promise.all(underWay)
    },
  }
}

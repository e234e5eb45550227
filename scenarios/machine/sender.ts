// What monitors send, through the way in of one node: some alerts, a storm of them, or more than can be read. Who is refused for now sends it again.
import { AppError } from '#kernel/errors.ts'
import type { Signal } from '#kernel/signal.ts'
import { isAway } from '#platform/database/database.ts'
import type { Node } from './node.ts'
import type { Organisation } from './organisation.ts'
import type { Random } from './random.ts'
import type { Seen, Sent } from './record.ts'

export type Sending = {
  node: Node
  organisation: Organisation
  seen: Seen
  random: Random
  /** Resolves after so long. */
  pass: (seconds: number) => Promise<void>
  /** Whether the node has something in its file. */
  hasKept: () => boolean
  /** Goes on at another node, if there is one. */
  elsewhere: (work: (there: Sending) => Promise<unknown>) => boolean
}
type Source = Organisation['sources'][number]

export function createSender({ node, organisation, seen, random, pass, hasKept, elsewhere }: Sending) {
  const { services, sources, teams } = organisation
  return { send, resolve, storm, flood }

  function some(action: Sent['action']): Signal[] {
    return Array.from({ length: random.one([1, 1, 1, 3]) }, (): Signal => {
      const name = random.one(['one', 'two', 'three'])
      const labels = { alertname: name, severity: random.one(['critical', 'warning']), team: random.one(teams) }
      const service = random.chance(0.5) ? { service: random.one(services) } : {}
      return { action, dedupKey: `${name}-${random.between(1, 2)}`, title: `${name} is wrong`, severity: 'critical', labels, ...service }
    })
  }

  /** Many alerts of one service at once, which page the same people. */
  function ofOneService(): Signal[] {
    const service = random.one(services)
    const team = random.one(teams)
    return Array.from({ length: random.between(6, 9) }, (_, n): Signal => {
      const severity = random.one(['critical', 'warning'] as const)
      const labels = { alertname: `storm-${n}`, severity, team }
      return { action: 'trigger', dedupKey: `storm-${n}`, title: `storm ${n} is here`, severity, labels, service }
    })
  }

  /** As a sender does it: who hears that it cannot be taken in sends it again. */
  async function send(action: Sent['action'], signals = some(action), source = random.one(sources)): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await sendOnce(source, signals)
      } catch (error) {
        if (tries === mostTries || !isForLater(error)) throw error
        seen.reached.add('a sender that sent again')
        await pass(10)
      }
    }
  }

  /** Mostly of what fired a moment ago. */
  async function resolve(): Promise<void> {
    const fired = seen.sent.filter(({ action }) => action === 'trigger').slice(-4)
    if (fired.length === 0 || random.chance(0.4)) return send('resolve')
    const { integration, key } = random.one(fired)
    const signal: Signal = { action: 'resolve', dedupKey: key, title: `${key} is over`, severity: 'critical', labels: {} }
    await send(
      'resolve',
      [signal],
      sources.find(({ id }) => id === integration),
    )
  }

  async function sendOnce(source: Source, signals: readonly Signal[]): Promise<void> {
    const known = await node.intake.find(source.key)
    if (!known) throw new Error(`the key of ${source.id} is not known`)
    const { clock } = node.engine
    const began = ++seen.turns
    const sent = signals.map(({ dedupKey, action }): Sent => ({
      integration: source.id,
      key: dedupKey!,
      action,
      node: node.name,
      began,
      beganAt: clock.now(),
    }))
    seen.sent.push(...sent)
    // Of one that is refused it may not be known yet what becomes of it.
    const { intake } = node
    const isKept =
      signals.every(({ action }) => action !== 'acknowledge') &&
      (await intake.keepUnread(known, '', webhookOf(signals), async () => [...signals]))
    if (isKept) seen.reached.add('a request that was kept unread')
    else await intake.accept(known, [...signals])
    const end = { ended: ++seen.turns, endedAt: clock.now(), stored: true, inFile: hasKept() }
    for (const one of sent) Object.assign(one, end)
  }

  async function storm(): Promise<void> {
    const all = ofOneService()
    const source = random.one(sources)
    await send('trigger', all, source)
    // Some of it is over while it still waits for a summary; a load balancer chooses who hears that.
    const over = random.some(all, random.between(0, all.length)).map((signal): Signal => ({ ...signal, action: 'resolve' }))
    if (over.length === 0) return
    await pass(1)
    if (random.chance(0.5) && elsewhere((there) => createSender(there).send('resolve', over, source))) return
    await send('resolve', over, source)
  }

  /** One sender sends more than can be read, each request a little later than another. */
  async function flood(): Promise<void> {
    const source = random.one(sources)
    const requests = Array.from({ length: random.between(8, 14) }, () => {
      const action = random.one(['trigger', 'trigger', 'resolve'] as const)
      return { action, signals: some(action), turns: random.between(0, 8) }
    })
    const answers = await Promise.allSettled(
      requests.map(async ({ action, signals, turns }) => {
        for (let turn = 0; turn < turns; turn++) await pass(0)
        await send(action, signals, source)
      }),
    )
    const wrong = answers.find((answer) => answer.status === 'rejected' && !isForLater(answer.reason))
    if (wrong?.status === 'rejected') throw wrong.reason
  }
}

/** As Alertmanager sends it. */
const webhookOf = (signals: readonly Signal[]): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      version: '4',
      alerts: signals.map(({ action, dedupKey, labels, service }) => ({
        status: action === 'resolve' ? 'resolved' : 'firing',
        fingerprint: dedupKey,
        labels: { ...labels, ...(service === undefined ? {} : { service }) },
      })),
    }),
  )

const mostTries = 4
const isForLater = (error: unknown): boolean =>
  isAway(error) || (error instanceof AppError && (error.code === 'unavailable' || error.code === 'too-many'))

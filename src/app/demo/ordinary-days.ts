// The ordinary part of Fernhill's month: alerts that clear by themselves, wake somebody, or tell nobody. Which and when comes from the stage's chances.
import type { AlertSeverity, Signal } from '#kernel/signal.ts'
import { addSeconds, inZone, type Instant } from '#kernel/time.ts'
import type { Stage } from './stage.ts'

/** The keys of Fernhill's integrations: secrets of nobody, for a demo that listens on this machine alone. */
export const integrationKeys = { prometheus: 'fernhill-prometheus-production', heartbeats: 'fernhill-events-of-jobs' } as const

type Kind = {
  alertname: string
  title: string
  service: string
  severity: AlertSeverity
  often: number
  clearsWithin?: number
  body?: string
  labels?: Record<string, string>
}

/** `often`: how many a week. `clearsWithin`: seconds, for those that need nobody. */
const kinds: readonly Kind[] = [
  {
    alertname: 'PodRestarts',
    title: 'Pod restarts above 5 in 10 min',
    service: 'storefront',
    severity: 'error',
    often: 5,
    clearsWithin: 90,
  },
  {
    alertname: 'CheckoutLatency',
    title: 'Checkout latency p99 above 1.5 s',
    service: 'checkout',
    severity: 'error',
    often: 4,
    clearsWithin: 74,
  },
  {
    alertname: 'SearchP95',
    title: 'Search p95 above 2 s',
    service: 'catalogue-search',
    severity: 'error',
    often: 2,
    body: 'Normally 310 ms.',
    labels: { region: 'eu-west' },
  },
  { alertname: 'ReplicaLag', title: 'Replica lag above 30 s', service: 'orders-db', severity: 'error', often: 2 },
  { alertname: 'SignInErrors', title: 'Sign-in errors above 3 %', service: 'identity', severity: 'error', often: 1.5 },
  { alertname: 'LabelQueue', title: 'Label queue older than 10 min', service: 'shipping-labels', severity: 'error', often: 2 },
  {
    alertname: 'AcquirerTimeouts',
    title: 'Acquirer time-outs, eu-west',
    service: 'payments-gateway',
    severity: 'error',
    often: 2,
    labels: { cluster: 'eu-west' },
  },
  { alertname: 'DiskFilling', title: 'Disk 90 % full on build-07', service: 'ci-runners', severity: 'warning', often: 3 },
  { alertname: 'CertificateExpires', title: 'Certificate expires in 21 days', service: 'identity', severity: 'info', often: 1 },
  { alertname: 'SlowQuery', title: 'Slow query on reports', service: 'reporting', severity: 'info', often: 3 },
  { alertname: 'ExportLate', title: 'Heartbeat late: nightly-export', service: 'data-exports', severity: 'warning', often: 2 },
]

/** A signal of Prometheus about something of Fernhill's. */
export function signalOf(
  kind: Pick<Kind, 'alertname' | 'title' | 'service' | 'severity' | 'body' | 'labels'>,
  action: Signal['action'],
  startedAt?: Instant,
): Signal {
  const labels = { alertname: kind.alertname, service: kind.service, env: 'prod', severity: kind.severity, ...kind.labels }
  return {
    action,
    dedupKey: `${kind.alertname}/${kind.service}`,
    title: kind.title,
    body: kind.body ?? '',
    severity: kind.severity,
    labels,
    source: 'prometheus',
    service: kind.service,
    links: [{ href: `https://graphs.fernhill.example/${kind.service}`, text: 'Graph' }],
    ...(startedAt ? { startedAt } : {}),
  }
}

type Happening = { at: Instant; kind: Kind }

/** Everything ordinary from `from` to `to`, in order; more of it by day. */
export function ordinaryHappenings(stage: Stage, from: Instant, to: Instant): Happening[] {
  const found: Happening[] = []
  for (let day = from; day < to; day = addSeconds(day, 86_400)) {
    for (const kind of kinds) {
      if (stage.chance() * 7 >= kind.often) continue
      const at = addSeconds(day, Math.floor(stage.chance() * 86_400))
      const { hour } = inZone(at, 'Europe/Berlin')
      if ((hour < 6 || hour > 21) && stage.chance() < 0.6) continue
      if (at < to) found.push({ at, kind })
    }
  }
  return found.sort((a, b) => (a.at < b.at ? -1 : 1))
}

/** One alert from its first moment to its last: whoever was paged answers, sometimes only the next level does, and it is put right. */
export async function liveThrough(stage: Stage, { kind }: Happening): Promise<void> {
  const told = stage.mail.length
  await stage.send(integrationKeys.prometheus, signalOf(kind, 'trigger'))
  if (kind.clearsWithin !== undefined && stage.chance() < 0.75) {
    await stage.pass(kind.clearsWithin)
  } else {
    // One in eight sleeps through the first page.
    const patience = stage.chance() < 0.12 ? 330 + stage.chance() * 240 : 25 + stage.chance() ** 2 * 240
    await stage.pass(patience)
    const group = await openGroup(stage, kind.service)
    const answers = stage.mail
      .slice(told)
      .filter((mail) => mail.title.includes(kind.title))
      .at(-1)
    if (group && answers) await stage.ask(handleOf(answers.to), 'alerts.acknowledgeGroup', { groupId: group }).catch(ignoreRefusal)
    await stage.pass(240 + stage.chance() * 2400)
  }
  await stage.send(integrationKeys.prometheus, signalOf(kind, 'resolve'))
}

export const handleOf = (address: string): string => address.split('@')[0]!

/** The newest open group of a service. */
export async function openGroup(stage: Stage, service: string): Promise<string | undefined> {
  const { items } = await stage.ask<{ items: { id: string; service: { slug: string } | null; state: string }[] }>(
    'mara',
    'alerts.listGroups',
    { state: 'open' },
  )
  return items.find((group) => group.service?.slug === service && group.state === 'triggered')?.id
}

// Somebody else was quicker: that is what happens in a month, and no failure of it.
function ignoreRefusal(error: unknown): void {
  if ((error as { code?: string }).code !== 'refused') throw error
}

// Prometheus and Alertmanager: the webhook of Alertmanager (version 4), and Alertmanager's own API v2, so that Prometheus can name Tocsin as its Alertmanager.
// Pure: body → signals. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config and https://prometheus.io/docs/alerting/latest/clients/
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { defineIntegration, unsigned } from '#kernel/define.ts'
import type { InboundRequest, ParseContext, Parsed } from '#kernel/integration.ts'
import type { AlertSeverity, Signal } from '#kernel/signal.ts'
import { addSeconds, sentInstant, type Instant } from '#kernel/time.ts'

// To Alertmanager null is as what is not said: scripts write it for what they have nothing to say of.
const Texts = z.record(
  z.string().min(1),
  z
    .string()
    .nullable()
    .transform((value) => value ?? ''),
)
const Time = z.string().nullish()
const PostedAlert = z.object({
  labels: Texts,
  annotations: Texts.nullish().transform((annotations) => annotations ?? {}),
  startsAt: Time,
  endsAt: Time,
  generatorURL: z.string().nullish(),
})
const WebhookAlert = PostedAlert.extend({ status: z.enum(['firing', 'resolved']), fingerprint: z.string().min(1).max(255).nullish() })
const Webhook = z.object({ version: z.literal('4'), alerts: z.array(z.unknown()) })

// About two milliseconds of a node's thread.
const readAtOnce = 40
// What Alertmanager assumes when a sender gives no end: resolve_timeout's default.
const resolveTimeoutSeconds = 300

export const alertmanager = defineIntegration({
  id: 'alertmanager',
  name: 'Prometheus Alertmanager',
  docs: 'Takes the webhook of an Alertmanager, and alerts from a Prometheus that has Tocsin as its Alertmanager.',
  sources: {
    webhook: {
      summary: 'Alertmanager webhook (version 4) and Alertmanager API v2',
      verify: unsigned('Alertmanager does not sign its requests: the key in the address or the bearer token is the secret.'),
      subpaths: ['', '/api/v2/alerts'],
      dropIn: [
        {
          method: 'POST',
          path: '/api/v2/alerts',
          keyIn: 'headers',
          key: bearer,
          unknownKey: {
            status: 401,
            body: { code: 401, message: 'Send the integration key as a bearer token, or post to /in/{key}/api/v2/alerts.' },
          },
        },
      ],
      parse: (request, context) => (request.subpath === '' ? parseWebhook(context) : parsePosted(context)),
      canWait: true,
      accepted: () => ({ status: 200 }),
      refused: (reason, faults, status) => ({ status, body: { code: status, message: [reason, ...faults].join('; ') } }),
      setup: ({ url, host, key }) => [
        {
          title: 'Alertmanager sends its webhook',
          language: 'yaml',
          text: `receivers:\n  - name: tocsin\n    webhook_configs:\n      - url: ${url}\n        send_resolved: true\n`,
        },
        {
          title: 'Prometheus sends its alerts itself',
          language: 'yaml',
          text: `alerting:\n  alertmanagers:\n    - api_version: v2\n${schemeLine(url)}      authorization:\n        credentials: ${key}\n      static_configs:\n        - targets: ['${host}']\n`,
        },
        {
          title: 'A first alert by hand',
          language: 'sh',
          text: `curl -X POST ${url}/api/v2/alerts -H 'Content-Type: application/json' -d '[{"labels":{"alertname":"FirstAlert","severity":"critical"},"annotations":{"summary":"The first alert works"}}]'\n`,
        },
      ],
    },
  },
})

// Without it Prometheus speaks http.
const schemeLine = (url: string): string => (url.startsWith('https:') ? '      scheme: https\n' : '')

function bearer(request: InboundRequest): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1]
}

async function parseWebhook(context: ParseContext): Promise<Parsed> {
  const body = Webhook.safeParse(context.json())
  if (!body.success)
    return {
      rejected: 'This is not an Alertmanager webhook of version 4.',
      faults: body.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`),
    }
  return each(context, body.data.alerts, WebhookAlert, (alert) => {
    const shared = signalOf(alert, alert.fingerprint ?? fingerprint(alert.labels))
    return alert.status === 'resolved' ? { ...shared, action: 'resolve' } : { ...shared, action: 'trigger' }
  })
}

async function parsePosted(context: ParseContext): Promise<Parsed> {
  const body = z.array(z.unknown()).safeParse(context.json())
  if (!body.success) return { rejected: 'The body must be a JSON array of alerts.' }
  return each(context, body.data, PostedAlert, (alert) => {
    const shared = signalOf(alert, fingerprint(alert.labels))
    const endsAt = timeOf(alert.endsAt) ?? addSeconds(context.receivedAt, resolveTimeoutSeconds)
    return endsAt <= context.receivedAt ? { ...shared, action: 'resolve' } : { ...shared, action: 'trigger', endsAt }
  })
}

/** Good alerts are kept even beside bad ones, as Alertmanager does; the bad ones are named. */
async function each<Alert extends z.output<typeof PostedAlert>>(
  { othersTurn }: ParseContext,
  items: unknown[],
  schema: z.ZodType<Alert>,
  make: (alert: Alert) => Signal,
): Promise<Parsed> {
  const signals: Signal[] = []
  const faults: string[] = []
  for (const [index, item] of items.entries()) {
    if (index % readAtOnce === readAtOnce - 1) await othersTurn()
    const alert = schema.safeParse(item)
    if (!alert.success)
      faults.push(`alert ${index}: ${alert.error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`).join(', ')}`)
    else if (Object.values(alert.data.labels).every((value) => value === '')) faults.push(`alert ${index}: needs at least one label`)
    else {
      try {
        signals.push(make(alert.data))
      } catch {
        faults.push(`alert ${index}: startsAt or endsAt is not a time`)
      }
    }
  }
  if (signals.length === 0 && faults.length > 0) return { rejected: 'No alert in it could be read.', faults: faults.slice(0, 20) }
  return { signals, faults: faults.slice(0, 20) }
}

function signalOf(alert: z.output<typeof PostedAlert>, dedupKey: string): Omit<Signal, 'action'> {
  const labels = Object.fromEntries(Object.entries(alert.labels).filter(([, value]) => value !== ''))
  const { summary, title, description, message, runbook_url: runbook, dashboard_url: dashboard } = alert.annotations
  const links = [
    ...(isWeb(alert.generatorURL) ? [{ href: alert.generatorURL!, text: 'Graph' }] : []),
    ...(isWeb(runbook) ? [{ href: runbook!, text: 'Runbook' }] : []),
    ...(isWeb(dashboard) ? [{ href: dashboard!, text: 'Dashboard' }] : []),
  ]
  const startedAt = timeOf(alert.startsAt)
  return {
    dedupKey,
    labels,
    links,
    source: 'prometheus',
    title: (summary || title || labels['alertname'] || Object.values(labels)[0]!).slice(0, 1024),
    body: (description || message || '').slice(0, 65_536),
    severity: severityOf(labels['severity']),
    details: alert.annotations,
    ...(startedAt ? { startedAt } : {}),
    ...(labels['service'] ? { service: labels['service'] } : {}),
  }
}

// The zero time is how Go writes a time that is not set.
function timeOf(text: string | null | undefined): Instant | undefined {
  return text == null || text === '' || text.startsWith('0001-01-01') ? undefined : sentInstant(text)
}

function severityOf(label: string | undefined): AlertSeverity {
  switch (label?.toLowerCase()) {
    case 'critical':
    case 'page':
    case 'emergency':
    case 'fatal':
    case 'sev1':
    case 'p1':
      return 'critical'
    case 'warning':
    case 'warn':
    case 'minor':
    case 'sev3':
    case 'p3':
      return 'warning'
    case 'info':
    case 'informational':
    case 'none':
    case 'notice':
    case 'low':
      return 'info'
    default:
      return 'error'
  }
}

/** The identity of an alert is its labels. 128 bits in hex. */
function fingerprint(labels: Record<string, string>): string {
  const canonical = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex').slice(0, 32)
}

const isWeb = (href: string | null | undefined): boolean => href != null && /^https?:\/\//i.test(href)

// PagerDuty's Events API v2 at its original path: a sender changes its host and nothing else.
// Pure: body → signal. https://developer.pagerduty.com/docs/events-api-v2-overview
import { z } from 'zod'
import { defineIntegration, unsigned } from '#kernel/define.ts'
import type { Answer, InboundRequest, ParseContext, Parsed } from '#kernel/integration.ts'
import { severities, type Signal } from '#kernel/signal.ts'
import { instant } from '#kernel/time.ts'

const invalid = (errors: string[]): Answer => ({
  status: 400,
  body: { status: 'invalid event', message: 'Event object is invalid', errors },
})
const text = (max: number) => z.string().max(max)

const Payload = z.object({
  summary: text(1024).min(1),
  source: text(1024).min(1),
  severity: z.enum(severities),
  timestamp: z.string().optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.json().optional(),
})
const Event = z.object({
  routing_key: z.string().min(1),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: text(255).min(1).optional(),
  payload: Payload.optional(),
  client: z.string().optional(),
  client_url: z.string().optional(),
  links: z.array(z.object({ href: z.string(), text: z.string().optional() })).optional(),
  images: z.array(z.object({ src: z.string(), href: z.string().optional(), alt: z.string().optional() })).optional(),
})

export const pagerduty = defineIntegration({
  id: 'pagerduty',
  name: 'PagerDuty Events API v2',
  docs: 'Anything that can send to PagerDuty: change the host, keep the key.',
  sources: {
    webhook: {
      summary: 'Events API v2: trigger, acknowledge, resolve',
      verify: unsigned('The protocol has no signature: the 32-character routing key in the body is the secret.'),
      subpaths: ['', '/v2/enqueue'],
      maxBytes: 512 * 1024,
      dropIn: [
        { method: 'POST', path: '/v2/enqueue', key: routingKey, unknownKey: invalid(["'routing_key' is invalid: no integration has it"]) },
      ],
      parse: (_, context) => parse(context),
      accepted: ([dedupKey]) => ({ status: 202, body: { status: 'success', message: 'Event processed', dedup_key: dedupKey } }),
      refused: (reason, faults, status) =>
        status === 400
          ? invalid(faults.length > 0 ? faults : [reason])
          : { status, body: { status: 'invalid event', message: reason, errors: faults } },
      setup: ({ host, key, url }) => [
        {
          title: 'Any PagerDuty client',
          language: 'text',
          text: `Host:         ${host}   (instead of events.pagerduty.com)\nRouting key:  ${key}\n`,
        },
        {
          title: 'A first alert by hand',
          language: 'sh',
          text: `curl -X POST ${new URL('/v2/enqueue', url).href} -H 'Content-Type: application/json' -d '{"routing_key":"${key}","event_action":"trigger","payload":{"summary":"The first alert works","source":"curl","severity":"critical"}}'\n`,
        },
      ],
    },
  },
})

function routingKey(request: InboundRequest, context: ParseContext): string | undefined {
  const body = context.json()
  const key = typeof body === 'object' && body !== null ? (body as { routing_key?: unknown }).routing_key : undefined
  if (typeof key === 'string' && key !== '') return key
  const header = request.headers['x-routing-key']
  return header === '' ? undefined : header
}

function parse(context: ParseContext): Parsed {
  const body = context.json()
  const parsed = Event.safeParse(body)
  const faults = [...(parsed.error?.issues.map(faultOf) ?? [])]
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  if (given['event_action'] === 'trigger' && given['payload'] === undefined) faults.push("'payload' is missing or blank")
  if (given['event_action'] !== 'trigger' && given['dedup_key'] === undefined) faults.push("'dedup_key' is missing or blank")
  let startedAt
  try {
    startedAt = parsed.data?.payload?.timestamp ? instant(parsed.data.payload.timestamp) : undefined
  } catch {
    startedAt = undefined
  }
  if (!parsed.success || faults.length > 0) return { rejected: 'Event object is invalid', faults }
  const { event_action: action, dedup_key: dedupKey, payload, links, images, client, client_url: clientUrl } = parsed.data
  const signal: Signal = {
    action,
    ...(dedupKey ? { dedupKey } : {}),
    title: payload?.summary ?? dedupKey ?? 'Event',
    severity: payload?.severity ?? 'error',
    labels: Object.fromEntries(
      Object.entries({ source: payload?.source, component: payload?.component, group: payload?.group, class: payload?.class }).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
      ),
    ),
    ...(payload?.custom_details === undefined ? {} : { details: payload.custom_details }),
    links: [
      ...(clientUrl && /^https?:/i.test(clientUrl) ? [{ href: clientUrl, text: client ?? 'Source' }] : []),
      ...(links ?? []).filter((link) => /^https?:/i.test(link.href)).map((link) => ({ href: link.href, text: link.text ?? link.href })),
    ],
    images: (images ?? []).filter((image) => /^https:/i.test(image.src)),
    source: client ?? 'pagerduty',
    ...(startedAt ? { startedAt } : {}),
  }
  return { signals: [signal] }
}

function faultOf(issue: z.core.$ZodIssue): string {
  const field = issue.path.join('.')
  if (field === 'payload.severity')
    return "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"
  if (field === 'event_action') return "'event_action' must be one of trigger, acknowledge, resolve"
  if (issue.code === 'too_big') return `'${field}' is too long (at most ${String(issue.maximum)} characters)`
  return field === '' ? 'the event must be a JSON object' : `'${field}' is missing or blank`
}
